using Sluice.Proxy.Http1;
using Sluice.Proxy.Log;

namespace Sluice.Proxy.Tunnel;

/// <summary>
/// What a tunnel keeps of the exchange it came from, for its log line and its timeouts: the
/// exchange itself goes back to its pool at the 101, and is made again for the log.
/// </summary>
sealed class TunnelRecord
{
    readonly ListenTable listen;
    readonly Server server;
    readonly byte[]? head;
    readonly byte[]? path;
    readonly byte[]? args;
    readonly byte[]? target;
    readonly byte[]? sentHead;
    readonly byte[]? upstreamHead;
    readonly LoggedValues? values;
    readonly UpstreamTry[] tries;
    readonly long startMs;
    readonly long connectionStartMs;
    readonly long openedMs;
    readonly UInt128 requestId;
    readonly int requestsOnConnection;
    readonly int headBytesSent;
    readonly int bytesSent;
    readonly bool isPipelined;

    TunnelRecord(Exchange x, int earlyFromPeerCount)
    {
        listen = x.Listen;
        server = x.Server;
        Location = x.Location;
        IsWebSocket = x.Head.IsWebSocketHandshake;
        startMs = x.StartMs;
        connectionStartMs = x.ConnectionStartMs;
        openedMs = x.Worker.Loop.NowMs;
        requestId = x.RequestId;
        requestsOnConnection = x.RequestsOnConnection;
        headBytesSent = (int)x.HeadBytesSent;
        bytesSent = (int)x.BytesSent;
        isPipelined = x.IsPipelined;
        tries = x.Tries.AsSpan(0, x.TryCount).ToArray();
        // They were read with the head, and pass through the tunnel once more.
        tries[^1].BytesReceived -= earlyFromPeerCount;
        if (!x.IsLogged)
            return;
        head = x.HeadBuffer.AsSpan(0, x.Head.Consumed).ToArray();
        if (!x.IsUriUnchanged)
        {
            path = x.Path.Written.ToArray();
            args = x.Args.Written.ToArray();
        }
        var asked = x.At(x.UpstreamTarget);
        if (!asked.SequenceEqual(x.Head.Target.Of(x.HeadBuffer)))
            target = asked.ToArray();
        var reads = x.Location.AccessLog.Reads;
        if (reads.HasFlag(ExchangeParts.Answer))
        {
            sentHead = x.At(x.SentHead).ToArray();
            upstreamHead = x.UpstreamBuffer.AsSpan(0, x.UpstreamHead.Consumed).ToArray();
        }
        values = LoggedValues.Of(x, reads);
    }

    public Location Location { get; }

    /// <summary>The handshake was WebSocket's, so frames can be observed.</summary>
    public bool IsWebSocket { get; }

    public static TunnelRecord Of(Exchange x, int earlyFromPeerCount) =>
        new(x, earlyFromPeerCount);

    /// <summary>The tunnel has ended: the peer is free, the exchange is as it was, but complete.</summary>
    public void Restore(Exchange x, Tunnel tunnel)
    {
        tries[^1].Peer!.Release();
        x.Use(listen);
        x.Server = server;
        x.Location = Location;
        x.StartMs = startMs;
        x.ConnectionStartMs = connectionStartMs;
        x.RequestId = requestId;
        x.RequestsOnConnection = requestsOnConnection;
        x.IsPipelined = isPipelined;
        x.Status = 101;
        x.IsComplete = true;
        if (head is not null)
            RestoreHead(x);
        foreach (ref readonly var attempt in tries.AsSpan())
            x.AddTry() = attempt;
        x.HeadBytesSent = headBytesSent;
        x.BytesSent = bytesSent + tunnel.ToClient.BytesCount;
        ref var last = ref x.LastTry;
        last.BytesSent += tunnel.ToPeer.BytesCount;
        last.BytesReceived += tunnel.FromPeerBytes;
        last.ResponseLength = tunnel.FromPeerBytes;
        last.ResponseMs = (last.HeaderMs < 0 ? 0 : last.HeaderMs) + x.Worker.Loop.NowMs - openedMs;
    }

    void RestoreHead(Exchange x)
    {
        x.HeadBuffer = head!;
        x.Head.Parse(head, listen.HeadRules);
        x.RequestBytes = x.Head.LineBytes;
        values?.Restore(x);
        x.MethodIsGet = x.Head.Method == RequestMethod.Get;
        if (path is null)
        {
            x.SetPathFromHead();
        }
        else
        {
            x.Path.Append(path);
            x.Args.Append(args);
        }
        x.UpstreamTarget = x.Store(target ?? x.Head.Target.Of(head));
        if (sentHead is not null)
            RestoreAnswer(x);
    }

    void RestoreAnswer(Exchange x)
    {
        x.SentHead = x.Store(sentHead);
        x.UpstreamBuffer = upstreamHead;
        x.UpstreamHead = new ResponseHead();
        x.UpstreamHead.Parse(upstreamHead, upstreamHead!.Length);
    }
}

/// <summary>The values of variables that a log line may name; few tunnels have any.</summary>
sealed class LoggedValues
{
    readonly byte[] kept;
    readonly VariableValue[] values = [];
    readonly ArenaRange[] captures = [];

    LoggedValues(Exchange x, bool hasValues, bool hasCaptures)
    {
        kept = x.Kept.Written.ToArray();
        // A pooled exchange may have room for more values, of another configuration.
        if (hasValues)
            values = x.Values.AsSpan(0, x.Snapshot.Variables.SlotCount).ToArray();
        if (hasCaptures)
            captures = x.Captures.AsSpan(0, x.CaptureCount).ToArray();
    }

    /// <summary>Null when there are none, or none that a log reads.</summary>
    public static LoggedValues? Of(Exchange x, ExchangeParts reads)
    {
        bool hasValues = reads.HasFlag(ExchangeParts.Values) && x.HasValues;
        bool hasCaptures = reads.HasFlag(ExchangeParts.Captures) && x.CaptureCount > 0;
        return hasValues || hasCaptures ? new(x, hasValues, hasCaptures) : null;
    }

    public void Restore(Exchange x)
    {
        x.Kept.Append(kept);
        values.CopyTo(x.Values, 0);
        captures.CopyTo(x.Captures, 0);
        x.CaptureCount = captures.Length;
    }
}
