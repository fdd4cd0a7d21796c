using System.Text;

namespace Sluice.Proxy.Http1;

/// <summary>Between a known header and its name.</summary>
public static class KnownHeaders
{
    /// <summary>How many values <see cref="KnownHeader"/> has, Other included.</summary>
    public const int Count = (int)KnownHeader.XRequestId + 1;

    // A power of two, several times the number of names, so that a probe rarely goes on.
    const int SlotCount = 512;

    static readonly byte[][] Names = NamesByHeader();

    // Open addressing: a slot holds a header's number, 0 ends a probe.
    static readonly byte[] Slots = SlotsOfNames();

    /// <summary>The header with this name, in any letters, or Other.</summary>
    public static KnownHeader Find(ReadOnlySpan<byte> name)
    {
        if (name.IsEmpty) return KnownHeader.Other;
        for (var slot = SlotOf(name); ; slot = (slot + 1) & (SlotCount - 1))
        {
            var header = Slots[slot];
            if (header == 0) return KnownHeader.Other;
            if (Ascii.EqualsIgnoreCase(Names[header], name)) return (KnownHeader)header;
        }
    }

    /// <summary>The usual spelling ("Content-Length"); empty for Other.</summary>
    public static ReadOnlySpan<byte> Name(KnownHeader header) => Names[(int)header];

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
