using Sluice.SocketIO.Typed;

namespace Sluice.Samples.Chat;

/// <summary>What the clients understand.</summary>
public interface IChatClient
{
    /// <summary>Somebody has said something.</summary>
    [SocketEvent("message")]
    void Message(ChatMessage message);

    /// <summary>Somebody has come into a room.</summary>
    [SocketEvent("joined")]
    void Joined(string room, string user);

    /// <summary>Somebody has left a room.</summary>
    [SocketEvent("left")]
    void Left(string room, string user);

    /// <summary>Somebody is writing; nobody misses it when it is lost.</summary>
    [SocketEvent("typing")]
    void Typing(string room, string user);
}

/// <summary>A message in a room.</summary>
/// <param name="Id">Its own.</param>
/// <param name="Room">Where it was said.</param>
/// <param name="User">Who said it.</param>
/// <param name="Text">What was said.</param>
/// <param name="At">When.</param>
/// <param name="Instance">Through which instance it came.</param>
public sealed record ChatMessage(
    string Id, string Room, string User, string Text, DateTimeOffset At, string Instance);

/// <summary>The answer to "join".</summary>
/// <param name="Ok">The room is open.</param>
/// <param name="Users">Who is in it, at whichever instance.</param>
/// <param name="Error">Why it is not open.</param>
public sealed record Joining(bool Ok, IReadOnlyList<string> Users, string? Error = null);

/// <summary>The answer to "say".</summary>
/// <param name="Ok">It was said.</param>
/// <param name="Id">The message's.</param>
/// <param name="Error">Why it was not said.</param>
public sealed record Saying(bool Ok, string? Id, string? Error = null);

/// <summary>The answer to "whoami".</summary>
/// <param name="User">The name in the token.</param>
/// <param name="Instance">The instance that serves this client.</param>
public sealed record Who(string User, string Instance);

/// <summary>Who wants to sign in.</summary>
/// <param name="Name">At most 64 characters.</param>
public sealed record LoginRequest(string? Name);

/// <param name="Token">For the auth payload.</param>
/// <param name="Name">Whose it is.</param>
public sealed record LoginAnswer(string Token, string Name);

/// <param name="Room">Its name.</param>
/// <param name="Users">How many are in it.</param>
public sealed record RoomInfo(string Room, int Users);

/// <param name="Status">"healthy".</param>
/// <param name="Instance">The instance that answers.</param>
/// <param name="Sockets">Its clients.</param>
public sealed record Health(string Status, string Instance, int Sockets);

/// <summary>Which of the instances this process is.</summary>
/// <param name="Name">The port that it listens on.</param>
public sealed record InstanceName(string Name);
