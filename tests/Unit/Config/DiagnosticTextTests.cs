using Sluice.Config.Syntax;
using Sluice.Config.Text;

namespace Sluice.Unit.Config;

public class DiagnosticTextTests
{
    [Fact]
    public void A_diagnostic_shows_its_line_its_cause_and_the_way_there()
    {
        var main = new SourceFile("/etc/main.conf", "include ws.conf;\n");
        var file = new SourceFile(
            "/etc/ws.conf", "a;\n    proxy_read_timout 1h;\n", new IncludeSite(main, 1));
        var found = DiagnosticList.At(Severity.Emerg, file, 2, 7, 17,
            "unknown directive \"proxy_read_timout\"", "did you mean proxy_read_timeout?", 0);
        Assert.Equal(
            """
            sluice: [emerg] unknown directive "proxy_read_timout" in /etc/ws.conf:2
                2 |     proxy_read_timout 1h;
                  |     ^^^^^^^^^^^^^^^^^ did you mean proxy_read_timeout?
                  included from /etc/main.conf:1

            """,
            DiagnosticText.Render(found, "sluice"));
    }

    [Fact]
    public void A_long_line_is_shown_around_its_cause()
    {
        string text = new string('a', 300) + "XX" + new string('b', 300);
        var file = new SourceFile("f", text);
        var found = DiagnosticList.At(Severity.Warn, file, 1, 300, 2, "m", null, 0);
        string[] lines = DiagnosticText.Render(found).Split('\n');
        Assert.Equal("nginx: [warn] m in f:1", lines[0]);
        Assert.InRange(lines[1].Length, 100, 120);
        Assert.Equal(lines[1].IndexOf("XX"), lines[2].IndexOf("^^"));
    }

    [Fact]
    public void The_caret_stands_under_a_cause_behind_tabs()
    {
        var file = new SourceFile("f", "\t\tab");
        var found = DiagnosticList.At(Severity.Warn, file, 1, 2, 2, "m", null, 0);
        Assert.Equal("    1 | \t\tab\n      | \t\t^^\n", DiagnosticText.Explain(found));
    }

    [Fact]
    public void A_control_byte_is_not_printed()
    {
        var file = new SourceFile("f", "a\u001bb\r\n");
        var found = DiagnosticList.At(Severity.Warn, file, 1, 0, 1, "m", null, 0);
        Assert.Equal("    1 | a?b\n      | ^\n", DiagnosticText.Explain(found));
    }

    [Fact]
    public void Without_a_place_there_is_only_the_way_out()
    {
        var found = new Diagnostic
        {
            Severity = Severity.Emerg,
            Message = "no events",
            Suggestion = "write events { }",
        };
        Assert.Equal("nginx: [emerg] no events\n      write events { }\n",
            DiagnosticText.Render(found));
    }
}
