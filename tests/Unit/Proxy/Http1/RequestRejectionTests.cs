using Sluice.Proxy.Http1;
using static Sluice.Unit.Proxy.Http1.HeadText;

namespace Sluice.Unit.Proxy.Http1;

public class RequestRejectionTests
{
    [Theory]
    [InlineData("\r\n", 0)]
    [InlineData("GET / HTTP/1.1\r", 0)]
    [InlineData("GET a HTTP/1.1\r\n", 0)]
    [InlineData("GET / HTTP/3.0\r\n", 0)]
    [InlineData("GET / HTTP/1.1\r\n", 16)]
    [InlineData("\r\nGET / HTTP/1.1\r\nHos", 16)]
    [InlineData("GET /../ HTTP/1.1\r\nHost: a\r\n", 19)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nX", 25)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nX\0: b\r\n\r\n", 25)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\nX: b\r\n", 34)]
    [InlineData("GET / HTTP/1.1\r\n\r\n", 18)]
    [InlineData("\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\nbody", 27)]
    public void Lines_that_were_read_whole_count(string text, int bytes) =>
        Assert.Equal(bytes, Request(text).LineBytes);

    const string Request405 = " HTTP/1.1\r\nHost: a\r\n\r\n";

    [Theory]
    [InlineData("\x16\x03\x01", "client sent invalid method")]
    [InlineData("get / HTTP/1.1\r\n", "client sent invalid method")]
    [InlineData(" / HTTP/1.1\r\n", "client sent invalid method")]
    [InlineData("G\u00c4T / HTTP/1.1\r\n", "client sent invalid method")]
    [InlineData("GET\t/ HTTP/1.1\r\n", "client sent invalid method")]
    [InlineData("OPTIONS * HTTP/1.1\r\n", "client sent invalid request")]
    [InlineData("GET a HTTP/1.1\r\n", "client sent invalid request")]
    [InlineData("GET http:/a HTTP/1.1\r\n", "client sent invalid request")]
    [InlineData("GET http://a_b/ HTTP/1.1\r\n", "client sent invalid request")]
    [InlineData("GET http://a:x/ HTTP/1.1\r\n", "client sent invalid request")]
    [InlineData("GET http://[::1/ HTTP/1.1\r\n", "client sent invalid request")]
    [InlineData("GET http://[::1]x/ HTTP/1.1\r\n", "client sent invalid request")]
    [InlineData("GET http:///a HTTP/1.1\r\n", "client sent invalid host in request line")]
    [InlineData("GET http://a..b/ HTTP/1.1\r\n", "client sent invalid host in request line")]
    [InlineData("GET http://a:70000/ HTTP/1.1\r\n", "client sent invalid host in request line")]
    [InlineData("GET /a\x01 HTTP/1.1\r\n", "client sent invalid request")]
    [InlineData("GET /a\x7f HTTP/1.1\r\n", "client sent invalid request")]
    [InlineData("GET /a\tb HTTP/1.1\r\n", "client sent invalid request")]
    [InlineData("GET /a\0b HTTP/1.1\r\n", "client sent invalid request")]
    [InlineData("GET /a b HTTP/1.1\r\n", "client sent invalid request")]
    [InlineData("GET /a\rb HTTP/1.1\r\n", "client sent invalid request")]
    [InlineData("GET / HTTP/1.1\rX", "client sent invalid request")]
    [InlineData("GET / HTTP/1.1 x\r\n", "client sent invalid request")]
    [InlineData("GET / HTTP/1.1\t\r\n", "client sent invalid request")]
    [InlineData("GET / HTTP/1.\r\n", "client sent invalid request")]
    [InlineData("GET / HTTP/1\r\n", "client sent invalid request")]
    [InlineData("GET / HTTP/0.9\r\n", "client sent invalid request")]
    [InlineData("GET / HTTP/1.1000\r\n", "client sent invalid request")]
    [InlineData("GET / http/1.1\r\n", "client sent invalid request")]
    [InlineData("GET /\r\n", "client sent HTTP/0.9 request")]
    [InlineData("GET / \r\n", "client sent HTTP/0.9 request")]
    [InlineData("GET /.. HTTP/1.1\r\n", "client sent invalid request")]
    [InlineData("GET /%0 HTTP/1.1\r\n", "client sent invalid request")]
    [InlineData("GET /%00 HTTP/1.1\r\n", "client sent invalid request")]
    [InlineData("CONNECT / HTTP/1.1\r\n", "client sent invalid request")]
    [InlineData("CONNECT a HTTP/1.1\r\n", "client sent invalid request")]
    public void Malformed_request_line_is_refused_with_400(string text, string log)
    {
        var head = Request(text);
        Assert.Equal(400, head.Rejection.Status());
        Assert.Equal(log, LogOf(head, text));
        Assert.Equal("reading client request line", Of(head.Rejection.LogAction()));
    }

