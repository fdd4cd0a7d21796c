using System.Net;
using System.Net.Sockets;

namespace Sluice.EndToEnd.Servers;

/// <summary>
/// Addresses and ports of this run. Linux answers on all of 127.0.0.0/8, so a run takes a /24 of
/// its own, by chance, and two runs on one machine do not meet.
/// </summary>
public static class Loopback
{
    static readonly int second = Random.Shared.Next(16, 250);
    static readonly int third = Random.Shared.Next(16, 250);

    /// <summary>Where backends listen.</summary>
    public static IPAddress Backends { get; } = Host(9);

    /// <summary>One address of this run's /24; all have the same number of characters.</summary>
    public static IPAddress Host(int last) => new([127, (byte)second, (byte)third, (byte)last]);

    /// <summary>A port that nothing listens on, at each of the addresses.</summary>
    public static int FreePort(params IPAddress[] addresses)
    {
        for (var attempt = 0; attempt < 100; attempt++)
        {
            using var first = new Socket(
            AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            first.Bind(new IPEndPoint(addresses[0], 0));
            var port = ((IPEndPoint)first.LocalEndPoint!).Port;
            if (addresses.Skip(1).All(address => CanBind(address, port)))
                return port;
        }
        throw new InvalidOperationException(
            "no free port on " + string.Join(", ", addresses.AsEnumerable()));
    }

    /// <summary>True when something accepts a connection there now.</summary>
    public static bool Accepts(IPEndPoint endpoint)
    {
        using var socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Connect(endpoint);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    static bool CanBind(IPAddress address, int port)
    {
        using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(address, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
