using System.Collections.Concurrent;
using System.Security.Cryptography;
using Sluice.SocketIO;
using Sluice.SocketIO.Typed;

namespace Sluice.Samples.Chat;

/// <summary>One client. What it says reaches the rooms of all instances.</summary>
[SocketNamespace("/chat")]
public sealed class ChatHandler(InstanceName instance, TimeProvider time)
    : SocketHandler<IChatClient>
{
    /// <summary>Characters of a message.</summary>
    const int TextMax = 2000;

    /// <summary>Characters of a room's name.</summary>
    const int RoomMax = 40;

    /// <summary>Rooms that one client can be in.</summary>
    const int RoomsMax = 20;

    /// <summary>What the rooms' names begin with: ids are names of rooms too.</summary>
    public const string Prefix = "room:";

    /// <summary>Where it is, for those who are told that it left.</summary>
    readonly ConcurrentDictionary<string, byte> rooms = new();

    string User => Socket.User.Identity!.Name!;

    protected override Task OnConnectedAsync()
    {
        // What other instances see of this socket.
        Socket.Data["user"] = User;
        return Task.CompletedTask;
    }

    /// <summary>Who am I, and where?</summary>
    [SocketEvent("whoami")]
    public Who WhoAmI() => new(User, instance.Name);

    /// <summary>Comes into a room.</summary>
    [SocketEvent("join")]
    public async Task<Joining> JoinAsync(string? room)
    {
        room = room?.Trim();
        if (room is not { Length: > 0 and <= RoomMax })
            return new Joining(false, [], $"A room's name has 1 to {RoomMax} characters.");
        if (rooms.Count >= RoomsMax)
            return new Joining(false, [], $"{RoomsMax} rooms are enough.");
        if (rooms.TryAdd(room, 0))
        {
            Socket.Join(Prefix + room);
            OthersIn(Prefix + room).Joined(room, User);
        }

        var sockets = await Socket.Namespace.In(Prefix + room).FetchSocketsAsync();
        return new Joining(true, [.. sockets
            .Select(socket => socket.Data.Get<string>("user") ?? "")
            .Distinct().Order(StringComparer.Ordinal)]);
    }

    /// <summary>Leaves a room.</summary>
    [SocketEvent("leave")]
    public void Leave(string room)
    {
        if (!rooms.TryRemove(room, out _))
            return;
        Socket.Leave(Prefix + room);
        AllIn(Prefix + room).Left(room, User);
    }

    /// <summary>Says something to everybody in a room.</summary>
    [SocketEvent("say")]
    public Saying Say(string room, string text)
    {
        if (!rooms.ContainsKey(room))
            return new Saying(false, null, "You are not in this room.");
        if (string.IsNullOrWhiteSpace(text) || text.Length > TextMax)
            return new Saying(false, null, $"A message has 1 to {TextMax} characters.");
        var message = new ChatMessage(
            RandomNumberGenerator.GetHexString(12, lowercase: true), room, User, text,
            time.GetUtcNow(), instance.Name);
        AllIn(Prefix + room).Message(message);
        return new Saying(true, message.Id);
    }

    /// <summary>Is writing.</summary>
    [SocketEvent("typing")]
    public void Typing(string room)
    {
        if (rooms.ContainsKey(room))
            Socket.To(Prefix + room).Volatile.As<IChatClient>().Typing(room, User);
    }

    protected override Task OnDisconnectedAsync(string reason)
    {
        foreach (var room in rooms.Keys)
            AllIn(Prefix + room).Left(room, User);
        return Task.CompletedTask;
    }
}
