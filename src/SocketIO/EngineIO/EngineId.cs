using System.Buffers.Text;
using System.Security.Cryptography;

namespace Sluice.SocketIO.EngineIO;

/// <summary>Makes ids of 20 characters, as base64id does: 12 random bytes and a counter.</summary>
static class EngineId
{
    public const int Length = 20;
    const int RandomBytes = 12;

    static int counter = -1;

    /// <param name="tag">What the id begins with, in place of random characters.</param>
    public static string Next(string tag = "")
    {
        Span<byte> bytes = stackalloc byte[RandomBytes + 3];
        RandomNumberGenerator.Fill(bytes[..RandomBytes]);
        int number = Interlocked.Increment(ref counter);
        bytes[^3] = (byte)(number >> 16);
        bytes[^2] = (byte)(number >> 8);
        bytes[^1] = (byte)number;
        return string.Concat(tag, Base64Url.EncodeToString(bytes).AsSpan(tag.Length));
    }

    /// <summary>Whether an id of a request could be one of ours.</summary>
    public static bool IsWellFormed(string id) =>
        id.Length == Length && id.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');
}
