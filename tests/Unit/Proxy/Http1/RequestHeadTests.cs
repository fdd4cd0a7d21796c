using Sluice.Proxy.Http1;
using static Sluice.Unit.Proxy.Http1.HeadText;

namespace Sluice.Unit.Proxy.Http1;

public class RequestHeadTests
{
    [Fact]
    public void Head_of_a_request_line_and_a_host_is_complete()
    {
        const string text = "GET /a?b HTTP/1.1\r\nHost: Example.com:8080\r\n\r\nrest";
        var bytes = Bytes(text);
        var head = new RequestHead();
        Assert.Equal(HeadStatus.Complete, head.Parse(bytes, RequestHeadRules.Default));
        Assert.Equal(text.Length - 4, head.Consumed);
        Assert.Equal(RequestMethod.Get, head.Method);
        Assert.Equal("GET", Of(head.MethodText.Of(bytes)));
        Assert.Equal(TargetForm.Origin, head.TargetForm);
        Assert.Equal("/a?b", Of(head.Target.Of(bytes)));
        Assert.Equal("/a", Of(head.NormalPath(bytes)));
        Assert.True(head.IsPathPlain);
        Assert.True(head.HasArgs);
        Assert.Equal("b", Of(head.Args.Of(bytes)));
        Assert.Equal("HTTP/1.1", Of(head.Protocol.Of(bytes)));
        Assert.Equal(1001, head.Version);
        Assert.Equal("GET /a?b HTTP/1.1", Of(head.RequestLine.Of(bytes)));
        Assert.Equal("example.com", Of(head.HostName));
        Assert.Equal(8080, head.HostPort);
        Assert.Equal("Example.com:8080", Of(head.Value(bytes, KnownHeader.Host)));
        Assert.Equal(-1, head.ContentLength);
        Assert.False(head.HasBody);
    }

    [Fact]
    public void Head_that_has_not_ended_needs_more()
    {
        const string text = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
        var head = new RequestHead();
        for (var length = 0; length < text.Length; length++)
        {
            var status = head.Parse(Bytes(text[..length]), RequestHeadRules.Default);
            Assert.Equal(HeadStatus.NeedMore, status);
        }
        Assert.Equal(HeadStatus.Complete, head.Parse(Bytes(text), RequestHeadRules.Default));
    }

    [Fact]
    public void Answer_stays_until_the_head_is_reset()
    {
        var bytes = Bytes(Get(""));
        var head = new RequestHead();
        head.Parse(bytes, RequestHeadRules.Default);
        Assert.Equal(HeadStatus.Complete, head.Parse(bytes, RequestHeadRules.Default));
        head.Reset();
        Assert.Equal(HeadStatus.NeedMore, head.Parse(bytes.AsSpan(0, 9), RequestHeadRules.Default));
    }

    [Fact]
    public void Reset_forgets_everything()
    {
        var head = Request("POST http://b:1/%41/../x?q HTTP/1.0\r\nConnection: keep-alive, upgrade\r\n"
            + "Host: b\r\nContent-Length: 7\r\nUpgrade: x\r\nX_y: z\r\n\r\n");
        Assert.Equal(7, head.ContentLength);
        Assert.Equal(1, head.DroppedCount);
        head.Reset();
        Assert.Equal(0, head.Consumed);
        Assert.Equal(RequestMethod.Other, head.Method);
        Assert.Equal(TargetForm.Origin, head.TargetForm);
        Assert.True(head.Target.IsNone && head.Args.IsNone && head.TargetHost.IsNone);
        Assert.False(head.HasArgs || head.IsPathPlain || head.IsPathQuoted);
        Assert.Equal(0, head.Fields.Length);
        Assert.False(head.Has(KnownHeader.Host));
        Assert.Equal(-1, head.ContentLength);
        Assert.False(head.WantsKeepAlive || head.HasUpgrade || head.HasConnectionUpgrade);
        Assert.Equal(0, head.DroppedCount);
        Assert.Equal(0, head.HostName.Length);
        Assert.Equal(0, head.HostPort);
    }

    [Fact]
    public void Wish_for_the_connection_does_not_outlive_the_head()
    {
        var head = Request(Get("Connection: close\r\n"));
        Assert.False(head.WantsKeepAlive);
        head.Reset();
        head.Parse(Bytes("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"), new());
        Assert.True(head.WantsKeepAlive);
        head.Reset();
        head.Parse(Bytes("GET / HTTP/1.0\r\n\r\n"), new());
        Assert.False(head.WantsKeepAlive);
    }

    [Fact]
    public void Empty_lines_before_the_request_line_are_skipped()
    {
        const string text = "\r\n\n\rGET / HTTP/1.1\r\nHost: a\r\n\r\n";
        var head = Request(text);
        Assert.Equal(text.Length, head.Consumed);
        Assert.Equal("GET / HTTP/1.1", Of(head.RequestLine.Of(Bytes(text))));
    }

    [Fact]
    public void Lines_may_end_with_a_line_feed_alone()
    {
        const string text = "GET / HTTP/1.1\nHost: a\nB: c\n\n";
        Assert.Equal(["Host=a", "B=c"], Fields(Request(text), text));
    }

