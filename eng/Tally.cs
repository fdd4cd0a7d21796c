using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;

namespace Sluice.Eng;

/// <summary>Adds up what passed, failed and was skipped.</summary>
internal sealed partial class Tally
{
    const int FailuresShown = 40;

    public int Passed { get; private set; }

    public int Failed { get; private set; }

    public int Skipped { get; private set; }

    /// <summary>The names of failed tests, in the order of their runs.</summary>
    public List<string> Failures { get; } = [];

    public int Total => Passed + Failed + Skipped;

    /// <summary>
    /// Ends a run: the failed tests once more, since their messages are far above, then the
    /// counting line. The exit code.
    /// </summary>
    public int Conclude(TextWriter to)
    {
        if (Failures.Count > 0)
        {
            to.WriteLine($"\nfailed: {string.Join("\n        ", Failures.Take(FailuresShown))}");
        }
        if (Failures.Count > FailuresShown)
        {
            to.WriteLine($"        and {Failures.Count - FailuresShown} more");
        }
        to.WriteLine(ToString());
        return Failed == 0 ? 0 : 1;
    }

    /// <summary>The line that ends every run of tests, alone on its line.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{Passed} passed, {Failed} failed, {Skipped} skipped");

    public void Add(int passed, int failed, int skipped)
    {
        Passed += passed;
        Failed += failed;
        Skipped += skipped;
    }

    /// <summary>Counts a step that is not a test of its own, such as a style check.</summary>
    public void Add(bool passed) => Add(passed ? 1 : 0, passed ? 0 : 1, 0);

    /// <summary>
    /// Adds the totals of a report in xunit's XML format. A run that wrote no report, or ended
    /// with an exit code its report does not explain, counts as one failure more: a runner that
    /// crashed must not look like a runner without tests.
    /// </summary>
    public void AddReport(string reportFile, int exitCode)
    {
        int failedBefore = Failed;
        if (File.Exists(reportFile))
        {
            try
            {
                var report = XDocument.Load(reportFile);
                Failures.AddRange(report.Descendants("test")
                    .Where(test => test.Attribute("result")?.Value == "Fail")
                    .Select(test => test.Attribute("name")?.Value ?? "a test without a name"));
                foreach (var assembly in report.Descendants("assembly"))
                {
                    Add(
                        Count(assembly, "passed"),
                        Count(assembly, "failed") + Count(assembly, "errors"),
                        Count(assembly, "skipped"));
                }
            }
            catch (XmlException)
            {
                // Cut short: the exit code below says that the run failed.
                exitCode = exitCode == 0 ? 1 : exitCode;
            }
        }
        else
        {
            exitCode = exitCode == 0 ? 1 : exitCode;
        }
        if (exitCode != 0 && Failed == failedBefore)
        {
            Add(passed: false);
        }
    }

    /// <summary>
    /// Adds the totals of a program that ends with a counting line as this one does. Without such
    /// a line, its exit code counts as one test.
    /// </summary>
    public void AddOutput(string output, int exitCode)
    {
        var match = CountingLine().Matches(output).LastOrDefault();
        if (match is null)
        {
            Add(exitCode == 0);
            return;
        }
        int failed = Parse(match.Groups[2]);
        failed = exitCode != 0 && failed == 0 ? 1 : failed;
        Add(Parse(match.Groups[1]), failed, Parse(match.Groups[3]));
    }

    static int Count(XElement element, string attribute) =>
        int.TryParse(element.Attribute(attribute)?.Value, out int count) ? count : 0;

    static int Parse(Group group) => int.Parse(group.ValueSpan, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^(\d+) passed, (\d+) failed, (\d+) skipped\r?$", RegexOptions.Multiline)]
    private static partial Regex CountingLine();
}
