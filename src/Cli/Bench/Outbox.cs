using Sluice.Net;

namespace Sluice.Cli.Bench;

/// <summary>What a connection of the load has not taken yet.</summary>
sealed class Outbox
{
    byte[] held = [];
    int start;
    int end;

    public bool IsEmpty => start == end;

    /// <summary>Writes, and keeps the rest; false when the connection is broken.</summary>
    public bool Send(Connection connection, ReadOnlySpan<byte> bytes)
    {
        if (IsEmpty)
        {
            var taken = connection.Write(bytes);
            if (taken == IoResult.Again)
                taken = 0;
            if (taken < 0)
                return false;
            bytes = bytes[taken..];
        }
        Keep(bytes);
        return true;
    }

    public bool Flush(Connection connection)
    {
        while (!IsEmpty && connection.CanWrite)
        {
            var taken = connection.Write(held.AsSpan(start, end - start));
            if (taken is 0 or IoResult.Again)
                break;
            if (taken < 0)
                return false;
            start += taken;
        }
        return true;
    }

    void Keep(ReadOnlySpan<byte> bytes)
    {
        if (IsEmpty)
            start = end = 0;
        if (held.Length - end < bytes.Length)
            Array.Resize(ref held, Math.Max(held.Length * 2, end + bytes.Length));
        bytes.CopyTo(held.AsSpan(end));
        end += bytes.Length;
    }
}
