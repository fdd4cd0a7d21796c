using System.IO.Compression;

namespace Sluice.SocketIO.EngineIO;

/// <summary>
/// The compression of messages on WebSockets (permessage-deflate, RFC 7692); names are those of
/// the official server's perMessageDeflate.
/// </summary>
public sealed class PerMessageDeflateOptions
{
    /// <summary>
    /// Messages of fewer bytes go out as they are. Of those that a client sends it is the client
    /// who decides.
    /// </summary>
    public int Threshold { get; set; } = 1024;

    /// <summary>
    /// Each message to a client is compressed on its own: a connection keeps nothing, and a
    /// broadcast is compressed once. Without it a connection keeps about 300 KB from its first
    /// compressed message on, and messages that resemble each other get smaller.
    /// </summary>
    public bool ServerNoContextTakeover { get; set; } = true;

    /// <summary>
    /// Asks clients to compress each message on its own. Without it a connection keeps up to
    /// 32 KB from the first compressed message of its client on.
    /// </summary>
    public bool ClientNoContextTakeover { get; set; } = true;

    /// <summary>
    /// How far back, as a power of two from 8 to 15, compressed messages to a client may refer;
    /// null for 15, or what the client asks for.
    /// </summary>
    public int? ServerMaxWindowBits { get; set; }

    /// <summary>
    /// How far back, as a power of two from 8 to 15, a client's messages may refer, which bounds
    /// what is kept when <see cref="ClientNoContextTakeover"/> is off; null for any. Messages of
    /// clients that do not let the server choose are not compressed then.
    /// </summary>
    public int? ClientMaxWindowBits { get; set; }

    /// <summary>How much time goes into making messages small.</summary>
    public CompressionLevel Level { get; set; } = CompressionLevel.Optimal;

    internal void Check()
    {
        ArgumentOutOfRangeException.ThrowIfNegative(Threshold);
        CheckBits(ServerMaxWindowBits, nameof(ServerMaxWindowBits));
        CheckBits(ClientMaxWindowBits, nameof(ClientMaxWindowBits));
    }

    static void CheckBits(int? bits, string name)
    {
        if (bits is < DeflateAgreement.BitsMin or > DeflateAgreement.BitsMax)
            throw new ArgumentOutOfRangeException(
                name, bits, $"{name} is from {DeflateAgreement.BitsMin} to "
                    + $"{DeflateAgreement.BitsMax}");
    }
}
