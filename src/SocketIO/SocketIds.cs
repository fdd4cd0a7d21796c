using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;

namespace Sluice.SocketIO;

/// <summary>Ids of sockets and of sessions that can be recovered.</summary>
static class SocketIds
{
    static int counter = -1;

    /// <summary>
    /// 20 characters <c>[A-Za-z0-9_-]</c>, the official form: 12 random bytes, and three of a
    /// counter so that two ids of one process never meet.
    /// </summary>
    public static string Next()
    {
        Span<byte> bytes = stackalloc byte[16];
        RandomNumberGenerator.Fill(bytes[..12]);
        BinaryPrimitives.WriteInt32BigEndian(bytes[12..], Interlocked.Increment(ref counter) << 8);
        return Base64Url.EncodeToString(bytes[..15]);
    }
}
