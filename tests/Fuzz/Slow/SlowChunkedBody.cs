using System.Globalization;
using System.Numerics;
using System.Text;

namespace Sluice.Fuzz.Slow;

/// <summary>A chunked body taken apart with strings: the check of <c>ChunkedReader</c>.</summary>
public sealed record SlowChunkedBody(string Data, List<SlowField> Trailers, int Consumed)
{
    static readonly string[] NotTrailers =
    [
        "Transfer-Encoding", "Content-Length", "Host", "Connection", "Keep-Alive",
        "Proxy-Connection", "Upgrade", "TE", "Trailer", "Expect", "Authorization", "Cookie",
        "Set-Cookie", "Content-Type", "Content-Encoding", "Content-Range",
    ];

    /// <summary>The body at the start of a text, or null when it is none or not complete.</summary>
    public static SlowChunkedBody? Read(string text)
    {
        var data = new StringBuilder();
        var index = 0;
        while (true)
        {
            if (TakeLine(text, ref index) is not string line) return null;
            var digits = string.Concat(line.TakeWhile(Uri.IsHexDigit));
            var extension = line[digits.Length..];
            if (digits == "" || (extension != "" && !";\t ".Contains(extension[0]))) return null;
            if (extension.Any(letter => letter != '\t' && letter is < ' ' or '\x7f')) return null;
            var size = BigInteger.Parse("0" + digits, NumberStyles.HexNumber);
            if (size > long.MaxValue) return null;
            if (size == 0) break;
            if (size > text.Length - index - 2) return null;
            data.Append(text, index, (int)size);
            index += (int)size;
            if (text.Substring(index, 2) != "\r\n") return null;
            index += 2;
        }

        var lines = new List<string>();
        while (true)
        {
            if (TakeLine(text, ref index) is not string line) return null;
            if (line == "") break;
            lines.Add(line);
        }
        var names = SlowHeaders.Read(
            [.. lines], refusesControls: true, underscores: true, dropsUnusual: true);
        names?.RemoveAll(field => NotTrailers.Any(name => SlowHeaders.Same(name, field.Name)));
        return names is null ? null : new SlowChunkedBody(data.ToString(), names, index);
    }

    // A line that ends with CR LF and has no LF before that; without its end.
    static string? TakeLine(string text, ref int index)
    {
        var feed = text.IndexOf('\n', index);
        if (feed <= index || text[feed - 1] != '\r') return null;
        var line = text[index..(feed - 1)];
        index = feed + 1;
        return line;
    }
}
