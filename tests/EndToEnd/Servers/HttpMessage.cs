using System.Globalization;
using System.Text;

namespace Sluice.EndToEnd.Servers;

/// <summary>One HTTP/1.x message as it was on the wire: nothing is folded, sorted or corrected.</summary>
/// <param name="StartLine">The request line or status line, without its line end.</param>
/// <param name="Headers">Each header line as it stood, in order.</param>
/// <param name="Body">The body, without the framing of chunks.</param>
/// <param name="Trailers">Each trailer line as it stood.</param>
/// <param name="Framing">How the length of the body was known.</param>
/// <param name="Complete">False when the connection ended in the middle.</param>
public sealed record HttpMessage(
    string StartLine,
    IReadOnlyList<string> Headers,
    byte[] Body,
    IReadOnlyList<string> Trailers,
    Framing Framing,
    bool Complete)
{
    /// <summary>The status of a response; 0 when the status line is not one.</summary>
    public int Status =>
        StartLine.Length >= 12 && int.TryParse(StartLine.AsSpan(9, 3), out var status) ? status : 0;

    /// <summary>The body as Latin-1 text.</summary>
    public string Text => Encoding.Latin1.GetString(Body);

    /// <summary>The first header of that name, trimmed; null when there is none.</summary>
    public string? Header(string name) => Value(Headers, name);

    internal static string? Value(IEnumerable<string> lines, string name)
    {
        foreach (var line in lines)
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon >= 0
                && line.AsSpan(0, colon).Trim().Equals(name, StringComparison.OrdinalIgnoreCase))
                return line[(colon + 1)..].Trim();
        }
        return null;
    }
}

/// <summary>How the end of a body was found.</summary>
public enum Framing
{
    /// <summary>There was none by rule: HEAD, 1xx, 204, 304, or a request without a length.</summary>
    None,

    /// <summary>Content-Length.</summary>
    Length,

    /// <summary>Chunked transfer coding.</summary>
    Chunked,

    /// <summary>It ended with the connection.</summary>
    Close,

    /// <summary>The bytes were not an HTTP message; all are in the body.</summary>
    Raw,
}

/// <summary>Finds one message at the start of the bytes that have arrived.</summary>
public static class HttpReader
{
    /// <summary>A response to GET and the like, or to HEAD when <paramref name="head"/>.</summary>
    /// <returns>Bytes it takes, or -1 when more are needed.</returns>
    public static int Response(
        ReadOnlySpan<byte> bytes, bool ended, bool head, out HttpMessage? message)
    {
        message = null;
        if (bytes.IsEmpty)
            return -1;
        var prefix = "HTTP/"u8;
        if (!bytes.StartsWith(prefix[..Math.Min(5, bytes.Length)]))
            return ended ? TakeRaw(bytes, out message) : -1;
        if (!TryHead(bytes, out var lines, out var at))
            return ended ? TakeRaw(bytes, out message) : -1;
        var headers = lines.Skip(1).ToArray();
        var status = new HttpMessage(lines[0], headers, [], [], Framing.None, true);
        if (head || status.Status is (>= 100 and < 200) or 204 or 304)
        {
            message = status;
            return at;
        }
        return Body(bytes, at, ended, status, Framing.Close, out message);
    }

    /// <summary>A request with its body.</summary>
    public static int Request(ReadOnlySpan<byte> bytes, bool ended, out HttpMessage? message)
    {
        message = null;
        if (!TryHead(bytes, out var lines, out var at))
            return -1;
        var headers = lines.Skip(1).ToArray();
        var request = new HttpMessage(lines[0], headers, [], [], Framing.None, true);
        return Body(bytes, at, ended, request, Framing.None, out message);
    }

    /// <summary>The head alone: its lines, and where the body starts.</summary>
    public static bool TryHead(ReadOnlySpan<byte> bytes, out string[] lines, out int bodyAt)
    {
        lines = [];
        bodyAt = bytes.IndexOf("\r\n\r\n"u8) + 4;
        if (bodyAt < 4)
            return false;
        lines = Encoding.Latin1.GetString(bytes[..(bodyAt - 4)]).Split("\r\n");
        return true;
    }

    static int Body(
        ReadOnlySpan<byte> bytes, int at, bool ended, HttpMessage head, Framing otherwise,
        out HttpMessage? message)
    {
        message = null;
        if (head.Header("Transfer-Encoding") is { } coding
            && coding.Contains("chunked", StringComparison.OrdinalIgnoreCase))
            return Chunks(bytes, at, ended, head, out message);
        if (long.TryParse(head.Header("Content-Length"), out var length))
        {
            var there = bytes.Length - at;
            if (there < length && !ended)
                return -1;
            var taken = (int)Math.Min(length, there);
            message = head with
            {
                Body = bytes.Slice(at, taken).ToArray(),
                Framing = Framing.Length,
                Complete = taken == length,
            };
            return at + taken;
        }
        if (otherwise == Framing.Close)
        {
            if (!ended)
                return -1;
            message = head with { Body = bytes[at..].ToArray(), Framing = Framing.Close };
            return bytes.Length;
        }
        message = head;
        return at;
    }

    static int Chunks(
        ReadOnlySpan<byte> bytes, int at, bool ended, HttpMessage head, out HttpMessage? message)
    {
        message = null;
        var body = new MemoryStream();
        var trailers = new List<string>();
        var incomplete = head with { Framing = Framing.Chunked, Complete = false };
        while (TryLine(bytes, ref at, out var line))
        {
            var digits = line.Split(';')[0].Trim();
            if (!int.TryParse(digits, NumberStyles.HexNumber, null, out var size))
                break;
            if (size > 0)
            {
                if (bytes.Length - at < size + 2)
                    break;
                body.Write(bytes.Slice(at, size));
                at += size + 2;
                continue;
            }
            while (TryLine(bytes, ref at, out line))
            {
                if (line.Length > 0)
                {
                    trailers.Add(line);
                    continue;
                }
                message = incomplete with
                {
                    Body = body.ToArray(),
                    Trailers = trailers,
                    Complete = true,
                };
                return at;
            }
            break;
        }
        if (!ended)
            return -1;
        message = incomplete with { Body = body.ToArray(), Trailers = trailers };
        return bytes.Length;
    }

    static bool TryLine(ReadOnlySpan<byte> bytes, ref int at, out string line)
    {
        line = "";
        var length = bytes[at..].IndexOf("\r\n"u8);
        if (length < 0)
            return false;
        line = Encoding.Latin1.GetString(bytes.Slice(at, length));
        at += length + 2;
        return true;
    }

    static int TakeRaw(ReadOnlySpan<byte> bytes, out HttpMessage? message)
    {
        message = new HttpMessage("", [], bytes.ToArray(), [], Framing.Raw, true);
        return bytes.Length;
    }
}
