namespace Sluice.Samples.Messaging;

/// <summary>A message on its way.</summary>
/// <param name="From">Who sent it.</param>
/// <param name="Id">The sender's id of it.</param>
/// <param name="Text">What it says.</param>
/// <param name="AcceptedAt">A time stamp of the time provider.</param>
internal sealed record Letter(string From, string Id, string Text, long AcceptedAt);

/// <summary>
/// A user: the connections of the moment, and the messages whose receipt nobody confirmed yet.
/// Those are sent again on every new connection; a client knows them by their ids.
/// </summary>
internal sealed class Mailbox
{
    readonly Lock access = new();
    readonly List<UserConnection> connections = [];
    readonly Dictionary<(string From, string Id), Letter> held = [];
    readonly HashSet<string> sentIds = [];
    readonly Queue<string> sentOrder = [];
    bool wasHere;

    /// <summary>Adds a connection and sends it what is held; null when there are too many.</summary>
    /// <returns>Whether the user had been connected before.</returns>
    public bool? Connect(UserConnection connection)
    {
        lock (access)
        {
            if (connections.Count >= Limits.ConnectionsPerUserMax)
            {
                return null;
            }
            connections.Add(connection);
            foreach (var letter in held.Values)
            {
                connection.Send(Describe(letter));
            }
            bool returned = wasHere;
            wasHere = true;
            return returned;
        }
    }

    public void Disconnect(UserConnection connection)
    {
        lock (access)
        {
            connections.Remove(connection);
        }
    }

    /// <summary>Remembers that this user sent a message; false when it is known already.</summary>
    public bool IsNew(string id)
    {
        lock (access)
        {
            if (!sentIds.Add(id))
            {
                return false;
            }
            sentOrder.Enqueue(id);
            if (sentOrder.Count > Limits.RememberedMax)
            {
                sentIds.Remove(sentOrder.Dequeue());
            }
            return true;
        }
    }

    /// <summary>A message was refused after all; sent again, it is a new one.</summary>
    public void Forget(string id)
    {
        lock (access)
        {
            sentIds.Remove(id);
        }
    }

    /// <summary>Holds a letter and sends it to every connection; false when it is full.</summary>
    public bool Deliver(Letter letter)
    {
        lock (access)
        {
            if (held.Count >= Limits.HeldMax || !held.TryAdd((letter.From, letter.Id), letter))
            {
                return false;
            }
            SendLocked(Describe(letter));
            return true;
        }
    }

    /// <summary>Takes a letter out whose receipt is confirmed; null when it was before.</summary>
    public Letter? Confirm(string from, string id)
    {
        lock (access)
        {
            return held.Remove((from, id), out var letter) ? letter : null;
        }
    }

    public void Send(Wire message)
    {
        lock (access)
        {
            SendLocked(message);
        }
    }

    void SendLocked(Wire message)
    {
        foreach (var connection in connections)
        {
            connection.Send(message);
        }
    }

    static Wire Describe(Letter letter) =>
        new("message", letter.Id) { From = letter.From, Text = letter.Text };
}
