using System.Net;
using System.Net.Sockets;
using System.Text;
using Sluice.EndToEnd.Servers;

namespace Sluice.EndToEnd.Logs;

/// <summary>Receives datagrams, and keeps each as a text, one char a byte.</summary>
public sealed class SyslogServer : IDisposable
{
    readonly Socket socket;
    readonly List<string> messages = [];

    public SyslogServer(EndPoint at)
    {
        var protocol = at is IPEndPoint ? ProtocolType.Udp : ProtocolType.Unspecified;
        socket = new(at.AddressFamily, SocketType.Dgram, protocol);
        socket.Bind(at);
        EndPoint = socket.LocalEndPoint!;
        _ = ReceiveAsync();
    }

    public EndPoint EndPoint { get; }

    public string[] Messages
    {
        get
        {
            lock (messages)
                return [.. messages];
        }
    }

    public Task ReceivesAsync(int count) => Patience.ForAsync(
        () => Messages.Length >= count,
        () => $"{count} messages, of which there are:\n{string.Join("\n", Messages)}");

    public void Dispose() => socket.Dispose();

    async Task ReceiveAsync()
    {
        var buffer = new byte[65536];
        try
        {
            while (true)
            {
                int count = await socket.ReceiveAsync(buffer);
                lock (messages)
                    messages.Add(Encoding.Latin1.GetString(buffer, 0, count));
            }
        }
        catch (Exception failure) when (failure is SocketException or ObjectDisposedException)
        {
            // The test has ended.
        }
    }
}
