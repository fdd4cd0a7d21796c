using System.Net;

namespace Sluice.EndToEnd.Servers;

/// <summary>A real redis-server on a port of its own, without a disk.</summary>
public sealed class RedisProcess : IAsyncDisposable
{
    readonly string[] options;
    ChildProcess process;

    RedisProcess(ChildProcess process, int port, string[] options)
    {
        this.process = process;
        this.options = options;
        Port = port;
    }

    public int Port { get; }

    public string Address => $"127.0.0.1:{Port}";

    /// <param name="options">Of redis.conf, such as "--requirepass", "secret".</param>
    public static async Task<RedisProcess> StartAsync(params string[] options)
    {
        var port = Loopback.FreePort(IPAddress.Loopback);
        return new RedisProcess(await LaunchAsync(port, options), port, options);
    }

    /// <summary>Ends it at once, as a crash would.</summary>
    public async Task KillAsync()
    {
        process.Signal(Signals.Kill);
        await process.DisposeAsync();
    }

    /// <summary>Stops it from answering, without closing anything, until it is resumed.</summary>
    public void Pause() => process.Signal(Signals.Stop);

    public void Resume() => process.Signal(Signals.Continue);

    /// <summary>Starts it on the same port after it was killed.</summary>
    public async Task RestartAsync() => process = await LaunchAsync(Port, options);

    public ValueTask DisposeAsync() => process.DisposeAsync();

    static async Task<ChildProcess> LaunchAsync(int port, string[] options)
    {
        var started = ChildProcess.Start("redis-server",
        [
            "--port", $"{port}", "--bind", "127.0.0.1", "--save", "", "--appendonly", "no",
            .. options,
        ], folder: Path.GetTempPath());
        await Patience.ForAsync(
            () => Loopback.Accepts(new IPEndPoint(IPAddress.Loopback, port)) || started.HasExited,
            () => "a redis-server that listens\n" + started.Output);
        return !started.HasExited ? started : throw new InvalidOperationException(
            "redis-server ended:\n" + started.Output + started.Errors);
    }
}
