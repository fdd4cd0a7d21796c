using System.CommandLine;
using System.Runtime.InteropServices;
using Spectre.Console;

namespace Sluice.Cli.Demo;

/// <summary><c>sluice demo</c>: the gateway at work on this machine, checked by real clients.</summary>
internal static class DemoCommand
{
    public static Command Create()
    {
        var once = new Option<bool>("--once")
        {
            Description = "End after the self-check: 0 when all passed, else 1.",
        };
        var command = new Command(
            "demo", "Run the gateway before three backends on this machine, and check every route.")
        {
            once,
        };
        command.SetAction((parsed, cancel) => RunAsync(parsed.GetValue(once), cancel));
        return command;
    }

    static async Task<int> RunAsync(bool once, CancellationToken cancel)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = Console.IsOutputRedirected ? AnsiSupport.No : AnsiSupport.Detect,
        });
        await using var backends = new DemoBackends();
        int[] backendPorts = await backends.StartAsync(
            [.. DemoConfiguration.BackendPorts.Select(DemoConfiguration.FreePort)]);
        int port = DemoConfiguration.FreePort(DemoConfiguration.GatewayPort);
        string text = DemoConfiguration.Substitute(
            await File.ReadAllTextAsync(DemoConfiguration.ShippedPath, cancel), port, backendPorts);

        string folder = Directory.CreateTempSubdirectory("sluice-demo-").FullName;
        try
        {
            string path = Path.Combine(folder, "demo.conf");
            await File.WriteAllTextAsync(path, text, cancel);
            using var gateway = DemoGateway.Start(path);
            if (gateway is null)
            {
                return 1;
            }
            string address = $"127.0.0.1:{port}";
            using var checks = new DemoChecks(address, gateway.ReloadAsync);
            var results = await checks.RunAsync();
            DemoReport.Write(console, results);
            bool passed = results.TrueForAll(check => check.Failure is null);
            if (!once)
            {
                DemoReport.WriteWhatToTry(console, address, path);
                await UntilInterruptedAsync();
            }
            return passed ? 0 : 1;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Until Ctrl-C, or TERM.</summary>
    static async Task UntilInterruptedAsync()
    {
        var end = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void End(PosixSignalContext context)
        {
            context.Cancel = true;
            end.TrySetResult();
        }
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
        await end.Task;
    }
}
