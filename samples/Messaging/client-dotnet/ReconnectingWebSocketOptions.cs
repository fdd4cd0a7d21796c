using System.Globalization;
using System.Net.WebSockets;

namespace Sluice.Samples.Messaging.Client;

/// <summary>How a <see cref="ReconnectingWebSocket"/> behaves.</summary>
public sealed record ReconnectingWebSocketOptions
{
    /// <summary>An attempt that is not open after this long counts as failed.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Time between two heartbeats; below the shortest idle limit on the way to the server.
    /// </summary>
    public TimeSpan HeartbeatInterval { get; init; } = TimeSpan.FromSeconds(25);

    /// <summary>A heartbeat without an answer for this long means the connection is dead.</summary>
    public TimeSpan HeartbeatTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>What a heartbeat says; the number goes up with each.</summary>
    public Func<long, string> Heartbeat { get; init; } =
        number => $$"""{"type":"ping","id":"{{number}}"}""";

    /// <summary>The number of the heartbeat a message answers; null for every other message.</summary>
    public Func<string, long?> HeartbeatAnswer { get; init; } = AnsweredByPong;

    public Backoff Backoff { get; init; } = Backoff.Default;

    /// <summary>The wait begins anew from the base after a connection that lasted this long.</summary>
    public TimeSpan StableAfter { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Messages that wait to be sent; more are refused.</summary>
    public int QueueMax { get; init; } = 100;

    /// <summary>Messages that wait to be read; reading from the connection pauses at more.</summary>
    public int InboxMax { get; init; } = 100;

    /// <summary>A longer message closes the connection with 1009.</summary>
    public int MessageBytesMax { get; init; } = 1 << 20;

    /// <summary>
    /// Close codes after which trying again would change nothing: 1000 (done), 1008 (a policy
    /// refuses us), 4401 (sign in first).
    /// </summary>
    public IReadOnlyCollection<int> FinalCodes { get; init; } = [1000, 1008, 4401];

    /// <summary>Told each new state, in order, on the thread that brings it about.</summary>
    public Action<ConnectionState>? StateChanged { get; init; }

    /// <summary>Opens a connection.</summary>
    public Func<Uri, CancellationToken, Task<WebSocket>> Connect { get; init; } = ConnectAsync;

    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Gives numbers from 0 up to, and not including, 1.</summary>
    public Func<double> Chance { get; init; } = Random.Shared.NextDouble;

    static long? AnsweredByPong(string message)
    {
        const string start = "{\"type\":\"pong\",\"id\":\"";
        if (!message.StartsWith(start, StringComparison.Ordinal))
        {
            return null;
        }
        var rest = message.AsSpan(start.Length);
        int end = rest.IndexOf('"');
        return end > 0 && long.TryParse(
            rest[..end], NumberStyles.None, CultureInfo.InvariantCulture, out long number)
            ? number
            : null;
    }

    static async Task<WebSocket> ConnectAsync(Uri url, CancellationToken cancel)
    {
        var socket = new ClientWebSocket();
        try
        {
            await socket.ConnectAsync(url, cancel).ConfigureAwait(false);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
