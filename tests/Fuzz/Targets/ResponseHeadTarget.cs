using Sluice.Fuzz.Slow;
using Sluice.Proxy.Http1;

namespace Sluice.Fuzz.Targets;

/// <summary>A response head in pieces, checked as the request head is.</summary>
public sealed class ResponseHeadTarget : IFuzzTarget
{
    public string Name => "response-head";

    public IReadOnlyList<string> Words { get; } =
    [
        "\r\n", "\r\n\r\n", "\n", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 101 ", "HTTP/1.0 204\r\n",
        "HTTP/1.1 304 ", "403.1", "Content-Length: 5\r\n", "Content-Length: -1\r\n",
        "Transfer-Encoding: chunked\r\n", "Transfer-Encoding: identity\r\n",
        "Connection: close\r\n", "Set-Cookie: a=b\r\n", " folded\r\n", "X_y: 1\r\n",
    ];

    public void Run(ReadOnlySpan<byte> input)
    {
        var parts = new FuzzInput(input);
        var headBytesMax = parts.Has(0) ? 96 : Http1Limits.ResponseHeadBytes;
        var whole = new ResponseHead();
        var status = whole.Parse(parts.Bytes, headBytesMax);
        var split = new ResponseHead();
        var splitStatus = HeadStatus.NeedMore;
        var length = 0;
        foreach (var end in parts.PieceEnds())
        {
            length = end;
            splitStatus = split.Parse(parts.Bytes[..end], headBytesMax);
            if (splitStatus != HeadStatus.NeedMore) break;
        }

        Promise.Same(status, splitStatus, "status in pieces");
        Promise.Same(whole.Rejection, split.Rejection, "rejection in pieces");
        var log = new byte[Http1Limits.LogTextBytesMax];
        whole.FormatRejection(parts.Bytes, log);
        split.FormatRejection(parts.Bytes[..length], log);

        var slow = SlowResponseHead.Read(HeadChecks.Text(parts.Bytes));
        if (status == HeadStatus.Complete)
        {
            CheckAccepted(slow, whole, parts.Bytes);
            CheckAccepted(slow, split, parts.Bytes[..length]);
        }
        else if (status == HeadStatus.NeedMore || whole.Rejection != ResponseRejection.TooBigHeader)
        {
            Promise.Holds(slow is null, $"{status}, but the slow reader accepts it");
        }
    }

    static void CheckAccepted(
        SlowResponseHead? slow, ResponseHead head, ReadOnlySpan<byte> bytes)
    {
        Promise.Holds(slow is not null, "accepted, but the slow reader refuses it");
        Promise.Same(slow!.Consumed, head.Consumed, "consumed");
        Promise.Same(slow.Version, head.Version, "version");
        Promise.Same(slow.Status, head.Status, "status");
        Promise.Same(
            slow.StatusText, HeadChecks.Text(head.StatusText.Of(bytes)), "status text");
        Promise.Same(slow.ContentLength, head.ContentLength, "content length");
        Promise.Same(slow.IsChunked, head.IsChunked, "chunked");
        Promise.Same(slow.KeepsAlive, head.KeepsAlive, "keeps alive");
        HeadChecks.SameFields(slow.Fields, head.Fields, bytes);
    }
}