    [Theory]
    [InlineData("GET / HTTP/2.0\r\n")]
    [InlineData("GET / HTTP/9.9\r\n")]
    [InlineData("GET / HTTP/11.1\r\n")]
    public void Other_versions_are_refused_with_505(string text)
    {
        Assert.Equal(RequestRejection.UnsupportedVersion, Request(text).Rejection);
        Assert.Equal(505, RequestRejection.UnsupportedVersion.Status());
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost", "GET / HTTP/1.1")]
    [InlineData("GET / HTTQ\r\nHost: a\r\n\r\n", "GET / HTTQ")]
    [InlineData("\r\nget /", "get /")]
    public void Refused_request_line_is_logged_up_to_its_end(string text, string logged)
    {
        var head = Request(text + (text.Contains("1.1", StringComparison.Ordinal) ? "\0" : ""));
        Assert.NotEqual(RequestRejection.None, head.Rejection);
        Assert.Equal(logged, Of(head.RequestLine.Of(Bytes(text))));
    }

    [Theory]
    [InlineData("Foo bar: x\r\n", "Foo\\x20")]
    [InlineData("Foo : x\r\n", "Foo\\x20")]
    [InlineData("Foo\t: x\r\n", "Foo\\x09")]
    [InlineData(" Foo: x\r\n", "\\x20")]
    [InlineData("\tFoo: x\r\n", "\\x09")]
    [InlineData(": x\r\n", "\\x3a")]
    [InlineData("Foo: a\rb\r\n", "Foo: a\\x0d")]
    [InlineData("Foo: a\r\r\n", "Foo: a\\x0d")]
    [InlineData("Foo: a\0b\r\n", "Foo: a\\x00")]
    [InlineData("Foo: a\x01\r\n", "Foo: a\\x01")]
    [InlineData("Foo: a\x1f\r\n", "Foo: a\\x1f")]
    [InlineData("Foo: a\x7f\r\n", "Foo: a\\x7f")]
    [InlineData("Foo\x0b: a\r\n", "Foo\\x0b")]
    [InlineData("Foo\r: a\r\n", "Foo\\x0d")]
    [InlineData("Foo bar\r\n", "Foo\\x20")]
    [InlineData("\rFoo: a\r\n", "\\x0d")]
    public void Malformed_header_line_is_refused_with_400(string line, string shown)
    {
        var text = Get(line);
        var head = Request(text);
        Assert.Equal(RequestRejection.InvalidHeaderLine, head.Rejection);
        Assert.Equal(400, head.Rejection.Status());
        Assert.Equal($"client sent invalid header line: \"{shown}...\"", LogOf(head, text));
        Assert.Equal("reading client request headers", Of(head.Rejection.LogAction()));
    }

    [Theory]
    [InlineData("Foo ", HeadStatus.Rejected)]
    [InlineData(" ", HeadStatus.Rejected)]
    [InlineData(":", HeadStatus.Rejected)]
    [InlineData("Foo: a\0", HeadStatus.Rejected)]
    [InlineData("Foo", HeadStatus.NeedMore)]
    [InlineData("Foo: a\r", HeadStatus.NeedMore)]
    [InlineData("\r", HeadStatus.NeedMore)]
    public void Wrong_byte_is_refused_before_its_line_ends(string start, HeadStatus status)
    {
        var text = "GET / HTTP/1.1\r\nHost: a\r\n" + start;
        Assert.Equal(status, Status(text, RequestHeadRules.Default));
    }

    [Theory]
    [InlineData("Content-Length: 1\r\nContent-Length: 1\r\n")]
    [InlineData("content-length: 1\r\nContent-Length: 2\r\n")]
    [InlineData("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n")]
    [InlineData("Expect: 100-continue\r\nExpect: 100-continue\r\n")]
    [InlineData("If-None-Match: a\r\nIf-None-Match: b\r\n")]
    [InlineData("Authorization: a\r\nAuthorization: b\r\n")]
    public void Headers_that_stand_once_are_refused_twice(string lines)
    {
        var head = Request(Get(lines));
        Assert.Equal(RequestRejection.DuplicateHeader, head.Rejection);
        Assert.Equal(400, head.Rejection.Status());
    }

    [Theory]
    [InlineData("Cookie: a\r\nCookie: b\r\n")]
    [InlineData("X-Forwarded-For: a\r\nX-Forwarded-For: b\r\n")]
    [InlineData("Connection: a\r\nConnection: b\r\n")]
    public void Headers_of_lists_may_stand_twice(string lines) =>
        Assert.Equal(RequestRejection.None, Request(Get(lines)).Rejection);

    [Fact]
    public void Duplicates_are_logged_with_both_lines()
    {
        var text = Get("content-length:1\r\nContent-Length:  2\r\n");
        Assert.Equal(
            "client sent duplicate header line: \"Content-Length: 2\", "
            + "previous value: \"content-length: 1\"",
            LogOf(Request(text), text));
        var hosts = Get("Host\r\n");
        Assert.Equal(
            "client sent duplicate host header: \"Host: \", previous value: \"Host: a\"",
            LogOf(Request(hosts), hosts));
    }

    [Theory]
    [InlineData("")]
    [InlineData("+1")]
    [InlineData("-1")]
    [InlineData("1,1")]
    [InlineData("1 1")]
    [InlineData("0x1")]
    [InlineData("9223372036854775808")]
    [InlineData("99999999999999999999999")]
    public void Malformed_content_length_is_refused(string value) =>
        Assert.Equal(
            RequestRejection.InvalidContentLength,
            Request(Get($"Content-Length: {value}\r\n")).Rejection);

    [Fact]
    public void Largest_content_length_is_served() =>
        Assert.Equal(
            long.MaxValue, Request(Get("Content-Length: 9223372036854775807\r\n")).ContentLength);

    [Theory]
    [InlineData("gzip")]
    [InlineData("gzip, chunked")]
    [InlineData("chunked, chunked")]
    [InlineData("identity")]
    [InlineData("chunked;q=1")]
    [InlineData("")]
    public void Other_transfer_encodings_are_refused_with_400(string value)
    {
        var text = Get($"Transfer-Encoding: {value}\r\n");
        var head = Request(text);
        Assert.Equal(RequestRejection.UnknownTransferEncoding, head.Rejection);
        Assert.Equal(400, head.Rejection.Status());
        Assert.Equal($"client sent unknown \"Transfer-Encoding\": \"{value}\"", LogOf(head, text));
    }

    [Fact]
    public void Length_and_transfer_encoding_together_are_refused()
    {
        var head = Request(Get("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"));
        Assert.Equal(RequestRejection.LengthAndTransferEncoding, head.Rejection);
        head = Request(Get("Transfer-Encoding: chunked\r\nContent-Length: 0\r\n"));
        Assert.Equal(RequestRejection.LengthAndTransferEncoding, head.Rejection);
    }

    [Fact]
    public void Transfer_encoding_in_HTTP10_is_refused()
    {
        var head = Request("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n");
        Assert.Equal(RequestRejection.TransferEncodingInHttp10, head.Rejection);
    }

    [Fact]
    public void HTTP11_without_a_host_is_refused_and_HTTP10_is_served()
    {
        var head = Request("GET / HTTP/1.1\r\n\r\n");
        Assert.Equal(RequestRejection.MissingHost, head.Rejection);
        Assert.Equal(RequestRejection.None, Request("GET / HTTP/1.0\r\n\r\n").Rejection);
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("a..b")]
    [InlineData("a/b")]
    [InlineData("a b")]
    [InlineData("a@b")]
    [InlineData("a:x")]
    public void Host_that_is_none_is_refused(string host)
    {
        var line = $" HTTP/1.1\r\nHost: {host}\r\n\r\n";
        Assert.Equal(RequestRejection.InvalidHost, Request("GET /" + line).Rejection);
        Assert.Equal(RequestRejection.InvalidHost, Request("GET http://a/" + line).Rejection);
    }

    [Theory]
    [InlineData("CONNECT a.example:443", RequestRejection.ConnectMethod)]
    [InlineData("CONNECT [::1]:443", RequestRejection.ConnectMethod)]
    [InlineData("TRACE /", RequestRejection.TraceMethod)]
    [InlineData("OPTIONS /", RequestRejection.None)]
    public void Connect_and_trace_are_refused_with_405(string line, RequestRejection rejection)
    {
        var head = Request(line + Request405);
        Assert.Equal(rejection, head.Rejection);
        Assert.Equal(rejection == RequestRejection.None ? 0 : 405, rejection.Status());
    }

    [Fact]
    public void Every_rejection_has_a_status_and_words()
    {
        foreach (var rejection in Enum.GetValues<RequestRejection>())
        {
            var isNone = rejection == RequestRejection.None;
            Assert.Equal(isNone, rejection.Status() == 0);
            Assert.Equal(isNone, rejection.LogText().IsEmpty);
            Assert.False(rejection.LogAction().IsEmpty);
        }
    }
}
