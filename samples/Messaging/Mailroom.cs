using System.Collections.Concurrent;
using Sluice.Samples.Messaging.Client;

namespace Sluice.Samples.Messaging;

/// <summary>All users of this process, and the numbers about what was delivered.</summary>
internal sealed class Mailroom(TimeProvider time)
{
    readonly ConcurrentDictionary<string, Mailbox> users = new(StringComparer.Ordinal);
    readonly Latencies latencies = new(10_000);
    int openCount;
    long openedCount;
    long droppedCount;
    long reconnectedCount;
    long refusedConnectionsCount;
    long acceptedCount;
    long deliveredCount;
    long refusedCount;
    long duplicateCount;

    public Stats Stats
    {
        get
        {
            long accepted = Volatile.Read(ref acceptedCount);
            long delivered = Math.Min(accepted, Volatile.Read(ref deliveredCount));
            return new Stats(
                new ConnectionStats(
                    openCount, openedCount, droppedCount, reconnectedCount,
                    refusedConnectionsCount),
                new MessageStats(
                    accepted, delivered, accepted - delivered, refusedCount, duplicateCount,
                    accepted == 0 ? 1 : (double)delivered / accepted, latencies.Summary()));
        }
    }

    /// <summary>Whether there is room for a user of this name; counts a refusal.</summary>
    public bool Admits(string user)
    {
        bool admits = user.Length is > 0 and <= Limits.NameCharsMax
            && (users.ContainsKey(user) || users.Count < Limits.UsersMax);
        if (!admits)
        {
            Interlocked.Increment(ref refusedConnectionsCount);
        }
        return admits;
    }

    /// <summary>Serves one connection of a user to its end.</summary>
    public async Task ServeAsync(string user, UserConnection connection)
    {
        var mailbox = users.GetOrAdd(user, static _ => new Mailbox());
        if (mailbox.Connect(connection) is not { } returned)
        {
            Interlocked.Increment(ref refusedConnectionsCount);
            await connection.RefuseAsync("too many connections of this user");
            return;
        }
        Interlocked.Increment(ref openedCount);
        Interlocked.Increment(ref openCount);
        Interlocked.Add(ref reconnectedCount, returned ? 1 : 0);
        bool wasClosed = false;
        try
        {
            wasClosed = await connection.ServeAsync(
                message => Receive(user, mailbox, connection, message));
        }
        finally
        {
            mailbox.Disconnect(connection);
            Interlocked.Decrement(ref openCount);
            Interlocked.Add(ref droppedCount, wasClosed ? 0 : 1);
        }
    }

    void Receive(string user, Mailbox mailbox, UserConnection connection, Wire? message)
    {
        switch (message)
        {
            case { Type: "ping" }:
                connection.Send(new Wire("pong", message.Id));
                break;
            case { Type: "message", Id: { Length: > 0 } id, To: { } to, Text: { } text }:
                var letter = new Letter(user, id, text, time.GetTimestamp());
                Post(mailbox, connection, letter, to);
                break;
            case { Type: "received", Id: { } id, From: { } from }:
                Confirm(mailbox, from, id);
                break;
            default:
                connection.Send(new Wire("refused", message?.Id)
                {
                    Reason = "not a message of this protocol",
                });
                break;
        }
    }

    void Post(Mailbox sender, UserConnection connection, Letter letter, string to)
    {
        if (letter.Id.Length > Limits.NameCharsMax || !Admits(to))
        {
            Refuse("no such user, or an id that is too long");
        }
        else if (!sender.IsNew(letter.Id))
        {
            // Sent again after a drop: the answer was lost, the message was not.
            Interlocked.Increment(ref duplicateCount);
            connection.Send(new Wire("accepted", letter.Id));
        }
        else if (!users.GetOrAdd(to, static _ => new Mailbox()).Deliver(letter))
        {
            sender.Forget(letter.Id);
            Refuse($"too much waits for {to}");
        }
        else
        {
            Interlocked.Increment(ref acceptedCount);
            connection.Send(new Wire("accepted", letter.Id));
        }

        void Refuse(string reason)
        {
            Interlocked.Increment(ref refusedCount);
            connection.Send(new Wire("refused", letter.Id) { Reason = reason, To = to });
        }
    }

    void Confirm(Mailbox recipient, string from, string id)
    {
        if (recipient.Confirm(from, id) is not { } letter)
        {
            return;
        }
        var latency = time.GetElapsedTime(letter.AcceptedAt);
        latencies.Add(latency);
        Interlocked.Increment(ref deliveredCount);
        if (users.TryGetValue(from, out var sender))
        {
            sender.Send(new Wire("delivered", id)
            {
                Ms = Math.Round(latency.TotalMilliseconds, 2),
            });
        }
    }
}
