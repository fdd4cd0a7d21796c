using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Sluice.EndToEnd.Servers;

/// <summary>A client that sends exactly the bytes it is given and keeps what comes back.</summary>
public sealed class RawClient : IDisposable
{
    readonly Socket socket;
    readonly Task pump;

    RawClient(Socket socket)
    {
        this.socket = socket;
        pump = Received.PumpAsync(socket);
    }

    /// <summary>What has come back and was not taken yet.</summary>
    public ReceiveBuffer Received { get; } = new();

    /// <summary>Connects, from a given source address when one is named.</summary>
    public static async Task<RawClient> ConnectAsync(EndPoint target, IPAddress? source = null)
    {
        var family = target.AddressFamily;
        var protocol = family == AddressFamily.Unix ? ProtocolType.Unspecified : ProtocolType.Tcp;
        var socket = new Socket(family, SocketType.Stream, protocol);
        try
        {
            if (protocol == ProtocolType.Tcp)
                socket.NoDelay = true;
            if (source is not null)
                socket.Bind(new IPEndPoint(source, 0));
            using var patience = new CancellationTokenSource(Patience.Event);
            await socket.ConnectAsync(target, patience.Token);
            return new RawClient(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Sends; false when the other side does not take it any more.</summary>
    public async Task<bool> SendAsync(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            using var patience = new CancellationTokenSource(Patience.Event);
            while (!bytes.IsEmpty)
                bytes = bytes[await socket.SendAsync(bytes, SocketFlags.None, patience.Token)..];
            return true;
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            return false;
        }
    }

    /// <summary>Sends text as Latin-1 bytes, exactly as written.</summary>
    public Task<bool> SendAsync(string text) => SendAsync(Encoding.Latin1.GetBytes(text));

    /// <summary>The next response, interim ones included; null when the connection ended first.</summary>
    public async Task<HttpMessage?> ResponseAsync(bool head = false, TimeSpan? bound = null)
    {
        HttpMessage? message = null;
        await Received.TakeAsync(
            (bytes, ended) => HttpReader.Response(bytes, ended, head, out message),
            bound ?? Patience.Event);
        return message;
    }

    /// <summary>Sends one request and gives its response, or fails.</summary>
    public async Task<HttpMessage> ExchangeAsync(string request)
    {
        await SendAsync(request);
        var head = request.StartsWith("HEAD ", StringComparison.Ordinal);
        return await ResponseAsync(head)
            ?? throw new IOException(
                $"{(Received.Ended ? "the connection ended" : "nothing came")} after: "
                + request.Split('\r')[0]);
    }

    /// <summary>Ends our direction and leaves the other open.</summary>
    public void Shutdown()
    {
        try
        {
            socket.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            // The other side has already gone, which is what the caller goes on to see.
        }
    }

    /// <summary>
    /// Closes in an orderly way. Disposing a socket with a read under way would reset it.
    /// </summary>
    public async Task CloseAsync()
    {
        try
        {
            socket.Shutdown(SocketShutdown.Both);
        }
        catch (Exception gone) when (gone is SocketException or ObjectDisposedException)
        {
            // The other side was quicker.
        }
        await pump;
        socket.Dispose();
    }

    /// <summary>Closes with a reset instead of an orderly end.</summary>
    public void Abort()
    {
        socket.LingerState = new LingerOption(true, 0);
        socket.Dispose();
    }

    public void Dispose() => socket.Dispose();
}
