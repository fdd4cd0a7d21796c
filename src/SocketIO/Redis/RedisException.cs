namespace Sluice.SocketIO.Redis;

/// <summary>
/// Redis cannot be reached, did not answer in time, or refused a command. What the message says
/// can be shown: it has no password in it.
/// </summary>
public sealed class RedisException : Exception
{
    public RedisException()
    {
    }

    public RedisException(string message)
        : base(message)
    {
    }

    public RedisException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    /// <summary>
    /// Redis has answered, with an error: the command had no effect, and would have none again.
    /// </summary>
    public bool IsRefusal { get; init; }
}
