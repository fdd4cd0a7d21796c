namespace Sluice.SocketIO.EngineIO;

/// <summary>
/// Who is told what happens on an <see cref="EngineSession"/>. The calls for one session come one
/// at a time and in order; they must not block.
/// </summary>
public interface IEngineHandler
{
    /// <summary>A message from the client.</summary>
    /// <param name="payload">
    /// What stands behind the type digit, or an attachment's bytes. Valid during the call only.
    /// </param>
    /// <param name="isBinary">An attachment.</param>
    void OnMessage(ReadOnlySpan<byte> payload, bool isBinary);

    /// <summary>The session has ended; nothing is received or sent any more.</summary>
    /// <param name="reason">One of <see cref="CloseReasons"/>.</param>
    void OnClosed(string reason);
}
