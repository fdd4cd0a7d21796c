namespace Sluice.Unit.Tidy;

/// <summary>
/// Each rule on a text that breaks it, beside one that keeps it: a rule that finds nothing in the
/// tree must be known to find something.
/// </summary>
public class RuleTests
{
    [Fact]
    public void A_file_of_801_lines_is_too_long()
    {
        Assert.Single(LengthRules.LongFiles(Source(new string('\n', 801))));
        Assert.Empty(LengthRules.LongFiles(Source(new string('\n', 800))));
    }

    [Fact]
    public void A_method_of_71_lines_is_too_long()
    {
        Assert.Equal("a.cs:3: 71 lines", Assert.Single(LengthRules.LongMethods(Method(68))));
        Assert.Empty(LengthRules.LongMethods(Method(67)));
    }

    [Theory]
    [InlineData("int F(int a = 1) =>\n    a switch {", "};")]
    [InlineData("public static C operator +(C a, C b)\n{", "}")]
    [InlineData("int P\n{ get {", "} }")]
    public void Every_kind_of_member_counts(string head, string tail) => Assert.Single(
        LengthRules.LongMethods(Source($"class C {{ {head}{new string('\n', 80)}{tail} }}")));

    [Theory]
    [InlineData("Dictionary<int, (int A, int B)> table = new() {", "};")]
    [InlineData("class D {", "}")]
    [InlineData("[Theory]\n[InlineData(1, [2])", "]\nvoid F() { }")]
    public void Tables_types_and_attributes_are_no_methods(string head, string tail) =>
        Assert.Empty(LengthRules.LongMethods(
            Source($"class C {{ {head}{new string('\n', 80)}{tail} }}")));

