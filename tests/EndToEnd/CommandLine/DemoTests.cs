using Sluice.EndToEnd.Servers;

namespace Sluice.EndToEnd.CommandLine;

/// <summary>The README's first command.</summary>
public sealed class DemoTests
{
    [Fact]
    public async Task Every_route_of_the_demonstration_works()
    {
        await using var demo = ChildProcess.Start(Repository.Sluice, ["demo", "--once"]);
        int exitCode = await demo.ExitAsync(Patience.Program);
        Assert.True(exitCode == 0, demo.Output + demo.Errors);
        Assert.Contains("a reload keeps the tunnel", demo.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_demonstration_stays_until_it_is_interrupted()
    {
        await using var demo = ChildProcess.Start(Repository.Sluice, ["demo"]);
        await demo.OutputWithAsync("Ctrl-C ends it.");
        Assert.Contains("wscat -c ws://", demo.Output, StringComparison.Ordinal);
        // What Ctrl-C sends may be ignored in a process that has no terminal.
        demo.Signal(Signals.Term);
        Assert.Equal(0, await demo.ExitAsync());
    }
}
