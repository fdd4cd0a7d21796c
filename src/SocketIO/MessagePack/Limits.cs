namespace Sluice.SocketIO.MessagePack;

/// <summary>The bounds of MessagePack that comes from elsewhere.</summary>
static class Limits
{
    /// <summary>
    /// Nesting, so that no reader runs out of stack; the same as for JSON
    /// (<see cref="Protocol.Limits.JsonDepthMax"/>), because one becomes the other. Deeper is
    /// refused.
    /// </summary>
    public const int DepthMax = Protocol.Limits.JsonDepthMax;

    /// <summary>
    /// Binary values of one message. Each of them, even an empty one of 2 bytes, stands for 30
    /// bytes of JSON. More are refused.
    /// </summary>
    public const int BinariesMax = 4096;
}
