using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Sluice.SocketIO.Generators;

namespace Sluice.Unit.Golden;

/// <summary>
/// A case is a file in Golden/generator: C# with handlers, a line "----", and what is generated
/// or complained of. What is generated must compile, too. With SLUICE_UPDATE_GOLDEN=1 the files
/// are rewritten with what is printed now.
/// </summary>
public class GeneratorGoldenTests
{
    const string Mark = "----";

    const string Usings =
        """
        global using System;
        global using System.Threading;
        global using System.Threading.Tasks;
        global using Sluice.SocketIO;
        global using Sluice.SocketIO.Protocol;
        global using Sluice.SocketIO.Typed;
        """;

    static readonly string directory = Path.Combine(Tidy.Tree.Root, "tests/Unit/Golden/generator");

    /// <summary>The compiler here is older than the one of the build.</summary>
    internal static readonly CSharpParseOptions options = new(LanguageVersion.Preview);

    public static TheoryData<string> Cases =>
        [.. Directory.EnumerateFiles(directory, "*.txt")
            .Select(path => Path.GetFileName(path))
            .Order()];

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_handler_becomes_the_expected_code(string name)
    {
        string path = Path.Combine(directory, name);
        string text = File.ReadAllText(path);
        int end = ("\n" + text).IndexOf($"\n{Mark}\n", StringComparison.Ordinal);
        Assert.True(end >= 0, $"{name} has no line {Mark}");
        string actual = Print(text[..end]);
        if (Environment.GetEnvironmentVariable("SLUICE_UPDATE_GOLDEN") == "1")
            File.WriteAllText(path, $"{text[..end]}{Mark}\n{actual}");
        else
            Assert.Equal(text[(end + Mark.Length + 1)..], actual);
    }

    /// <summary>Typing elsewhere must not generate anything anew.</summary>
    [Fact]
    public void A_change_elsewhere_leaves_what_was_generated()
    {
        var before = Compile("class H : SocketHandler<I> { [SocketEvent] public void A() { } }\n"
            + "interface I { }");
        var cancel = TestContext.Current.CancellationToken;
        var driver = Driver().RunGenerators(before, cancel);
        var after = before.AddSyntaxTrees(
            CSharpSyntaxTree.ParseText("class Other { }", options, cancellationToken: cancel));
        var steps = driver.RunGenerators(after, cancel).GetRunResult().Results[0]
            .TrackedOutputSteps;
        Assert.All(
            steps.Values.SelectMany(all => all).SelectMany(step => step.Outputs),
            output => Assert.Equal(IncrementalStepRunReason.Cached, output.Reason));
    }

    static string Print(string input)
    {
        var result = Driver().RunGeneratorsAndUpdateCompilation(
            Compile(input), out var output, out var complaints).GetRunResult();
        var text = new StringBuilder();
        foreach (var complaint in complaints.OrderBy(one => one.Location.SourceSpan.Start))
        {
            var at = complaint.Location.GetLineSpan().StartLinePosition;
            text.Append($"({at.Line + 1},{at.Character + 1}): {complaint.Severity} ".ToLower())
                .Append($"{complaint.Id}: {complaint.GetMessage()}\n");
        }
        foreach (var source in result.Results[0].GeneratedSources)
            text.Append($"==== {source.HintName}\n{source.SourceText}");
        if (complaints.IsEmpty)
            Assert.DoesNotContain(
                output.GetDiagnostics(), one => one.Severity >= DiagnosticSeverity.Warning);
        return text.ToString();
    }

    static CSharpGeneratorDriver Driver() => CSharpGeneratorDriver.Create(
        [new SocketGenerator().AsSourceGenerator()], parseOptions: options,
        driverOptions: new(
            IncrementalGeneratorOutputKind.None, trackIncrementalGeneratorSteps: true));

    internal static CSharpCompilation Compile(string text) => CSharpCompilation.Create(
        "Case",
        [
            CSharpSyntaxTree.ParseText(text, options, "Case.cs"),
            CSharpSyntaxTree.ParseText(Usings, options, "Usings.cs"),
        ],
        ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Select(path => MetadataReference.CreateFromFile(path)),
        new(
            OutputKind.DynamicallyLinkedLibrary,
            nullableContextOptions: NullableContextOptions.Enable));
}
