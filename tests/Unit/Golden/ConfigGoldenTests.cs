using System.Net;
using System.Text;
using Sluice.Config.Directives;
using Sluice.Config.Model;
using Sluice.Config.Syntax;
using Sluice.Config.Text;
using Sluice.Unit.Config;

namespace Sluice.Unit.Golden;

/// <summary>
/// A case is a file in Golden/config: the configuration, further files each behind a line
/// "---- NAME" (NAME "-g" being the command line), a line "----", and what is printed. With
/// SLUICE_UPDATE_GOLDEN=1 the files are rewritten with what is printed now.
/// </summary>
public class ConfigGoldenTests
{
    const string MainFile = "/etc/sluice/nginx.conf";
    const string Mark = "----";

    static readonly string directory = Path.Combine(Tidy.Tree.Root, "tests/Unit/Golden/config");

    static readonly BuildEnvironment environment = new()
    {
        ConfigPath = MainFile,
        Prefix = "/usr/share/nginx/",
        PageSize = 4096,
        IsPrivileged = true,
        Resolver = new NoNames(),
    };

    public static TheoryData<string> Cases =>
        [.. Directory.EnumerateFiles(directory, "*.txt")
            .Select(path => Path.GetFileName(path))
            .Order()];

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_configuration_gets_the_expected_diagnostics(string name)
    {
        string path = Path.Combine(directory, name);
        string text = Encoding.Latin1.GetString(File.ReadAllBytes(path));
        int end = ("\n" + text).LastIndexOf($"\n{Mark}\n", StringComparison.Ordinal);
        Assert.True(end >= 0, $"{name} has no line {Mark}");

        string input = text[..end];
        string expected = text[(end + Mark.Length + 1)..];
        string actual = Print(input);
        if (Environment.GetEnvironmentVariable("SLUICE_UPDATE_GOLDEN") == "1")
            File.WriteAllBytes(path, Encoding.Latin1.GetBytes($"{input}{Mark}\n{actual}"));
        else
            Assert.Equal(expected, actual);
    }

    [Fact]
    public void There_are_at_least_eighty_cases() => Assert.True(Cases.Count >= 80);

    static string Print(string input)
    {
        var files = new MemoryFiles();
        string commandLine = "", name = MainFile;
        var content = new StringBuilder();
        foreach (string line in input.Split('\n')[..^1])
        {
            if (line.StartsWith(Mark + " ", StringComparison.Ordinal))
            {
                Store();
                name = line[(Mark.Length + 1)..];
            }
            else
            {
                content.Append(line).Append('\n');
            }
        }

        Store();
        var diagnostics = new DiagnosticList();
        var tree = ConfigChecker.Read(MainFile, files, diagnostics, commandLine);
        ModelBuilder.Build(tree, environment, diagnostics);
        var found = diagnostics.InOrder();
        return found.IsEmpty ? "ok\n" : string.Concat(found.Select(d => DiagnosticText.Render(d)));

        void Store()
        {
            if (name == "-g")
                commandLine = content.ToString().TrimEnd('\n');
            else
                files[name.StartsWith('/') ? name : "/etc/sluice/" + name] = content.ToString();
            content.Clear();
        }
    }

    /// <summary>No host has an address: what is printed does not depend on the machine.</summary>
    sealed class NoNames : IHostResolver
    {
        public IReadOnlyList<IPAddress> Resolve(string host) => [];
    }
}
