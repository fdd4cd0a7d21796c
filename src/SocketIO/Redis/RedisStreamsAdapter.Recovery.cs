using System.Globalization;
using System.Text;
using Sluice.SocketIO.Adapters;
using Sluice.SocketIO.Protocol;

namespace Sluice.SocketIO.Redis;

/// <summary>
/// Connection state recovery: sessions wait in Redis, and what a client has missed is still in
/// the stream.
/// </summary>
public sealed partial class RedisStreamsAdapter
{
    readonly Lock saving = new();
    int savesCount;
    TaskCompletionSource? saved;

    public override void PersistSession(StoredSession session)
    {
        ArgumentNullException.ThrowIfNull(session);
        if (Host.Options.ConnectionStateRecovery is not { } recovery)
            return;
        lock (saving)
            savesCount++;
        var ms = (long)recovery.MaxDisconnectionDuration.TotalMilliseconds;
        _ = SaveAsync(redis.ExecuteAsync(
            "SET",
            [
                Key(session.PrivateId), StreamSession.Encode(session, Host.Name), "PX"u8.ToArray(),
                Encoding.ASCII.GetBytes(ms.ToString(CultureInfo.InvariantCulture)),
            ]));
    }

    public override async ValueTask<RestoredSession?> RestoreSessionAsync(
        string privateId, string offset)
    {
        ArgumentNullException.ThrowIfNull(privateId);
        if (!StreamId.TryParse(offset, out var from)
            || privateId.Length > Limits.PrivateIdLengthMax)
            return null;
        try
        {
            return await RestoreAsync(privateId, from);
        }
        catch (RedisException e)
        {
            // The client begins anew.
            publisher.Complain(e.Message);
            return null;
        }
    }

    public override async ValueTask<IReadOnlyList<Packet>?> RejoinAsync(
        RestoredSession restored, Action join)
    {
        ArgumentNullException.ThrowIfNull(restored);
        // This node may be behind what was read for the client.
        if (!StreamId.TryParse(restored.Position, out var from)
            || await follower.InTurnAfterAsync(from, options.RequestsTimeout, join) is not { } upTo)
            return null;
        try
        {
            return await MissedAsync(restored.Session, from, upTo);
        }
        catch (RedisException e)
        {
            publisher.Complain(e.Message);
            return null;
        }
    }

    /// <summary>
    /// 1 the offset is an entry of this namespace, and there is such a session → 2 what came since
    /// → 3 the session is ours, if nobody else was faster.
    /// </summary>
    async Task<RestoredSession?> RestoreAsync(string privateId, StreamId from)
    {
        var key = Key(privateId);
        var found = RangeAsync(from, from, 1);                                 // 1
        var kept = redis.ExecuteAsync("GET", [key]);
        var end = LastAsync();
        await Task.WhenAll(found, kept, end);
        if (await found is not [var known] || known.Namespace != Host.Name
            || StreamSession.Decode((await kept).Bytes, privateId, Host.Name) is not { } session)
            return null;
        var upTo = await end;
        var missed = await MissedAsync(session, from, upTo);                   // 2
        var isOurs = missed is not null
            && (await redis.ExecuteAsync("DEL", [key])).AsNumber() == 1;       // 3
        return isOurs ? new RestoredSession(session, missed!, upTo.ToString()) : null;
    }

    /// <summary>What came behind one entry, up to another; null when the first is gone.</summary>
    async Task<List<Packet>?> MissedAsync(StoredSession session, StreamId from, StreamId upTo)
    {
        var missed = new List<Packet>();
        var last = from;
        while (last < upTo)
        {
            // With the last one before, which tells whether entries were trimmed meanwhile.
            var entries = await RangeAsync(last, upTo, options.Streams.ReadCount + 1);
            if (entries is not [var first, ..] || first.Id != last)
                return null;
            foreach (var entry in entries.AsSpan(1))
                if (PacketFor(session, entry) is { } packet)
                    missed.Add(packet);
            if (entries.Length == 1)
                break;
            last = entries[^1].Id;
        }

        return missed;
    }

    /// <summary>The event of an entry, with its offset; null when it is not for the session.</summary>
    Packet? PacketFor(StoredSession session, StreamEntry entry)
    {
        if (entry.Type != ClusterMessageType.Broadcast || entry.Namespace != Host.Name
            || entry.Parse() is not { } message
            || ClusterMessage.Member(message.Root, "packet") is not { } element
            // A question: nobody can wait for the answer any more.
            || ClusterMessage.Member(element, "id") is not null
            || message.Packet(element, Host.Name) is not { } packet)
            return null;
        var to = ClusterMessage.Options(ClusterMessage.Member(message.Root, "opts"));
        return RecoverablePacket.Is(packet, to) && RecoverablePacket.IsFor(session, to)
            ? RecoverablePacket.WithOffset(packet, entry.Id.ToString()) : null;
    }

    async Task<StreamEntry[]> RangeAsync(StreamId from, StreamId upTo, int count) =>
        StreamEntry.ReadRange(await redis.ExecuteAsync(
            "XRANGE",
            [
                stream, Encoding.ASCII.GetBytes(from.ToString()),
                Encoding.ASCII.GetBytes(upTo.ToString()), "COUNT"u8.ToArray(),
                Encoding.ASCII.GetBytes(count.ToString(CultureInfo.InvariantCulture)),
            ]));

    async Task<StreamId> LastAsync() =>
        StreamEntry.ReadRange(await redis.ExecuteAsync(
            "XREVRANGE", [stream, "+"u8.ToArray(), "-"u8.ToArray(), "COUNT"u8.ToArray(),
                "1"u8.ToArray()])) is [var last] ? last.Id : default;

    byte[] Key(string privateId) =>
        Encoding.UTF8.GetBytes(options.Streams.SessionKeyPrefix + privateId);

    async Task SaveAsync(Task<RedisValue> save)
    {
        try
        {
            await save;
        }
        catch (Exception e) when (e is RedisException or ObjectDisposedException)
        {
            publisher.Complain(e.Message);
        }

        lock (saving)
            if (--savesCount == 0)
                saved?.TrySetResult();
    }

    /// <summary>The sessions of a node that ends wait in Redis for another one.</summary>
    Task SessionsSavedAsync()
    {
        lock (saving)
            return savesCount == 0 ? Task.CompletedTask
                : (saved ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
    }
}
