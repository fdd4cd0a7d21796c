using FsCheck;
using FsCheck.Fluent;
using Sluice.Fuzz.Slow;
using Sluice.Proxy.Http1;
using static Sluice.Unit.Proxy.Http1.HeadText;

namespace Sluice.Unit.Proxy.Http1;

/// <summary>
/// Heads put together from pieces that are right, nearly right and wrong: the parts a client may
/// send in any order.
/// </summary>
public class HeadPropertyTests
{
    // The same heads in every run: a failure stays one.
    static readonly FsCheck.Config Runs =
        FsCheck.Config.QuickThrowOnFailure
            .WithMaxTest(400).WithReplay(1729, 4105).WithQuietOnSuccess(true);

    static readonly string[] RequestLines =
    [
        "GET / HTTP/1.1", "GET /a//b/../c?d=e#f HTTP/1.1", "POST /%41%2f HTTP/1.1",
        "HEAD http://B.example:81/x HTTP/1.1", "GET ws://[::1] HTTP/1.1", "GET / HTTP/1.0",
        "X-Y_Z /a+b HTTP/1.7  ", "GET /", "GET * HTTP/1.1", "get / HTTP/1.1", "GET / HTTP/3.0",
        "GET /%zz HTTP/1.1", "CONNECT a:1 HTTP/1.1", "GET /a b HTTP/1.1",
    ];

    static readonly string[] Lines =
    [
        "Host: a", "Host: b:80", "host: [::1].", "Connection: close", "Connection: keep-alive, x",
        "Connection: Upgrade", "Upgrade: websocket", "Upgrade: h2c",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version: 13",
        "Content-Length: 7", "Content-Length: 7x", "Transfer-Encoding: chunked",
        "Transfer-Encoding: gzip", "Expect: 100-continue", "Cookie: a=b; c=d", "Cookie:", "X_y: 1",
        "No-Colon", "A:  padded\t ", "B: \u00e4\u00f6", "C: with\ttab", "D : x", " folded", ": x",
        "A-Name-Of-More-Than-Thirty-One-Letters: 1", "Long: 01234567890123456789012345678901",
        "Long-And-Padded: 01234567890123456789012 ", "Deleted: 012345678901234567890123\x7f",
        "Under_score-That-Is-Long-Enough: 1", "User-Agent:no-blank-before-the-value-of-this-line",
        "E: \x01", "F: a\rb", "G: \0", "Accept: */*", "Status: HTTP/1.1",
    ];

    static readonly string[] StatusLines =
    [
        "HTTP/1.1 200 OK", "HTTP/1.1 101 Switching Protocols", "HTTP/1.0 404", "HTTP/1.1 204 ",
        "HTTP/1.1 403.1 X", "HTTP/1.12 999 a  b", "HTTP/1.1 20 OK", "hello", "HTTP/0.1 200 OK",
    ];

    [Fact]
    public void Request_head_in_pieces_is_the_head_in_one_piece() =>
        Prop.ForAll(Heads(RequestLines), Lengths(), (text, lengths) =>
        {
            var bytes = Bytes(text);
            var whole = new RequestHead();
            var split = new RequestHead();
            var expected = whole.Parse(bytes, RequestHeadRules.Default);
            var status = HeadStatus.NeedMore;
            foreach (var end in Ends(bytes.Length, lengths))
            {
                // A moved buffer: what was read before must not be needed in its old place.
                status = split.Parse(bytes.AsSpan(0, end).ToArray(), RequestHeadRules.Default);
                if (status != HeadStatus.NeedMore) break;
            }
            return status == expected && Facts(split, bytes) == Facts(whole, bytes);
        }).Check(Runs);

    [Fact]
    public void Request_head_is_what_the_slow_reader_reads() =>
        Prop.ForAll(Heads(RequestLines), text =>
        {
            var head = Request(text);
            var slow = SlowRequestHead.Read(
                text, underscores: false, dropsUnusual: true, mergeSlashes: true);
            if (slow is null) return head.Rejection != RequestRejection.None;
            var again = slow.RequestLine + "\r\n"
                + string.Concat(slow.Fields.Select(field => $"{field.Name}: {field.Value}\r\n"))
                + "\r\n";
            return head.Rejection == RequestRejection.None
                && Serialised(head, text) == again
                && Serialised(Request(again), again) == again;
        }).Check(Runs);

    [Fact]
    public void Response_head_in_pieces_is_what_the_slow_reader_reads() =>
        Prop.ForAll(Heads(StatusLines), Lengths(), (text, lengths) =>
        {
            var bytes = Bytes(text);
            var head = new ResponseHead();
            var status = HeadStatus.NeedMore;
            foreach (var end in Ends(bytes.Length, lengths))
            {
                status = head.Parse(bytes.AsSpan(0, end).ToArray(), Http1Limits.ResponseHeadBytes);
                if (status != HeadStatus.NeedMore) break;
            }
            var slow = SlowResponseHead.Read(text);
            if (slow is null) return status == HeadStatus.Rejected;
            return status == HeadStatus.Complete
                && head.Status == slow.Status
                && head.ContentLength == slow.ContentLength
                && head.Consumed == slow.Consumed
                && head.Fields.Length == slow.Fields.Count;
        }).Check(Runs);

    static Arbitrary<string> Heads(string[] firstLines)
    {
        var heads =
            from first in Gen.Elements(firstLines)
            from lines in Gen.ListOf(Gen.Elements(Lines))
            from end in Gen.Elements("\r\n", "\r\n", "\r\n", "\n")
            from rest in Gen.Elements("", "more")
            select string.Concat(new[] { first, "Host: c" }.Concat(lines).Select(x => x + end))
                + end + rest;
        return heads.ToArbitrary();
    }

    static Arbitrary<int[]> Lengths() =>
        Gen.ArrayOf(Gen.Choose(1, 40)).ToArbitrary();

    static IEnumerable<int> Ends(int length, int[] lengths)
    {
        var end = 0;
        foreach (var piece in lengths)
        {
            end = Math.Min(end + piece, length);
            yield return end;
        }
        yield return length;
    }

    static string Facts(RequestHead head, byte[] bytes)
    {
        var text = Of(bytes);

        // A line that is refused before it ends is logged as far as it has come.
        var line = head.Version == 0 ? default : head.RequestLine;
        return string.Join('|',
            head.Rejection, head.Consumed, line, head.Method, head.Target,
            head.TargetForm, head.TargetHost, Of(head.NormalPath(bytes)), head.Args, head.HasArgs,
            head.Version, Of(head.HostName), head.HostPort, head.ContentLength, head.IsChunked,
            head.WantsKeepAlive, head.HasUpgrade, head.HasConnectionUpgrade, head.ExpectsContinue,
            head.IsWebSocketHandshake, head.DroppedCount, LogOf(head, text),
            string.Join(';', Fields(head, text)));
    }

    static string Serialised(RequestHead head, string text)
    {
        var bytes = Bytes(text);
        var again = Of(head.RequestLine.Of(bytes)) + "\r\n";
        foreach (var field in head.Fields)
            again += $"{Of(field.Name(bytes))}: {Of(field.Value(bytes))}\r\n";
        return again + "\r\n";
    }
}
