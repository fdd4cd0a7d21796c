using System.Text.Json.Serialization;

namespace Sluice.Samples.Tasks;

/// <summary>What a client says of a task.</summary>
/// <param name="Title">At most 200 characters.</param>
/// <param name="Description">At most 2,000 characters.</param>
/// <param name="AgentWallet">Who does it; empty for nobody, null for as it is.</param>
public sealed record TaskDraft(string? Title, string? Description, string? AgentWallet)
{
    /// <summary>Who does it; null for nobody.</summary>
    [JsonIgnore]
    public string? Agent => string.IsNullOrWhiteSpace(AgentWallet) ? null : AgentWallet.Trim();

    /// <summary>Nothing is too long.</summary>
    [JsonIgnore]
    public bool Fits => Title is not { Length: > 200 } && Description is not { Length: > 2000 }
        && AgentWallet is not { Length: > 64 };
}

/// <summary>What is told of a task: the payload of taskCreated, taskUpdated, taskCompleted.</summary>
/// <param name="Event">The event's name again.</param>
/// <param name="Timestamp">When it happened.</param>
/// <param name="Data">The task.</param>
public sealed record TaskEvent(string Event, DateTimeOffset Timestamp, TaskItem Data);

/// <summary>The payload of taskAssigned.</summary>
/// <param name="Event">"taskAssigned".</param>
/// <param name="Timestamp">When it happened.</param>
/// <param name="AgentWallet">Who does it now.</param>
/// <param name="Data">The task.</param>
public sealed record TaskAssigned(
    string Event, DateTimeOffset Timestamp, string AgentWallet, TaskItem Data);

/// <summary>The payload of taskDeleted.</summary>
/// <param name="Event">"taskDeleted".</param>
/// <param name="Timestamp">When it happened.</param>
/// <param name="Data">Which.</param>
public sealed record TaskDeleted(string Event, DateTimeOffset Timestamp, TaskId Data);

/// <param name="Id">The task's.</param>
public sealed record TaskId(string Id);

/// <summary>Who wants to sign in.</summary>
/// <param name="Name">At most 64 characters.</param>
public sealed record LoginRequest(string? Name);

/// <param name="Token">For the Authorization header and for "authenticate".</param>
/// <param name="Name">Whose it is.</param>
public sealed record LoginAnswer(string Token, string Name);

/// <summary>The answer to "authenticate".</summary>
/// <param name="Ok">The token is good.</param>
/// <param name="Name">Whose it is.</param>
/// <param name="Error">Why not.</param>
public sealed record Authenticated(bool Ok, string? Name, string? Error);

/// <param name="Status">"healthy".</param>
/// <param name="Sockets">Clients of this instance.</param>
/// <param name="Tasks">Tasks that are not deleted.</param>
public sealed record Health(string Status, int Sockets, int Tasks);
