namespace Sluice.Unit.Tidy;

/// <summary>The rules, applied to this repository.</summary>
public class TreeTests
{
    [Fact]
    public void No_file_is_too_long() => Holds(Tree.Sources, LengthRules.LongFiles);

    [Fact]
    public void No_method_is_too_long() => Holds(Tree.Sources, LengthRules.LongMethods);

    [Fact]
    public void No_line_is_too_long() => Holds(Tree.Sources, LengthRules.LongLines);

    [Fact]
    public void Projects_refer_downwards() => Holds(
        Tree.Files.Where(file => file.Path.StartsWith("src/") && file.Path.EndsWith(".csproj")),
        LayerRules.Projects);

    [Fact]
    public void Namespaces_follow_folders() => Holds(
        Tree.Sources.Where(file => file.Path.StartsWith("src/")), LayerRules.Namespaces);

    [Fact]
    public void The_data_path_points_one_way() => Holds(Tree.Sources, LayerRules.Folders);

    [Fact]
    public void Nothing_is_left_for_later() => Holds(Tree.Files, WordRules.Leftovers);

    [Fact]
    public void No_test_is_switched_off() => Holds(Tree.Sources, WordRules.SkippedTests);

    [Fact]
    public void No_banned_call_is_made() => Holds(Tree.Sources, WordRules.BannedCalls);

    [Fact]
    public void Every_name_says_something() => Holds(Tree.Sources, WordRules.EmptyNames);

    [Fact]
    public void No_file_names_a_package_registry() => Holds(Tree.Files, WordRules.RegistryHosts);

    [Fact]
    public void Links_of_documents_lead_somewhere() => Holds(
        Tree.Files.Where(file => file.Path.EndsWith(".md")),
        file => DocumentRules.BrokenLinks(file, Tree.Exists));

    [Fact]
    public void Every_project_is_in_the_solution() => Assert.Empty(DocumentRules.SolutionMistakes(
        Text("Sluice.slnx"),
        Tree.Files.Select(file => file.Path).Where(path => path.EndsWith(".csproj"))));

    [Fact]
    public void The_map_matches_the_tree() => Assert.Empty(
        DocumentRules.MapMistakes(
            Text("ARCHITECTURE.md"),
            Tree.Folders("src").Concat(Tree.Folders("src/Proxy")).Concat(Tree.Folders("tests")),
            Tree.Exists));

    [Fact]
    public void Every_package_has_its_reason() => Assert.Empty(DocumentRules.PackagesWithoutReason(
        Text("Directory.Packages.props"), Text("docs/decisions/0002-dependencies.md")));

    static string Text(string path) => Tree.Files.Single(file => file.Path == path).Text;

    static void Holds(IEnumerable<TreeFile> files, Func<TreeFile, IEnumerable<string>> rule)
    {
        var list = files.ToList();
        Assert.NotEmpty(list);
        string violations = string.Join('\n', list.SelectMany(rule));
        Assert.True(violations.Length == 0, violations);
    }
}
