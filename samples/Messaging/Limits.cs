namespace Sluice.Samples.Messaging;

/// <summary>Bounds on what one process keeps, and why.</summary>
internal static class Limits
{
    /// <summary>Users with a mailbox: a name costs about a kilobyte, and anybody may invent one.</summary>
    public const int UsersMax = 10_000;

    /// <summary>Characters of a user's name and of a message's id.</summary>
    public const int NameCharsMax = 64;

    /// <summary>Bytes of one message with its frame of JSON; a longer one closes with 1009.</summary>
    public const int MessageBytesMax = 16 * 1024;

    /// <summary>Messages held for one recipient; more are refused, so that the sender knows.</summary>
    public const int HeldMax = 200;

    /// <summary>Ids remembered of one sender, to know a message that is sent twice.</summary>
    public const int RememberedMax = 1_000;

    /// <summary>Connections of one user: tabs and devices.</summary>
    public const int ConnectionsPerUserMax = 10;

    /// <summary>Messages that wait for one slow connection; it is closed at more.</summary>
    public const int OutboxMax = 512;
}
