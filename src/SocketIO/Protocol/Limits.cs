namespace Sluice.SocketIO.Protocol;

/// <summary>The bounds of the Socket.IO packet codec.</summary>
static class Limits
{
    /// <summary>
    /// Attachments of a received packet: what socket.io-parser 4.2.6 and later take. One more
    /// closes the connection.
    /// </summary>
    public const int AttachmentsMax = 10;

    /// <summary>
    /// Nesting of a received packet's JSON, so that no reader of it runs out of stack. Deeper
    /// closes the connection.
    /// </summary>
    public const int JsonDepthMax = 128;

    /// <summary>
    /// Digits of an acknowledgement's id: what fits a 64 bit integer without a check on each.
    /// </summary>
    public const int IdDigitsMax = 18;

    /// <summary>
    /// Characters of a namespace's name. A connection remembers the names it joins.
    /// </summary>
    public const int NamespaceLengthMax = 1024;
}
