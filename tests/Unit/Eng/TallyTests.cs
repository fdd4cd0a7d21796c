using Sluice.Eng;

namespace Sluice.Unit.Eng;

public sealed class TallyTests : IDisposable
{
    readonly string report = Path.GetTempFileName();

    public void Dispose() => File.Delete(report);

    [Fact]
    public void The_counting_line_is_alone_on_its_line()
    {
        var tally = new Tally();
        tally.Add(3, 2, 1);
        Assert.Equal("3 passed, 2 failed, 1 skipped", tally.ToString());
    }

    [Fact]
    public void A_report_adds_its_totals()
    {
        File.WriteAllText(report, """
            <assemblies>
              <assembly total="6" passed="3" failed="1" skipped="2" errors="0"/>
              <assembly total="1" passed="1" failed="0" skipped="0" errors="0"/>
            </assemblies>
            """);
        Assert.Equal("4 passed, 1 failed, 2 skipped", Report(exitCode: 1));
    }

    [Fact]
    public void An_error_outside_a_test_is_a_failure()
    {
        File.WriteAllText(report, """<assembly passed="3" failed="0" skipped="0" errors="1"/>""");
        Assert.Equal("3 passed, 1 failed, 0 skipped", Report(exitCode: 1));
    }

    [Fact]
    public void A_runner_that_died_after_its_report_is_a_failure()
    {
        File.WriteAllText(report, """<assembly passed="3" failed="0" skipped="0" errors="0"/>""");
        Assert.Equal("3 passed, 1 failed, 0 skipped", Report(exitCode: 134));
    }

    [Fact]
    public void A_report_that_was_cut_short_is_a_failure()
    {
        File.WriteAllText(report, "<assemblies><assembly passed=\"3\"");
        Assert.Equal("0 passed, 1 failed, 0 skipped", Report(exitCode: 0));
    }

    [Fact]
    public void A_missing_report_is_a_failure()
    {
        File.Delete(report);
        Assert.Equal("0 passed, 1 failed, 0 skipped", Report(exitCode: 0));
    }

    [Fact]
    public void A_counting_line_of_another_program_is_added()
    {
        var tally = new Tally();
        tally.AddOutput("lexer ok\n12 passed, 0 failed, 1 skipped\n", exitCode: 0);
        Assert.Equal("12 passed, 0 failed, 1 skipped", tally.ToString());
    }

    [Fact]
    public void A_counting_line_does_not_hide_an_exit_code()
    {
        var tally = new Tally();
        tally.AddOutput("12 passed, 0 failed, 0 skipped\n", exitCode: 139);
        Assert.Equal("12 passed, 1 failed, 0 skipped", tally.ToString());
    }

    [Theory]
    [InlineData(0, "1 passed, 0 failed, 0 skipped")]
    [InlineData(1, "0 passed, 1 failed, 0 skipped")]
    public void Without_a_counting_line_the_exit_code_counts(int exitCode, string expected)
    {
        var tally = new Tally();
        tally.AddOutput("", exitCode);
        Assert.Equal(expected, tally.ToString());
    }

    [Fact]
    public void A_conclusion_names_what_failed_and_ends_with_the_counting_line()
    {
        File.WriteAllText(report, """
            <assembly passed="1" failed="1" skipped="0" errors="0">
              <test name="A.Good" result="Pass"/><test name="A.Bad" result="Fail"/>
            </assembly>
            """);
        var tally = new Tally();
        tally.AddReport(report, exitCode: 1);
        using var text = new StringWriter();
        Assert.Equal(1, tally.Conclude(text));
        Assert.Equal(
            "\nfailed: A.Bad\n1 passed, 1 failed, 0 skipped\n",
            text.ToString().ReplaceLineEndings("\n"));
    }

    [Fact]
    public void A_conclusion_without_failures_is_the_counting_line()
    {
        var tally = new Tally();
        tally.Add(passed: true);
        using var text = new StringWriter();
        Assert.Equal(0, tally.Conclude(text));
        Assert.Equal("1 passed, 0 failed, 0 skipped\n", text.ToString().ReplaceLineEndings("\n"));
    }

    string Report(int exitCode)
    {
        var tally = new Tally();
        tally.AddReport(report, exitCode);
        return tally.ToString();
    }
}