    [Fact]
    public void Header_lines_keep_their_order_their_letters_and_their_repetitions()
    {
        var text = Get("b: 1\r\nB: 2\r\nCOOKIE: x\r\ncookie: y\r\n");
        var head = Request(text);
        Assert.Equal(["Host=a", "b=1", "B=2", "COOKIE=x", "cookie=y"], Fields(head, text));
        Assert.Equal(KnownHeader.Cookie, head.Fields[3].Known);
        Assert.False(head.Fields[3].IsRepeated);
        Assert.True(head.Fields[4].IsRepeated);
        Assert.Equal("x", Of(head.Value(Bytes(text), KnownHeader.Cookie)));
    }

    [Fact]
    public void Blanks_around_a_value_are_not_part_of_it()
    {
        var text = Get("A:b\r\nC: \t d e\t \r\nF:\r\nG:  \r\n");
        Assert.Equal(["Host=a", "A=b", "C=d e", "F=", "G="], Fields(Request(text), text));
    }

    [Fact]
    public void Line_without_a_colon_is_a_name_with_an_empty_value()
    {
        var text = Get("Lonely\r\n");
        Assert.Equal(["Host=a", "Lonely="], Fields(Request(text), text));
    }

    [Fact]
    public void Bytes_above_ASCII_are_passed_in_values_and_targets()
    {
        const string text = "GET /\u00e4 HTTP/1.1\r\nHost: a\r\nB: \u00fc\u0080\r\n\r\n";
        var head = Request(text);
        Assert.Equal("/\u00e4", Of(head.NormalPath(Bytes(text))));
        Assert.Equal(["Host=a", "B=\u00fc\u0080"], Fields(head, text));
    }

    [Theory]
    [InlineData("X_y: 1\r\n", 1)]
    [InlineData("X.y: 1\r\n", 1)]
    [InlineData("X(y: 1\r\n", 1)]
    [InlineData("\u00e4: 1\r\n", 1)]
    [InlineData("X-y: 1\r\n", 0)]
    public void Lines_with_unusual_names_are_dropped(string line, int count)
    {
        var text = Get(line);
        var head = Request(text);
        Assert.Equal(count, head.DroppedCount);
        Assert.Equal(2 - count, head.Fields.Length);
        if (count > 0)
            Assert.Equal(line.TrimEnd(), Of(head.FirstDropped.Of(Bytes(text))));
    }

    [Fact]
    public void Lines_with_unusual_names_are_kept_when_the_rules_say_so()
    {
        var text = Get("X.y: 1\r\n");
        var head = Request(text, new() { IgnoreInvalidHeaders = false });
        Assert.Equal(["Host=a", "X.y=1"], Fields(head, text));
    }

    [Fact]
    public void Underscores_are_usual_when_the_rules_say_so()
    {
        var text = Get("X_y: 1\r\nX.y: 1\r\n");
        var head = Request(text, new() { UnderscoresInHeaders = true });
        Assert.Equal(["Host=a", "X_y=1"], Fields(head, text));
    }

    [Theory]
    [InlineData("GET / HTTP/1.1", "", true)]
    [InlineData("GET / HTTP/1.1", "Connection: close\r\n", false)]
    [InlineData("GET / HTTP/1.1", "Connection: Close, x\r\n", false)]
    [InlineData("GET / HTTP/1.1", "Connection: closed\r\n", true)]
    [InlineData("GET / HTTP/1.1", "Connection: keep-alive\r\nConnection: close\r\n", false)]
    [InlineData("GET / HTTP/1.2", "", true)]
    [InlineData("GET / HTTP/1.0", "", false)]
    [InlineData("GET / HTTP/1.0", "Connection: keep-alive\r\n", true)]
    [InlineData("GET / HTTP/1.0", "Connection: x,, Keep-Alive\t\r\n", true)]
    public void Keep_alive_follows_version_and_connection(string line, string fields, bool keeps)
    {
        var head = Request($"{line}\r\nHost: a\r\n{fields}\r\n");
        Assert.Equal(keeps, head.WantsKeepAlive);
    }

    [Theory]
    [InlineData("HTTP/1.1", "100-continue", true)]
    [InlineData("HTTP/1.1", "100-Continue", true)]
    [InlineData("HTTP/1.1", "200-ok", false)]
    [InlineData("HTTP/1.0", "100-continue", false)]
    public void Expectation_counts_in_HTTP11_alone(string version, string value, bool expects)
    {
        var head = Request($"PUT / {version}\r\nHost: a\r\nExpect: {value}\r\n\r\n");
        Assert.Equal(expects, head.ExpectsContinue);
    }

    [Fact]
    public void Content_length_is_read()
    {
        var head = Request(Get("Content-Length: 0042\r\n"));
        Assert.Equal(42, head.ContentLength);
        Assert.True(head.HasBody);
        Assert.False(head.IsChunked);
    }

    [Fact]
    public void Chunked_is_read_in_any_letters()
    {
        var head = Request(Get("Transfer-Encoding: Chunked\r\n"));
        Assert.True(head.IsChunked && head.HasBody);
        Assert.Equal(-1, head.ContentLength);
    }

    [Fact]
    public void Head_may_grow_far_and_then_fits_the_pool_again()
    {
        var text = Get(string.Concat(Enumerable.Repeat("A: b\r\n", 200)));
        var head = Request(text, new() { LargeBufferCount = 9 });
        Assert.Equal(201, head.Fields.Length);
        head.Reset();
        Assert.Equal(HeadStatus.Complete, head.Parse(Bytes(Get("")), RequestHeadRules.Default));
        Assert.Equal(1, head.Fields.Length);
    }
}
