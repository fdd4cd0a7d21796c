using System.Net;
using System.Net.Sockets;

namespace Sluice.Cli.Demo;

/// <summary>
/// conf/demo.conf with the ports this run has: each is the one written there unless something
/// else on this machine has it.
/// </summary>
internal static class DemoConfiguration
{
    public const int GatewayPort = 8090;

    /// <summary>WebSockets, REST, health.</summary>
    public static readonly int[] BackendPorts = [9101, 9102, 9103];

    /// <summary>The file as it is shipped beside the executable.</summary>
    public static string ShippedPath => Path.Combine(AppContext.BaseDirectory, "conf", "demo.conf");

    /// <summary>The text with other ports in the places of its own.</summary>
    public static string Substitute(string text, int gatewayPort, int[] backendPorts)
    {
        // In two steps, so that a new port that equals an old one of another line stays.
        int[] written = [GatewayPort, .. BackendPorts];
        int[] wanted = [gatewayPort, .. backendPorts];
        for (int i = 0; i < written.Length; i++)
        {
            text = text.Replace($"127.0.0.1:{written[i]};", $"127.0.0.1:<{i}>;");
        }
        for (int i = 0; i < wanted.Length; i++)
        {
            text = text.Replace($"127.0.0.1:<{i}>;", $"127.0.0.1:{wanted[i]};");
        }
        return text;
    }

    /// <summary>The port itself when it is free on loopback, else another that is.</summary>
    public static int FreePort(int preferred)
    {
        foreach (int port in new[] { preferred, 0 })
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            try
            {
                listener.Start();
                return ((IPEndPoint)listener.LocalEndpoint).Port;
            }
            catch (SocketException refusal) when (
                refusal.SocketErrorCode == SocketError.AddressAlreadyInUse && port != 0)
            {
                // Somebody else has it: the system chooses in the next round.
            }
        }
        return 0;
    }
}
