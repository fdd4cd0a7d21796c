using Sluice.Proxy.Http1;
using static Sluice.Unit.Proxy.Http1.HeadText;

namespace Sluice.Unit.Proxy.Http1;

public class ResponseHeadTests
{
    const int Max = Http1Limits.ResponseHeadBytes;

    [Fact]
    public void Head_of_a_response_is_read()
    {
        const string text =
            "HTTP/1.1 404 Not Found\r\nServer: x\r\nContent-Length: 3\r\nx_y: z\r\n\r\nabc";
        var head = Response(text);
        var bytes = Bytes(text);
        Assert.Equal(text.Length - 3, head.Consumed);
        Assert.Equal(1001, head.Version);
        Assert.Equal(404, head.Status);
        Assert.Equal("404 Not Found", Of(head.StatusText.Of(bytes)));
        Assert.Equal("Not Found", Of(head.Reason.Of(bytes)));
        Assert.Equal(3, head.Fields.Length);
        Assert.Equal("x", Of(head.Value(bytes, KnownHeader.Server)));
        Assert.Equal("x_y", Of(head.Fields[2].Name(bytes)));
        Assert.Equal(3, head.ContentLength);
        Assert.True(head.KeepsAlive);
        Assert.False(head.IsInterim || head.IsChunked);
    }

    [Theory]
    [InlineData("HTTP/1.0 200 OK", 1000, 200, "OK")]
    [InlineData("HTTP/1.1 200", 1001, 200, "")]
    [InlineData("HTTP/1.1 200 ", 1001, 200, "")]
    [InlineData("HTTP/1.1   200  Two  words ", 1001, 200, " Two  words ")]
    [InlineData("HTTP/1.1 403.1 IIS", 1001, 403, "1 IIS")]
    [InlineData("HTTP/2.0 200 OK", 2000, 200, "OK")]
    [InlineData("HTTP/1.1 999 \u00e4", 1001, 999, "\u00e4")]
    [InlineData("HTTP/1.1 000 X", 1001, 0, "X")]
    public void Status_line_is_read_as_nginx_reads_it(
        string line, int version, int status, string reason)
    {
        var text = line + "\r\n\r\n";
        var head = Response(text);
        Assert.Equal(ResponseRejection.None, head.Rejection);
        Assert.Equal(version, head.Version);
        Assert.Equal(status, head.Status);
        Assert.Equal(reason, Of(head.Reason.Of(Bytes(text))));
    }

    [Theory]
    [InlineData("hello world\r\n")]
    [InlineData("\r\nHTTP/1.1 200 OK\r\n")]
    [InlineData("http/1.1 200 OK\r\n")]
    [InlineData("HTTP/1.1\r\n")]
    [InlineData("HTTP/1 200 OK\r\n")]
    [InlineData("HTTP/1.x 200 OK\r\n")]
    [InlineData("HTTP/0.9 200 OK\r\n")]
    [InlineData("HTTP/1.1 20 OK\r\n")]
    [InlineData("HTTP/1.1 2000 OK\r\n")]
    [InlineData("HTTP/1.1 200OK\r\n")]
    [InlineData("HTTP/1.1 +20 OK\r\n")]
    [InlineData("HTTP/1.1 200 O\rK\r\n")]
    [InlineData("HTTP/1.1 200 O\0K\r\n")]
    [InlineData("HTTP/1.1200 OK\r\n")]
    public void Other_bytes_are_no_status_line(string text)
    {
        var head = Response(text);
        Assert.Equal(ResponseRejection.InvalidStatusLine, head.Rejection);
        Assert.Equal("upstream sent no valid HTTP/1.0 header", LogOf(head, text));
    }

    [Theory]
    [InlineData("h")]
    [InlineData("HTTQ")]
    [InlineData("\x15\x03\x01")]
    public void What_cannot_become_a_status_line_is_refused_at_once(string text) =>
        Assert.Equal(ResponseRejection.InvalidStatusLine, Response(text).Rejection);

