using System.Runtime.Intrinsics;
using System.Text;

namespace Sluice.Proxy.Http1;

/// <summary>Between a known header and its name.</summary>
public static class KnownHeaders
{
    /// <summary>How many values <see cref="KnownHeader"/> has, Other included.</summary>
    public const int Count = (int)KnownHeader.XRequestId + 1;

    /// <summary>Bytes that a name is compared in; the longest known one is shorter.</summary>
    internal const int NameBytes = 32;

    // A power of two, several times the number of names, so that a probe rarely goes on.
    const int SlotCount = 512;

    static readonly byte[][] Names = NamesByHeader();

    // The names in small letters, padded with zeros, one behind the other: a comparison touches
    // one line of the processor's cache.
    static readonly byte[] LowNames = LowNamesByHeader();

    // Open addressing: a slot holds a header's number, 0 ends a probe.
    static readonly byte[] Slots = SlotsOfNames();

    /// <summary>The header with this name, in any letters, or Other.</summary>
    public static KnownHeader Find(ReadOnlySpan<byte> name)
    {
        // NULs behind a name would be taken for the padding.
        if (name.Length is 0 or > NameBytes || name.Contains((byte)0)) return KnownHeader.Other;
        Span<byte> padded = stackalloc byte[NameBytes];
        padded.Clear();
        name.CopyTo(padded);
        return Find(name, Lower(Vector256.Create<byte>(padded)));
    }

    /// <summary>
    /// The same for who has the name, without NULs, in small letters and padded with zeros
    /// already.
    /// </summary>
    internal static KnownHeader Find(ReadOnlySpan<byte> name, Vector256<byte> low)
    {
        for (var slot = SlotOf(name); ; slot = (slot + 1) & (SlotCount - 1))
        {
            var header = Slots[slot];
            if (header == 0) return KnownHeader.Other;
            if (low == LowName(header)) return (KnownHeader)header;
        }
    }

    /// <summary>Makes small letters of the capital ones among the bytes.</summary>
    internal static Vector256<byte> Lower(Vector256<byte> bytes)
    {
        var isCapital = Vector256.LessThan(
            bytes - Vector256.Create((byte)'A'), Vector256.Create((byte)26));
        return bytes | (isCapital & Vector256.Create((byte)0x20));
    }

    /// <summary>The usual spelling ("Content-Length"); empty for Other.</summary>
    public static ReadOnlySpan<byte> Name(KnownHeader header) => Names[(int)header];

    static Vector256<byte> LowName(int header) =>
        Vector256.Create<byte>(LowNames.AsSpan(header * NameBytes, NameBytes));

    static int SlotOf(ReadOnlySpan<byte> name)
    {
        var first = name[0] | 0x20;
        var middle = name[name.Length / 2] | 0x20;
        var last = name[^1] | 0x20;
        return (name.Length * 41 + first * 7 + middle * 97 + last * 19) & (SlotCount - 1);
    }

    static byte[] SlotsOfNames()
    {
        var slots = new byte[SlotCount];
        for (var header = 1; header < Count; header++)
        {
            var slot = SlotOf(Names[header]);
            while (slots[slot] != 0) slot = (slot + 1) & (SlotCount - 1);
            slots[slot] = (byte)header;
        }
        return slots;
    }

    static byte[] LowNamesByHeader()
    {
        var names = new byte[Count * NameBytes];
        for (var header = 0; header < Count; header++)
            Ascii.ToLower(Names[header], names.AsSpan(header * NameBytes), out _);
        return names;
    }

    static byte[][] NamesByHeader()
    {
        var names = new byte[Count][];
        for (var header = 0; header < Count; header++)
            names[header] = Encoding.ASCII.GetBytes(NameOf((KnownHeader)header));
        return names;
    }

    static string NameOf(KnownHeader header) => header switch
    {
        KnownHeader.Other => "",
        KnownHeader.ETag => "ETag",
        KnownHeader.TE => "TE",
        KnownHeader.WwwAuthenticate => "WWW-Authenticate",
        KnownHeader.SecWebSocketAccept => "Sec-WebSocket-Accept",
        KnownHeader.SecWebSocketExtensions => "Sec-WebSocket-Extensions",
        KnownHeader.SecWebSocketKey => "Sec-WebSocket-Key",
        KnownHeader.SecWebSocketProtocol => "Sec-WebSocket-Protocol",
        KnownHeader.SecWebSocketVersion => "Sec-WebSocket-Version",
        KnownHeader.XRealIp => "X-Real-IP",
        KnownHeader.XRequestId => "X-Request-ID",
        _ => Dashed(header.ToString()),
    };

    static string Dashed(string name)
    {
        var text = new StringBuilder();
        foreach (var letter in name)
        {
            if (char.IsUpper(letter) && text.Length > 0) text.Append('-');
            text.Append(letter);
        }
        return text.ToString();
    }
}
