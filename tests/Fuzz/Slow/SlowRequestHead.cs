using System.Text.RegularExpressions;

namespace Sluice.Fuzz.Slow;

/// <summary>
/// A request head read with strings and regular expressions: what <c>RequestHead</c> accepts
/// has to be accepted here, with the same facts, and the other way round. Limits are not looked
/// at.
/// </summary>
public sealed partial record SlowRequestHead
{
    public required string Method { get; init; }
    public required string RequestLine { get; init; }
    public required string Target { get; init; }
    public required string TargetHost { get; init; }
    public required int Version { get; init; }
    public required List<SlowField> Fields { get; init; }
    public required int Consumed { get; init; }
    public long ContentLength { get; init; } = -1;
    public bool IsChunked { get; init; }
    public bool WantsKeepAlive { get; init; }
    public bool IsWebSocketHandshake { get; init; }
    public bool ExpectsContinue { get; init; }
    public string Host { get; init; } = "";

    static readonly string[] Singles =
    [
        "Host", "Content-Length", "Transfer-Encoding", "Content-Range", "If-Modified-Since",
        "If-Unmodified-Since", "If-Match", "If-None-Match", "If-Range", "Expect",
        "Authorization",
    ];

    /// <summary>The head at the start of a text, or null when it is none or not complete.</summary>
    public static SlowRequestHead? Read(
        string text, bool underscores, bool dropsUnusual, bool mergeSlashes)
    {
        var start = text.Length - text.TrimStart('\r', '\n').Length;
        var feed = text.IndexOf('\n', start);
        if (feed < 0) return null;
        var line = text[start..feed];
        if (line.EndsWith('\r')) line = line[..^1];
        if (SlowHeaders.Lines(text, feed + 1) is not var (lines, end)) return null;
        var fields = SlowHeaders.Read(lines, refusesControls: true, underscores, dropsUnusual);
        if (fields is null) return null;

        var match = LinePattern().Match(line);
        if (!match.Success) return null;
        var minor = match.Groups["minor"].Value.TrimStart('0');
        if (minor.Length > 3) return null;
        var host = match.Groups["host"].Value;
        var head = new SlowRequestHead
        {
            Method = match.Groups["method"].Value,
            RequestLine = line,
            Target = match.Groups["authority"].Success && match.Groups["target"].Value == ""
                ? "/" : match.Groups["target"].Value,
            TargetHost = host,
            Version = 1000 + (minor == "" ? 0 : int.Parse(minor)),
            Fields = fields,
            Consumed = end,
        };
        if (SlowUriPath.Read(head.Target, mergeSlashes) is null) return null;
        return head.WithFacts(match.Groups["authority"].Success);
    }

    SlowRequestHead? WithFacts(bool isAbsolute)
    {
        var isHttp11 = Version > 1000;
        if (Method is "CONNECT" or "TRACE") return null;
        if (Singles.Any(name => SlowHeaders.Count(Fields, name) > 1)) return null;

        var hostField = SlowHeaders.First(Fields, "Host");
        if (isHttp11 && hostField is null) return null;
        if (hostField is not null && HostOf(hostField) is null) return null;
        var host = isAbsolute ? HostOf(TargetHost) : HostOf(hostField ?? "a");
        if (host is null) return null;

        var lengthText = SlowHeaders.First(Fields, "Content-Length");
        var length = lengthText is null ? -1 : SlowHeaders.Number(lengthText);
        var encoding = SlowHeaders.First(Fields, "Transfer-Encoding");
        if (length is null) return null;
        if (encoding is not null
            && (length >= 0 || !isHttp11 || !SlowHeaders.Same(encoding, "chunked"))) return null;

        var closes = SlowHeaders.HasToken(Fields, "Connection", "close");
        var keeps = SlowHeaders.HasToken(Fields, "Connection", "keep-alive");
        return this with
        {
            ContentLength = length.Value,
            IsChunked = encoding is not null,
            WantsKeepAlive = !closes && (isHttp11 || keeps),
            ExpectsContinue = isHttp11
                && SlowHeaders.Same(SlowHeaders.First(Fields, "Expect") ?? "", "100-continue"),
            IsWebSocketHandshake = isHttp11 && Method == "GET"
                && SlowHeaders.HasToken(Fields, "Upgrade", "websocket")
                && SlowHeaders.HasToken(Fields, "Connection", "upgrade")
                && KeyPattern().IsMatch(SlowHeaders.First(Fields, "Sec-WebSocket-Key") ?? "")
                && SlowHeaders.First(Fields, "Sec-WebSocket-Version") == "13",
            Host = !isAbsolute && hostField is null ? "" : host,
        };
    }

    /// <summary>The name of a host and port in small letters, or null when it is none.</summary>
    public static string? HostOf(string text)
    {
        var match = HostPattern().Match(text);
        if (!match.Success || match.Groups["name"].Value.Contains("..", StringComparison.Ordinal))
            return null;
        var port = match.Groups["port"].Value.TrimStart('0');
        if (port.Length > 5 || (port != "" && int.Parse(port) > 65535)) return null;
        var name = match.Groups["name"].Value;
        if (name.EndsWith('.')) name = name[..^1];
        return name == "" ? null : string.Concat(name.Select(Lower));
    }

    static char Lower(char letter) => letter is >= 'A' and <= 'Z'
        ? (char)(letter + 32) : letter;

    [GeneratedRegex(
        """
        \A(?<method>[A-Z_-]+)\x20+
        (?<authority>[A-Za-z][A-Za-z0-9+.-]*://
            (?<host>(\[[A-Za-z0-9._~!$&'()*+,;=:-]*\]|[A-Za-z0-9.-]*)(:[0-9]*)?)(?=[/?\x20]))?
        (?<target>(?(authority)([/?][^\x00-\x20\x7f]*)?|/[^\x00-\x20\x7f]*))\x20+
        HTTP/1\.(?<minor>[0-9]+)\x20*\z
        """, RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex LinePattern();

    [GeneratedRegex(
        """
        \A(?<name>\[[A-Za-z0-9._~!$&'()*+,;=:-]+\]|[A-Za-z0-9._~!$&'()*+,;=%-]+)
        (:(?<port>[0-9]*))?\z
        """, RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex HostPattern();

    [GeneratedRegex(@"\A[A-Za-z0-9+/]{22}==\z")]
    private static partial Regex KeyPattern();
}