    [Theory]
    [InlineData("HTTP")]
    [InlineData("HTTP/1.1 20")]
    public void What_can_become_a_status_line_is_waited_for(string text) =>
        Assert.Equal(HeadStatus.NeedMore, new ResponseHead().Parse(Bytes(text), Max));

    [Theory]
    [InlineData(" folded", "\\x20")]
    [InlineData("A B: c", "A\\x20")]
    [InlineData("A: b\0", "A: b\\x00")]
    [InlineData("A: b\rc", "A: b\\x0d")]
    [InlineData(": b", "\\x3a")]
    public void Malformed_header_line_is_refused(string line, string shown)
    {
        var text = $"HTTP/1.1 200 OK\r\n{line}\r\n\r\n";
        var head = Response(text);
        Assert.Equal(ResponseRejection.InvalidHeader, head.Rejection);
        Assert.Equal($"upstream sent invalid header: \"{shown}...\"", LogOf(head, text));
    }

    [Theory]
    [InlineData("A: b\x01")]
    [InlineData("A.b: c")]
    [InlineData("A")]
    public void Odd_header_line_is_passed_as_nginx_passes_it(string line) =>
        Assert.Equal(1, Response($"HTTP/1.1 200 OK\r\n{line}\r\n\r\n").Fields.Length);

    [Fact]
    public void Status_line_among_the_headers_is_passed_over()
    {
        var head = Response("HTTP/1.1 200 OK\r\nHTTP/1.1 200 OK\r\nA: b\r\n\r\n");
        Assert.Equal(ResponseRejection.None, head.Rejection);
        Assert.Equal(1, head.Fields.Length);
    }

    [Fact]
    public void Duplicate_content_length_is_refused()
    {
        const string text = "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n";
        var head = Response(text);
        Assert.Equal(ResponseRejection.DuplicateHeader, head.Rejection);
        Assert.Equal(
            "upstream sent duplicate header line: \"Content-Length: 1\", "
            + "previous value: \"Content-Length: 1\"",
            LogOf(head, text));
    }

    [Fact]
    public void Other_headers_may_stand_twice()
    {
        var head = Response("HTTP/1.1 200 OK\r\nSet-Cookie: a\r\nSet-Cookie: b\r\n\r\n");
        Assert.Equal(2, head.Fields.Length);
        Assert.False(head.Fields[0].IsRepeated);
        Assert.True(head.Fields[1].IsRepeated);
    }

    [Theory]
    [InlineData(
        "Content-Length: x",
        "upstream sent invalid \"Content-Length\" header: \"Content-Length: x\"")]
    [InlineData(
        "content-length: -1",
        "upstream sent invalid \"Content-Length\" header: \"content-length: -1\"")]
    [InlineData("Transfer-Encoding: gzip", "upstream sent unknown \"Transfer-Encoding\": \"gzip\"")]
    [InlineData(
        "Transfer-Encoding: chunked\r\nContent-Length: 1",
        "upstream sent \"Content-Length\" and \"Transfer-Encoding\" headers at the same time")]
    public void Framing_that_cannot_be_trusted_is_refused(string lines, string log)
    {
        var text = $"HTTP/1.1 200 OK\r\n{lines}\r\n\r\n";
        var head = Response(text);
        Assert.NotEqual(ResponseRejection.None, head.Rejection);
        Assert.Equal(log, LogOf(head, text));
    }

    [Fact]
    public void Head_as_long_as_the_buffer_is_served_and_a_longer_one_refused()
    {
        const string text = "HTTP/1.1 200 OK\r\nA: b\r\n\r\n";
        Assert.Equal(HeadStatus.Complete, new ResponseHead().Parse(Bytes(text), text.Length));
        var head = new ResponseHead();
        Assert.Equal(HeadStatus.Rejected, head.Parse(Bytes(text), text.Length - 1));
        Assert.Equal(ResponseRejection.TooBigHeader, head.Rejection);
        Assert.Equal("upstream sent too big header", LogOf(head, text));
    }

