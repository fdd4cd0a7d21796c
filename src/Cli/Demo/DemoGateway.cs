using Sluice.Cli.Nginx;
using Sluice.Proxy;

namespace Sluice.Cli.Demo;

/// <summary>The gateway of the demonstration, in this process.</summary>
internal sealed class DemoGateway : IDisposable
{
    readonly string path;
    readonly Gateway gateway;

    DemoGateway(string path, Gateway gateway)
    {
        this.path = path;
        this.gateway = gateway;
    }

    /// <summary>Starts it; null when it cannot, and then says why.</summary>
    public static DemoGateway? Start(string path)
    {
        var configuration = Load(path);
        configuration.Report(withNotices: true);
        if (configuration.Config is not { } config)
        {
            return null;
        }
        var options = new GatewayOptions { MakeLoop = Loops.Create };
        var gateway = Gateway.Start(config, options, out string? failure);
        if (gateway is null)
        {
            StandardStreams.Log("emerg", failure!);
            return null;
        }
        return new DemoGateway(path, gateway);
    }

    /// <summary>What HUP does: reads the file again and takes it on.</summary>
    public Task ReloadAsync() => Task.Run(() => gateway.Reload(Load(path).Config!));

    public void Dispose()
    {
        gateway.Stop();
        gateway.Wait();
        gateway.Dispose();
    }

    static Configuration Load(string path) => Configuration.Load(
        NginxPaths.From(NginxOptions.Parse(["-c", path], out _)!), directives: null);
}
