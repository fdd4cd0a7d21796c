namespace Sluice.SocketIO.Testing;

/// <summary>The bounds of the test client.</summary>
static class Limits
{
    /// <summary>
    /// Events that nobody has taken yet, and messages that are not sent yet: more is a test that
    /// went wrong, and is said instead of filling memory.
    /// </summary>
    public const int WaitingMax = 10_000;

    /// <summary>Messages of one POST; a server that is kind to all clients takes no more.</summary>
    public const int MessagesPerPost = 16;
}
