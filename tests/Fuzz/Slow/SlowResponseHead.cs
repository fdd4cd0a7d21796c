using System.Text.RegularExpressions;

namespace Sluice.Fuzz.Slow;

/// <summary>A response head read with strings: the check of <c>ResponseHead</c>.</summary>
public sealed partial record SlowResponseHead
{
    public required int Version { get; init; }
    public required int Status { get; init; }
    public required string StatusText { get; init; }
    public required List<SlowField> Fields { get; init; }
    public required int Consumed { get; init; }
    public required long ContentLength { get; init; }
    public required bool IsChunked { get; init; }
    public required bool KeepsAlive { get; init; }

    /// <summary>The head at the start of a text, or null when it is none or not complete.</summary>
    public static SlowResponseHead? Read(string text)
    {
        var feed = text.IndexOf('\n');
        if (feed < 0) return null;
        var line = text[..feed];
        if (line.EndsWith('\r')) line = line[..^1];
        var match = LinePattern().Match(line);
        if (!match.Success) return null;
        if (SlowHeaders.Lines(text, feed + 1) is not var (lines, end)) return null;

        var fieldLines = lines.Where(line => !IsStatusLine(line)).ToArray();
        var fields = SlowHeaders.Read(
            fieldLines, refusesControls: false, underscores: true, dropsUnusual: false);
        if (fields is null) return null;
        if (SlowHeaders.Count(fields, "Content-Length") > 1) return null;
        if (SlowHeaders.Count(fields, "Transfer-Encoding") > 1) return null;

        var lengthText = SlowHeaders.First(fields, "Content-Length");
        var length = lengthText is null ? -1 : SlowHeaders.Number(lengthText);
        var encoding = SlowHeaders.First(fields, "Transfer-Encoding");
        if (length is null) return null;
        if (encoding is not null && (length >= 0 || !SlowHeaders.Same(encoding, "chunked")))
            return null;

        var version = int.Parse(match.Groups["major"].Value) * 1000
            + int.Parse(match.Groups["minor"].Value);
        return new SlowResponseHead
        {
            Version = version,
            Status = int.Parse(match.Groups["status"].Value),
            StatusText = match.Groups["text"].Value,
            Fields = fields,
            Consumed = end,
            ContentLength = length.Value,
            IsChunked = encoding is not null,
            KeepsAlive = version > 1000 && !SlowHeaders.HasToken(fields, "Connection", "close"),
        };
    }

    // A status line among the headers is passed over when its bytes may be in a line at all.
    static bool IsStatusLine(string line) =>
        line.StartsWith("HTTP/", StringComparison.Ordinal) && line.IndexOfAny(['\0', '\r']) < 0;

    [GeneratedRegex(
        """
        \AHTTP/(?<major>[1-9][0-9]{0,2})\.(?<minor>[0-9]{1,3})\x20+
        (?<text>(?<status>[0-9]{3})([\x20.][^\r\n\0]*)?)\z
        """, RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex LinePattern();
}
