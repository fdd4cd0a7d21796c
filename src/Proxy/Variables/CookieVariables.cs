using System.Text;
using Sluice.Proxy.Http1;
using Sluice.Proxy.Log;

namespace Sluice.Proxy.Variables;

/// <summary>
/// <c>$cookie_NAME</c>: a cookie of the request, read as nginx reads it: the name in any case,
/// blanks around "=", and a comma or a semicolon before the next one.
/// </summary>
sealed class CookieVariable(string name, byte[] cookie) : Variable(name)
{
    public override bool Append(Exchange exchange, ByteBuilder to)
    {
        foreach (ref readonly var field in exchange.Head.Fields)
        {
            if (field.Known != KnownHeader.Cookie)
                continue;
            if (!TryFind(field.Value(exchange.HeadBuffer), cookie, out var value))
                continue;
            to.Append(value);
            return true;
        }
        return false;
    }

    static bool TryFind(
        ReadOnlySpan<byte> line, ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        while (line.Length >= name.Length)
        {
            if (CookieText.TryTakeValue(line, name, out value))
                return true;
            int next = line.IndexOfAny((byte)';', (byte)',');
            if (next < 0)
                break;
            line = line[(next + 1)..].TrimStart((byte)' ');
        }
        value = default;
        return false;
    }
}

/// <summary><c>$upstream_cookie_NAME</c>: a cookie that the peer sets.</summary>
sealed class UpstreamCookieVariable(string name, byte[] cookie) : Variable(name)
{
    public override ExchangeParts Reads => ExchangeParts.Answer;

    public override bool Append(Exchange exchange, ByteBuilder to)
    {
        foreach (ref readonly var field in exchange.UpstreamHead.Fields)
        {
            if (field.Known != KnownHeader.SetCookie)
                continue;
            var line = field.Value(exchange.UpstreamBuffer);
            if (!CookieText.TryTakeValue(line, cookie, out var value))
                continue;
            to.Append(value);
            return true;
        }
        return false;
    }
}

/// <summary>The text of one cookie.</summary>
static class CookieText
{
    /// <summary>The value up to a semicolon, when the line begins with this name and "=".</summary>
    public static bool TryTakeValue(
        ReadOnlySpan<byte> line, ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        value = default;
        if (line.Length < name.Length || !Ascii.EqualsIgnoreCase(line[..name.Length], name))
            return false;
        line = line[name.Length..].TrimStart((byte)' ');
        if (line.IsEmpty || line[0] != '=')
            return false;
        line = line[1..].TrimStart((byte)' ');
        int end = line.IndexOf((byte)';');
        value = end < 0 ? line : line[..end];
        return true;
    }
}
