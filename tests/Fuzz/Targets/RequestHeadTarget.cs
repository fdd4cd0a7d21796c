using Sluice.Fuzz.Slow;
using Sluice.Proxy.Http1;

namespace Sluice.Fuzz.Targets;

/// <summary>
/// A request head in pieces: the answer does not depend on the pieces, what is accepted is what
/// the slow reader reads, what is refused the slow reader refuses, limits are kept.
/// </summary>
public sealed class RequestHeadTarget : IFuzzTarget
{
    public string Name => "request-head";

    public IReadOnlyList<string> Words { get; } =
    [
        "\r\n", "\r\n\r\n", "\n", "\r", "GET ", "POST ", "OPTIONS * ", "CONNECT a:80 ", "TRACE ",
        " HTTP/1.1\r\n", " HTTP/1.0\r\n", " HTTP/1.1  \r\n", " HTTP/2.0\r\n", "http://",
        "://[::1]:80",
        "Host: a\r\n", "Host:", "Content-Length: 5\r\n", "Content-Length: +5\r\n",
        "Content-Length: 9223372036854775808\r\n", "Transfer-Encoding: chunked\r\n",
        "Transfer-Encoding: gzip, chunked\r\n", "Connection: close\r\n",
        "Connection: keep-alive, Upgrade\r\n", "Upgrade: websocket\r\n",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n", "Sec-WebSocket-Version: 13\r\n",
        "Expect: 100-continue\r\n", "X_y: 1\r\n", " folded\r\n", "/../", "/./", "%2e", "%00",
        "//", "/a", "?", "#",
    ];

    public void Run(ReadOnlySpan<byte> input)
    {
        var parts = new FuzzInput(input);
        var rules = new RequestHeadRules
        {
            UnderscoresInHeaders = parts.Has(0),
            IgnoreInvalidHeaders = !parts.Has(1),
            HeaderBufferBytes = parts.Has(2) ? 64 : Http1Limits.HeaderBufferBytes,
            LargeBufferBytes = parts.Has(3) ? 128 : Http1Limits.LargeBufferBytes,
            MergeSlashes = !parts.Has(4),
            LargeBufferCount = parts.Has(3) ? 2 : Http1Limits.LargeBufferCount,
        };

        var whole = new RequestHead();
        var status = whole.Parse(parts.Bytes, rules);
        var split = new RequestHead();
        var splitStatus = HeadStatus.NeedMore;
        var length = 0;
        foreach (var end in parts.PieceEnds())
        {
            length = end;
            splitStatus = split.Parse(parts.Bytes[..end], rules);
            if (splitStatus != HeadStatus.NeedMore) break;
        }
        if (parts.Bytes.IsEmpty) splitStatus = split.Parse(parts.Bytes, rules);

        Promise.Same(status, splitStatus, "status in pieces");
        Promise.Same(whole.Rejection, split.Rejection, "rejection in pieces");
        var log = new byte[Http1Limits.LogTextBytesMax];
        whole.FormatRejection(parts.Bytes, log);
        split.FormatRejection(parts.Bytes[..length], log);

        switch (status)
        {
            case HeadStatus.Complete:
                CheckAccepted(whole, parts.Bytes, rules);
                CheckAccepted(split, parts.Bytes[..length], rules);
                break;
            case HeadStatus.NeedMore:
                Promise.Holds(parts.Bytes.Length < rules.HeadBytesMax, "a head without end");
                break;
            default:
                CheckRefused(whole, parts.Bytes, rules);
                break;
        }
        CheckReset(whole, rules);
    }

    static void CheckAccepted(
        RequestHead head, ReadOnlySpan<byte> bytes, RequestHeadRules rules)
    {
        var slow = Slow(bytes, rules);
        Promise.Holds(slow is not null, "accepted, but the slow reader refuses it");
        Promise.Same(slow!.Consumed, head.Consumed, "consumed");
        Promise.Same(slow.Method, HeadChecks.Text(head.MethodText.Of(bytes)), "method");
        Promise.Same(
            slow.RequestLine, HeadChecks.Text(head.RequestLine.Of(bytes)), "request line");
        Promise.Same(slow.Target, HeadChecks.Text(head.Target.Of(bytes)), "target");
        Promise.Same(
            slow.TargetHost, HeadChecks.Text(head.TargetHost.Of(bytes)), "target host");
        Promise.Same(slow.Version, head.Version, "version");
        Promise.Same(slow.Host, HeadChecks.Text(head.HostName), "host");
        Promise.Same(slow.ContentLength, head.ContentLength, "content length");
        Promise.Same(slow.IsChunked, head.IsChunked, "chunked");
        Promise.Same(slow.WantsKeepAlive, head.WantsKeepAlive, "keep-alive");
        Promise.Same(slow.ExpectsContinue, head.ExpectsContinue, "100-continue");
        Promise.Same(
            slow.IsWebSocketHandshake, head.IsWebSocketHandshake, "WebSocket handshake");
        HeadChecks.SameFields(slow.Fields, head.Fields, bytes);
        CheckPath(head, bytes, rules);
    }

    static void CheckPath(
        RequestHead head, ReadOnlySpan<byte> bytes, RequestHeadRules rules)
    {
        var slow = SlowUriPath.Read(HeadChecks.Text(head.Target.Of(bytes)), rules.MergeSlashes);
        Promise.Same(slow?.Path, HeadChecks.Text(head.NormalPath(bytes)), "path");
        Promise.Same(slow?.WasQuoted, head.IsPathQuoted, "quoted path");
        var args = head.HasArgs ? HeadChecks.Text(head.Args.Of(bytes)) : null;
        Promise.Same(slow?.Args, args, "args");
    }

    static void CheckRefused(
        RequestHead head, ReadOnlySpan<byte> bytes, RequestHeadRules rules)
    {
        var status = head.Rejection.Status();
        Promise.Holds(status is 400 or 405 or 414 or 494 or 505, $"status {status}");
        Promise.Holds(head.RequestLine.End <= bytes.Length, "request line within the head");
        var isLimit = status is 414 or 494
            || bytes.IndexOfAnyExcept((byte)'\r', (byte)'\n') > Http1Limits.LeadingEmptyBytesMax;
        if (isLimit) return;
        Promise.Holds(
            Slow(bytes, rules) is null, $"{head.Rejection}, but the slow reader accepts it");
    }

    static void CheckReset(RequestHead head, RequestHeadRules rules)
    {
        var next = "GET /next HTTP/1.1\r\nHost: next\r\n\r\n"u8;
        head.Reset();
        Promise.Same(HeadStatus.Complete, head.Parse(next, rules with
        {
            HeaderBufferBytes = Http1Limits.HeaderBufferBytes,
        }), "status after Reset");
        CheckAccepted(head, next, rules);
    }

    static SlowRequestHead? Slow(ReadOnlySpan<byte> bytes, RequestHeadRules rules) =>
        SlowRequestHead.Read(
            HeadChecks.Text(bytes),
            rules.UnderscoresInHeaders,
            rules.IgnoreInvalidHeaders,
            rules.MergeSlashes);
}
