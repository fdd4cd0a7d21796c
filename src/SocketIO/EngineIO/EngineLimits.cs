namespace Sluice.SocketIO.EngineIO;

/// <summary>The bounds of the engine that nobody has asked to choose, each with its reason.</summary>
static class EngineLimits
{
    /// <summary>How often a client in the middle of an upgrade has its poll answered.</summary>
    public static readonly TimeSpan UpgradeCheck = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// How long a closing session waits for its client to take what is queued. The official
    /// server's closeTimeout.
    /// </summary>
    public static readonly TimeSpan Close = TimeSpan.FromSeconds(30);

    /// <summary>How long a client may take to answer a close frame.</summary>
    public static readonly TimeSpan Goodbye = TimeSpan.FromSeconds(5);

    /// <summary>The first buffer of a message that is received; it grows to the message's bound.</summary>
    public const int ReceiveBytes = 4096;

    /// <summary>
    /// Small messages that wait go out in one write of about this size; a larger one alone.
    /// </summary>
    public const int SendBytes = 4096;

    /// <summary>
    /// Pongs that a client which does not read can have waiting; further ones are dropped.
    /// </summary>
    public const int UrgentBytes = 4096;

    /// <summary>
    /// How often a client is asked whether the stream is empty. A session that begins with silence
    /// needs once; one that is never silent for a round trip keeps the stream.
    /// </summary>
    public const int DirectTries = 20;

    /// <summary>Packets of one POST: a body of empty packets must not cost a list of a million.</summary>
    public const int PacketsPerPost = 10_000;
}
