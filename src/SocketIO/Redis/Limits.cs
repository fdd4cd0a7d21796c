namespace Sluice.SocketIO.Redis;

/// <summary>The bounds of what is sent to Redis and comes from it.</summary>
static class Limits
{
    /// <summary>
    /// Bytes of one value. A longer one, which no node of ours sends, is read past and counts as
    /// null, so that a stranger on the same Redis cannot fill the memory.
    /// </summary>
    public const int ValueBytesMax = 64 * 1024 * 1024;

    /// <summary>Items of one array: far more than a page of a stream has. More ends the link.</summary>
    public const int ArrayItemsMax = 1_000_000;

    /// <summary>Arrays within arrays: a stream's answer has five. More ends the link.</summary>
    public const int ArrayDepthMax = 16;

    /// <summary>Bytes of a line: a number, a status, an error. A longer one ends the link.</summary>
    public const int LineBytesMax = 64 * 1024;

    /// <summary>
    /// Bytes of commands that wait for the connection or for a Redis that reads too slowly. What
    /// comes on top fails at once: rooms on other nodes miss it, and memory does not grow.
    /// </summary>
    public const int UnsentBytesMax = 64 * 1024 * 1024;

    /// <summary>
    /// Commands whose answer is awaited, so that a Redis that reads and never answers costs no
    /// more than this. What comes on top fails at once.
    /// </summary>
    public const int CommandsMax = 100_000;

    /// <summary>
    /// Questions to other nodes that are not answered yet. What comes on top fails at once.
    /// </summary>
    public const int RequestsMax = 10_000;

    /// <summary>
    /// Entries of a stream that are read at a time, each of up to <see cref="ValueBytesMax"/>.
    /// Options that ask for more are refused.
    /// </summary>
    public const int ReadCountMax = 10_000;

    /// <summary>
    /// What a namespace of this node has sent and not read back from its stream yet, in bytes.
    /// More than that, and Redis counts as away: it goes to this node's clients at once.
    /// </summary>
    public const long PendingBytesMax = 64 * 1024 * 1024;

    /// <summary><see cref="PendingBytesMax"/> in number.</summary>
    public const int PendingMax = 100_000;

    /// <summary>
    /// Attempts to add something to a stream, each over a new connection. After that it goes to
    /// this node's clients alone.
    /// </summary>
    public const int AttemptsMax = 100;

    /// <summary>
    /// Characters of a session's private id that Redis is asked for; the official ones have 20. A
    /// longer one is not known.
    /// </summary>
    public const int PrivateIdLengthMax = 100;

    /// <summary>
    /// Broadcasts of other nodes whose acknowledgements this one's clients still owe. What comes on
    /// top is ignored, and whoever asked gives up after its timeout.
    /// </summary>
    public const int QuestionsMax = 10_000;
}
