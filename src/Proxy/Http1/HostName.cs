using System.Buffers;

namespace Sluice.Proxy.Http1;

/// <summary>
/// A host and port as the Host header and an absolute target have it (RFC 3986, 3.2.2), with the
/// checks of nginx 1.31's ngx_http_validate_host: unreserved letters, sub-delimiters and "%" in a
/// name, no two dots in a row, no empty name, an IP literal in closed brackets, a port of at most
/// 65535. One dot at the end of the name is dropped.
/// </summary>
public static class HostName
{
    static readonly SearchValues<byte> NameLetters = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*+,;=%"u8);

    static readonly SearchValues<byte> LiteralLetters = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*+,;=:"u8);

    /// <summary>
    /// Splits <paramref name="text"/>. False when it is no host. <paramref name="nameLength"/> is
    /// how much of it is the name (brackets included), <paramref name="port"/> 0 when none is
    /// given or the port is empty.
    /// </summary>
    public static bool TrySplit(ReadOnlySpan<byte> text, out int nameLength, out int port)
    {
        port = 0;
        nameLength = 0;
        if (text.IsEmpty) return false;
        return text[0] == '['
            ? TrySplitLiteral(text, out nameLength, out port)
            : TrySplitName(text, out nameLength, out port);
    }

    static bool TrySplitLiteral(ReadOnlySpan<byte> text, out int nameLength, out int port)
    {
        port = 0;
        nameLength = text.IndexOf((byte)']') + 1;
        if (nameLength < 3 || text[1..(nameLength - 1)].ContainsAnyExcept(LiteralLetters))
            return false;
        return text[1..nameLength].IndexOf(".."u8) < 0
            && (nameLength == text.Length
                || (text[nameLength] == ':' && TryParsePort(text[(nameLength + 1)..], out port)));
    }

    static bool TrySplitName(ReadOnlySpan<byte> text, out int nameLength, out int port)
    {
        port = 0;
        nameLength = text.IndexOfAnyExcept(NameLetters);
        if (nameLength < 0) nameLength = text.Length;
        else if (text[nameLength] != ':' || !TryParsePort(text[(nameLength + 1)..], out port))
            return false;

        if (text[..nameLength].IndexOf(".."u8) >= 0) return false;
        if (nameLength > 0 && text[nameLength - 1] == '.') nameLength--;
        return nameLength > 0;
    }

    static bool TryParsePort(ReadOnlySpan<byte> text, out int port)
    {
        port = 0;
        foreach (var digit in text)
        {
            var number = digit - '0';
            if ((uint)number > 9) return false;
            port = port * 10 + number;
            if (port > 65535) return false;
        }
        return true;
    }
}