    [Fact]
    public void A_brace_in_a_literal_or_a_comment_is_no_block()
    {
        const string text = """"
            var a = "{"; var b = @"""{"; var c = $"{F("}")} {{"; var d = '{'; // {
            /* { */ var e = $$"{{1}}";
            """";
        Assert.Equal(0, CSharpText.Blank(text).Count(c => c is '{' or '}'));
        Assert.Equal(text.Count(c => c == '\n'), CSharpText.Blank(text).Count(c => c == '\n'));
    }

    [Fact]
    public void A_brace_in_a_raw_string_is_no_block()
    {
        string text = "var a = \"\"\"\n { \"\" {\n \"\"\"; { }";
        Assert.Equal("{ }", CSharpText.Blank(text)[^3..]);
        Assert.Equal(1, CSharpText.Blank(text).Count(c => c == '{'));
    }

    [Fact]
    public void A_line_of_101_columns_is_too_long()
    {
        Assert.Single(LengthRules.LongLines(Source(new string('x', 101))));
        Assert.Empty(LengthRules.LongLines(Source(new string('x', 100))));
        Assert.Empty(LengthRules.LongLines(Source("// https://" + new string('x', 100))));
        Assert.Empty(LengthRules.LongLines(
            Source($"/// <summary>{new string('x', 96)}</summary>")));
    }

    [Theory]
    [InlineData("Net", """<ProjectReference Include="../Config/Config.csproj" />""")]
    [InlineData("Net", """<PackageReference Include="Spectre.Console" />""")]
    [InlineData("Proxy", """<ProjectReference Include="../Cli/Cli.csproj" />""")]
    public void A_project_may_not_refer_upwards(string project, string line) =>
        Assert.Single(LayerRules.Projects(new TreeFile($"src/{project}/{project}.csproj", line)));

    [Fact]
    public void A_project_may_refer_downwards() => Assert.Empty(LayerRules.Projects(new TreeFile(
        "src/Proxy/Proxy.csproj", """<ProjectReference Include="../Net/Net.csproj" />""")));

    [Theory]
    [InlineData("src/Proxy/Log/A.cs", "using Sluice.Proxy.Tunnel;")]
    [InlineData("src/Proxy/Log/A.cs", "Proxy.Tunnel.Pump pump;")]
    [InlineData("src/Proxy/Http1/A.cs", "using Sluice.Proxy.Log;")]
    [InlineData("src/Proxy/Routing/Variables/A.cs", "using Sluice.Proxy.Client;")]
    [InlineData("src/Proxy/Shelf/A.cs", "namespace Sluice.Proxy.Shelf;")]
    public void A_folder_may_not_use_one_above(string path, string text) =>
        Assert.Single(LayerRules.Folders(new TreeFile(path, text)));

    [Theory]
    [InlineData("src/Proxy/Tunnel/A.cs", "using Sluice.Proxy.Log;")]
    [InlineData("src/Proxy/Upstream/A.cs", "using Sluice.Proxy.Http1;")]
    [InlineData("src/Proxy/Gateway.cs", "using Sluice.Proxy.Listen;")]
    [InlineData("src/Cli/A.cs", "using Sluice.Proxy.Listen;")]
    public void A_folder_may_use_those_below(string path, string text) =>
        Assert.Empty(LayerRules.Folders(new TreeFile(path, text)));

    [Theory]
    [InlineData("src/Net/A.cs", "namespace Sluice.Config;", 1)]
    [InlineData("src/Net/A.cs", "namespace Sluice.Net;", 0)]
    [InlineData("src/Proxy/Log/A.cs", "namespace Sluice.Proxy;", 1)]
    [InlineData("src/Proxy/Log/Files/A.cs", "namespace Sluice.Proxy.Log;", 0)]
    public void A_namespace_follows_its_folder(string path, string text, int violations) =>
        Assert.Equal(violations, LayerRules.Namespaces(new TreeFile(path, text)).Count());

    [Theory]
    [InlineData("// TO" + "DO: later")]
    [InlineData("throw new NotImplemented" + "Exception();")]
    [InlineData("    #reg" + "ion Fields")]
    public void A_leftover_is_found(string text) =>
        Assert.Single(WordRules.Leftovers(Source(text)));

    [Fact]
    public void HACKING_is_no_leftover() =>
        Assert.Empty(WordRules.Leftovers(Source("see HACKING.md")));

    [Fact]
    public void A_test_that_is_switched_off_is_found()
    {
        Assert.Single(WordRules.SkippedTests(Source("[Fact(Timeout = 1, Skip = \"x\")]")));
        Assert.Empty(WordRules.SkippedTests(Source("[Fact] public BlockPolicy Skip = 1;")));
    }

    [Fact]
    public void The_host_of_a_registry_is_found()
    {
        Assert.Single(WordRules.RegistryHosts(Source("https://registry" + ".npmjs" + ".org/ws")));
        Assert.Single(WordRules.RegistryHosts(Source("\"resolved" + "\": \"x\"")));
        Assert.Empty(WordRules.RegistryHosts(Source("npm ci")));
    }

    [Theory]
    [InlineData("src/Proxy/A.cs", "var now = DateTime.UtcNow;")]
    [InlineData("src/Net/A.cs", "task.GetAwaiter().GetResult();")]
    [InlineData("src/Proxy/Tunnel/A.cs", "lock (gate) { }")]
    [InlineData("tests/Unit/A.cs", "await Task.Delay(1);")]
    [InlineData("src/Cli/A.cs", "async void F() { }")]
    [InlineData("src/Config/A.cs", "Console.WriteLine();")]
    public void A_banned_call_is_found(string path, string text) =>
        Assert.Single(WordRules.BannedCalls(new TreeFile(path, text)));

    [Theory]
    [InlineData("src/Cli/A.cs", "Console.WriteLine();")]
    [InlineData("src/Proxy/A.cs", "// DateTime.UtcNow would do")]
    [InlineData("tests/Unit/Net/A.cs", "await Task.Delay(1);")]
    public void A_call_that_is_allowed_is_not(string path, string text) =>
        Assert.Empty(WordRules.BannedCalls(new TreeFile(path, text)));

    [Theory]
    [InlineData("src/Net/StringHelper.cs", 1)]
    [InlineData("src/Net/Utils.cs", 1)]
    [InlineData("src/Net/Loop.cs", 0)]
    public void A_name_says_something(string path, int violations) =>
        Assert.Equal(violations, WordRules.EmptyNames(new TreeFile(path, "")).Count());

    [Fact]
    public void A_link_to_nothing_is_found()
    {
        var file = new TreeFile(
            "docs/a.md", "[a](b.md) [b](../README.md#map) [c](gone.md) [d](https://x.y) `[e](f)`");
        string[] present = ["docs/b.md", "README.md"];
        Assert.Equal(
            "docs/a.md: gone.md does not exist",
            Assert.Single(DocumentRules.BrokenLinks(file, present.Contains)));
    }

    [Fact]
    public void A_map_names_every_folder_and_no_other()
    {
        string[] present = ["src/Net", "src/Proxy", "src/Proxy/Log"];
        const string map = "| `src/Net/` | loops |\n| `src/Gone` | nothing |\nLog/  7  logs\n";
        Assert.Equal(
            ["src/Proxy is not on the map", "src/Gone does not exist"],
            DocumentRules.MapMistakes(map, present, present.Contains));
    }

    [Fact]
    public void A_solution_lists_every_project_and_no_other() => Assert.Equal(
        ["b.csproj is not in the solution", "c.csproj does not exist"],
        DocumentRules.SolutionMistakes(
            """<Project Path="a.csproj" /><Project Path="c.csproj" />""",
            ["a.csproj", "b.csproj"]));

    [Fact]
    public void A_package_without_a_reason_is_found() => Assert.Equal(
        ["Two has no reason"],
        DocumentRules.PackagesWithoutReason(
            """<PackageVersion Include="One" /><PackageVersion Include="Two" />""", "One: yes"));

    static TreeFile Source(string text) => new("a.cs", text);

    static TreeFile Method(int lines) => Source(
        $"class C\n{{\n    void F()\n    {{{new string('\n', lines)}\n    }}\n}}\n");
}
