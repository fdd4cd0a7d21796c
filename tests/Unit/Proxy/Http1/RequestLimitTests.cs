using Sluice.Proxy.Http1;
using static Sluice.Unit.Proxy.Http1.HeadText;

namespace Sluice.Unit.Proxy.Http1;

/// <summary>The limits are nginx's: a buffer, then a number of large ones a line must fit in.</summary>
public class RequestLimitTests
{
    static readonly RequestHeadRules Small = new()
    {
        HeaderBufferBytes = 64,
        LargeBufferBytes = 100,
        LargeBufferCount = 2,
    };

    [Fact]
    public void Request_line_of_a_large_buffer_is_served_and_a_longer_one_refused_with_414()
    {
        var fits = $"GET /{new string('a', 100 - "GET / HTTP/1.1\r\n".Length)} HTTP/1.1\r\n";
        var rest = "Host: a\r\n\r\n";
        Assert.Equal(HeadStatus.Complete, Status(fits + rest, Small));
        var longer = fits.Replace("/a", "/aa", StringComparison.Ordinal);
        var head = Request(longer + rest, Small);
        Assert.Equal(RequestRejection.TooLongRequestLine, head.Rejection);
        Assert.Equal(414, head.Rejection.Status());
        Assert.Equal("client sent too long URI", LogOf(head, longer));
    }

    [Fact]
    public void Request_line_is_refused_as_soon_as_its_buffer_is_full()
    {
        var line = "GET /" + new string('a', 95);
        Assert.Equal(HeadStatus.NeedMore, Status(line[..99], Small));
        Assert.Equal(HeadStatus.Rejected, Status(line, Small));
    }

    [Fact]
    public void Line_longer_than_a_large_buffer_is_served_when_the_first_buffer_holds_it()
    {
        var rules = Small with { HeaderBufferBytes = 300 };
        Assert.Equal(HeadStatus.Complete, Status(Get($"A: {new string('a', 150)}\r\n"), rules));
    }

    [Fact]
    public void Header_line_of_a_large_buffer_is_served_and_a_longer_one_refused_with_494()
    {
        var fits = $"A: {new string('a', 95)}\r\n";
        Assert.Equal(HeadStatus.Complete, Status(Get(fits), Small));
        var text = Get($"A: {new string('a', 96)}\r\n");
        var head = Request(text, Small);
        Assert.Equal(RequestRejection.TooLongHeaderLine, head.Rejection);
        Assert.Equal(494, head.Rejection.Status());
        Assert.Equal(
            $"client sent too long header line: \"A: {new string('a', 96)}\r...\"",
            LogOf(head, text));
    }

    [Fact]
    public void Head_that_needs_one_buffer_more_than_there_are_is_refused_with_494()
    {
        // Three lines of 60 bytes: the first goes into a large buffer, the third would need
        // another one than the second, and the line end a third.
        var line = $"A: {new string('a', 55)}\r\n";
        Assert.Equal(HeadStatus.Complete, Status(Get(line + line), Small));
        var head = Request(Get(line + line + line), Small);
        Assert.Equal(RequestRejection.TooLongHeaderLine, head.Rejection);
    }

    [Fact]
    public void Long_line_is_logged_as_far_as_nginx_would()
    {
        var text = Get($"A: {new string('a', 9000)}\r\n");
        var log = LogOf(Request(text), text);
        Assert.Equal("client sent too long header line: \"".Length + 1748 + 4, log.Length);
        Assert.EndsWith("a...\"", log, StringComparison.Ordinal);
    }

    [Fact]
    public void Head_with_as_many_lines_as_there_may_be_is_served_and_one_more_is_refused()
    {
        var most = string.Concat(Enumerable.Repeat("A:\r\n", Http1Limits.HeaderFieldsMax - 1));
        Assert.Equal(HeadStatus.Complete, Status(Get(most), RequestHeadRules.Default));
        var head = Request(Get(most + "A:\r\n"));
        Assert.Equal(RequestRejection.TooManyHeaderLines, head.Rejection);
        Assert.Equal(494, head.Rejection.Status());
    }

    [Fact]
    public void Empty_lines_without_end_are_refused()
    {
        var most = new string('\n', Http1Limits.LeadingEmptyBytesMax);
        Assert.Equal(HeadStatus.Complete, Status(most + Get(""), RequestHeadRules.Default));
        Assert.Equal(HeadStatus.NeedMore, Status(most, RequestHeadRules.Default));
        Assert.Equal(HeadStatus.Rejected, Status(most + "\n", RequestHeadRules.Default));
    }

    [Fact]
    public void Head_is_refused_before_it_is_longer_than_the_rules_say()
    {
        var lines = string.Concat(Enumerable.Repeat($"A: {new string('a', 50)}\r\n", 50));
        var bytes = Bytes(new string('\n', Http1Limits.LeadingEmptyBytesMax) + Get(lines));
        var head = new RequestHead();
        Assert.Equal(HeadStatus.Rejected, head.Parse(bytes.AsSpan(0, Small.HeadBytesMax), Small));
    }
}
