using System.CommandLine;
using Sluice.Cli.Bench;
using Sluice.Cli.Demo;

namespace Sluice.Cli;

/// <summary>
/// The commands nginx does not have. Loaded only when one of them is asked for: the libraries they
/// use would double the time it takes the gateway to start.
/// </summary>
internal static class Subcommands
{
    /// <summary>Whether an argument is the name of a command.</summary>
    public static bool IsOne(string argument) => argument is "demo" or "bench";

    public static int Run(string[] arguments)
    {
        var root = new RootCommand("The WebSocket gateway that speaks nginx.conf.")
        {
            DemoCommand.Create(),
            BenchCommand.Create(),
        };
        // Commands that stay end by themselves when they are interrupted, in their own order.
        var configuration = new InvocationConfiguration { ProcessTerminationTimeout = null };
        return root.Parse(arguments).InvokeAsync(configuration).GetAwaiter().GetResult();
    }
}
