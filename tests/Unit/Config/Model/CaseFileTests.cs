namespace Sluice.Unit.Config.Model;

/// <summary>
/// The files in Cases: a line "level: directives", then, further in, every line nginx -t says of
/// it; none when it is good. nginx 1.22 has said exactly these.
/// </summary>
public class CaseFileTests
{
    public static TheoryData<string> Files =>
        [.. Directory.EnumerateFiles(Folder(), "*.cases").Select(path => Path.GetFileName(path))
            .Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_case_of_a_file_gives_the_lines_below_it(string file)
    {
        var lines = File.ReadAllLines(Path.Combine(Folder(), file));
        var wrong = new List<string>();
        for (int at = 0; at < lines.Length;)
        {
            string head = lines[at++];
            var expected = new List<string>();
            while (at < lines.Length && lines[at].StartsWith("    ", StringComparison.Ordinal))
                expected.Add(lines[at++].Trim());

            int colon = head.IndexOf(": ", StringComparison.Ordinal);
            var said = Sample.Messages(Sample.Wrap(head[..colon], head[(colon + 2)..]));
            if (!said.SequenceEqual(expected))
                wrong.Add($"{head}\n  expected: {string.Join("\n    ", expected)}\n"
                    + $"  said:     {string.Join("\n    ", said)}");
        }

        Assert.True(wrong.Count == 0, string.Join("\n", wrong));
    }

    [Fact]
    public void There_are_cases_of_errors_and_cases_of_good_text()
    {
        var lines = Directory.EnumerateFiles(Folder(), "*.cases").SelectMany(File.ReadAllLines);
        var kinds = lines.GroupBy(line => line.StartsWith("    [emerg]", StringComparison.Ordinal));
        Assert.All(kinds, kind => Assert.True(kind.Count() > 100));
    }

    static string Folder()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Sluice.slnx")))
            folder = folder.Parent!;
        return Path.Combine(folder.FullName, "tests/Unit/Config/Model/Cases");
    }
}
