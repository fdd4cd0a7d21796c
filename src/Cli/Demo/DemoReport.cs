using Spectre.Console;

namespace Sluice.Cli.Demo;

/// <summary>What the demonstration shows: the checks, then what to try.</summary>
internal static class DemoReport
{
    public static void Write(IAnsiConsole console, IEnumerable<DemoCheck> checks)
    {
        var table = new Table().Border(TableBorder.Rounded)
            .AddColumn("route").AddColumn("claim").AddColumn("result")
            .AddColumn(new TableColumn("ms").RightAligned());
        foreach (var check in checks)
        {
            table.AddRow(
                Markup.Escape(check.Route),
                Markup.Escape(check.Claim),
                check.Failure is null ? "[green]ok[/]" : $"[red]{Markup.Escape(check.Failure)}[/]",
                check.Milliseconds.ToString("F1"));
        }
        console.Write(table);
    }

    public static void WriteWhatToTry(IAnsiConsole console, string gateway, string configuration)
    {
        console.MarkupLineInterpolated($"[bold]Try it[/]     http://{gateway}/");
        foreach (string line in new[]
        {
            $"wscat -c ws://{gateway}/ws/echo",
            $"wscat -c ws://{gateway}/ws/broadcast      # in two terminals",
            $"wscat -c ws://{gateway}/forgotten/echo    # no Upgrade lines in the configuration",
            $"curl http://{gateway}/api/items",
            $"curl -d canal http://{gateway}/api/items",
            $"curl -i http://{gateway}/v1/items",
        })
        {
            console.WriteLine($"  {line}");
        }
        console.MarkupLine("[bold]Whole deployments[/], each with backend, page and nginx.conf");
        foreach (string line in new[]
        {
            "samples/run Dashboard    # live data behind a token",
            "samples/run Chat         # Socket.IO on three instances, through Redis",
            "samples/run Messaging    # clients that come back, deliveries counted",
            "samples/run Voice        # binary audio both ways",
            "samples/run Tasks        # REST, and Socket.IO for who listens",
        })
        {
            console.WriteLine($"  {line}");
        }
        console.WriteLine($"The configuration is {configuration}");
        console.WriteLine("Ctrl-C ends it.");
    }
}
