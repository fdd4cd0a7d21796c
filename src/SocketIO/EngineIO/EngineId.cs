using System.Buffers.Text;
using System.Security.Cryptography;

namespace Sluice.SocketIO.EngineIO;

/// <summary>Makes ids of 20 characters, as base64id does: 12 random bytes and a counter.</summary>
static class EngineId
{
    /// <summary>The longest tag: 12 random characters stay behind it, and the counter.</summary>
    public const int TagLengthMax = 4;

    const int RandomBytes = 12;

    static int counter = -1;

    /// <summary>Whether ids may begin with this.</summary>
    public static bool IsTag(string tag) =>
        tag.Length <= TagLengthMax
        && tag.All(static letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_');

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
}
