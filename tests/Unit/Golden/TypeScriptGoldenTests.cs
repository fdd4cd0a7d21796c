using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Sluice.SocketIO.Generators;

namespace Sluice.Unit.Golden;

/// <summary>
/// A case is a file in Golden/typescript: C# with handlers, a line "----", and their events as
/// TypeScript. With SLUICE_UPDATE_GOLDEN=1 the files are rewritten.
/// </summary>
public sealed class TypeScriptGoldenTests
{
    const string Mark = "----\n";

    static readonly string directory = Path.Combine(Tidy.Tree.Root, "tests/Unit/Golden/typescript");

    public static TheoryData<string> Cases =>
        [.. Directory.EnumerateFiles(directory, "*.txt")
            .Select(path => Path.GetFileName(path))
            .Order()];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Handlers_become_the_expected_events(string name)
    {
        string path = Path.Combine(directory, name);
        string text = File.ReadAllText(path);
        int end = text.IndexOf("\n" + Mark, StringComparison.Ordinal) + 1;
        Assert.True(end > 0, $"{name} has no line ----");
        string actual = Assert.Single(Run(text[..end], "events.ts"));
        if (Environment.GetEnvironmentVariable("SLUICE_UPDATE_GOLDEN") == "1")
            File.WriteAllText(path, text[..end] + Mark + actual);
        else
            Assert.Equal(text[(end + Mark.Length)..], actual);
    }

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    public void Nothing_is_written_where_no_project_asks_for_it(string? property) =>
        Assert.Empty(Run("class H : SocketHandler<I> { } interface I { }", property));

    static string[] Run(string input, string? property)
    {
        var driver = CSharpGeneratorDriver.Create(
            [new TypeScriptGenerator().AsSourceGenerator()],
            parseOptions: GeneratorGoldenTests.options, optionsProvider: new Options(property));
        var result = driver.RunGenerators(
            GeneratorGoldenTests.Compile(input), TestContext.Current.CancellationToken);
        return [.. result.GetRunResult().GeneratedTrees.Select(tree => tree.ToString())];
    }

    sealed class Options(string? property) : AnalyzerConfigOptionsProvider
    {
        public override AnalyzerConfigOptions GlobalOptions { get; } = new Values(property);

        public override AnalyzerConfigOptions GetOptions(SyntaxTree tree) => GlobalOptions;

        public override AnalyzerConfigOptions GetOptions(AdditionalText textFile) =>
            GlobalOptions;
    }

    sealed class Values(string? property) : AnalyzerConfigOptions
    {
        public override bool TryGetValue(string key, out string value)
        {
            value = property!;
            return property is not null && key == "build_property.SluiceSocketIOTypeScript";
        }
    }
}