    [Fact]
    public void Head_with_too_many_lines_is_refused()
    {
        var lines = string.Concat(Enumerable.Repeat("A:\n", Http1Limits.HeaderFieldsMax));
        var head = new ResponseHead();
        var most = Bytes($"HTTP/1.1 200 OK\r\n{lines}\r\n");
        Assert.Equal(HeadStatus.Complete, head.Parse(most, most.Length));
        head.Reset();
        var more = Bytes($"HTTP/1.1 200 OK\r\n{lines}A:\n\r\n");
        Assert.Equal(HeadStatus.Rejected, head.Parse(more, more.Length));
        Assert.Equal(ResponseRejection.TooManyHeaders, head.Rejection);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK", "", true)]
    [InlineData("HTTP/1.1 200 OK", "Connection: close\r\n", false)]
    [InlineData("HTTP/1.1 200 OK", "Connection: upgrade, Close\r\n", false)]
    [InlineData("HTTP/1.0 200 OK", "Connection: keep-alive\r\n", false)]
    public void Connection_is_kept_in_HTTP11_without_close(string line, string lines, bool keeps) =>
        Assert.Equal(keeps, Response($"{line}\r\n{lines}\r\n").KeepsAlive);

    [Theory]
    [InlineData(RequestMethod.Get, 200, "Content-Length: 5\r\n", BodyFraming.Length)]
    [InlineData(RequestMethod.Get, 200, "Content-Length: 0\r\n", BodyFraming.None)]
    [InlineData(RequestMethod.Get, 200, "Transfer-Encoding: chunked\r\n", BodyFraming.Chunked)]
    [InlineData(RequestMethod.Get, 200, "", BodyFraming.UntilClose)]
    [InlineData(RequestMethod.Head, 200, "Content-Length: 5\r\n", BodyFraming.None)]
    [InlineData(RequestMethod.Head, 200, "Transfer-Encoding: chunked\r\n", BodyFraming.None)]
    [InlineData(RequestMethod.Post, 204, "Content-Length: 5\r\n", BodyFraming.None)]
    [InlineData(RequestMethod.Get, 304, "Content-Length: 5\r\n", BodyFraming.None)]
    [InlineData(RequestMethod.Get, 100, "", BodyFraming.None)]
    [InlineData(RequestMethod.Get, 101, "Transfer-Encoding: chunked\r\n", BodyFraming.None)]
    public void Framing_follows_method_status_and_headers(
        RequestMethod method, int status, string lines, BodyFraming framing) =>
        Assert.Equal(framing, Response($"HTTP/1.1 {status} X\r\n{lines}\r\n").Framing(method));

    [Theory]
    [InlineData(100, true)]
    [InlineData(101, false)]
    [InlineData(103, true)]
    [InlineData(199, true)]
    [InlineData(200, false)]
    [InlineData(99, false)]
    public void Statuses_of_1xx_but_101_are_interim(int status, bool isInterim) =>
        Assert.Equal(isInterim, Response($"HTTP/1.1 {status:000} X\r\n\r\n").IsInterim);

    [Fact]
    public void Reset_forgets_everything()
    {
        var head = Response("HTTP/1.1 500 X\r\nContent-Length: 3\r\nConnection: close\r\n\r\n");
        head.Reset();
        Assert.Equal(0, head.Status + head.Version + head.Consumed + head.Fields.Length);
        Assert.Equal(-1, head.ContentLength);
        Assert.False(head.Has(KnownHeader.Connection));
        head.Parse("HTTP/1.1 200 OK\r\n\r\n"u8, Max);
        Assert.True(head.KeepsAlive);
    }

    [Fact]
    public void Every_rejection_has_words()
    {
        foreach (var rejection in Enum.GetValues<ResponseRejection>())
            Assert.Equal(rejection == ResponseRejection.None, rejection.LogText().IsEmpty);
    }

    static ResponseHead Response(string text)
    {
        var head = new ResponseHead();
        head.Parse(Bytes(text), Max);
        return head;
    }

    static string LogOf(ResponseHead head, string text)
    {
        var line = new byte[Http1Limits.LogTextBytesMax];
        return Of(line.AsSpan(0, head.FormatRejection(Bytes(text), line)));
    }
}
