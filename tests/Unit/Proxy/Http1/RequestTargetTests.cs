using Sluice.Proxy.Http1;
using static Sluice.Unit.Proxy.Http1.HeadText;

namespace Sluice.Unit.Proxy.Http1;

public class RequestTargetTests
{
    [Theory]
    [InlineData("http://Example.com/a?b", "/a?b", "/a", "b", "example.com", 0)]
    [InlineData("http://example.com:81", "/", "/", "", "example.com", 81)]
    [InlineData("ws://example.com.?q", "?q", "/", "q", "example.com", 0)]
    [InlineData("https+x://[::1]:9/", "/", "/", "", "[::1]", 9)]
    public void Absolute_target_has_a_host_and_a_target_of_its_own(
        string sent, string target, string path, string args, string host, int port)
    {
        var text = $"GET {sent} HTTP/1.1\r\nHost: other:1\r\n\r\n";
        var head = Request(text);
        var bytes = Bytes(text);
        Assert.Equal(RequestRejection.None, head.Rejection);
        Assert.Equal(TargetForm.Absolute, head.TargetForm);
        Assert.Equal(target, Of(head.Target.Of(bytes)));
        Assert.Equal(path, Of(head.NormalPath(bytes)));
        Assert.Equal(args, Of(head.Args.Of(bytes)));
        Assert.Equal(host, Of(head.HostName));
        Assert.Equal(port, head.HostPort);
    }

    [Theory]
    [InlineData("/a/b", "/a/b", "", true, false)]
    [InlineData("/a?x=/../", "/a", "x=/../", true, false)]
    [InlineData("/a?%41", "/a", "%41", true, false)]
    [InlineData("/a/../b?x", "/b", "x", false, false)]
    [InlineData("/a//b", "/a/b", "", false, false)]
    [InlineData("/a%20b?x#y", "/a b", "x", false, true)]
    [InlineData("/a?x#y?z", "/a", "x", false, false)]
    [InlineData("/a#x?y", "/a", "", false, false)]
    [InlineData("/.well-known", "/.well-known", "", false, false)]
    [InlineData("/a.b", "/a.b", "", true, false)]
    public void Path_is_normalised(
        string target, string path, string args, bool isPlain, bool isQuoted)
    {
        var text = $"GET {target} HTTP/1.1\r\nHost: a\r\n\r\n";
        var head = Request(text);
        Assert.Equal(path, Of(head.NormalPath(Bytes(text))));
        Assert.Equal(args, Of(head.Args.Of(Bytes(text))));
        Assert.Equal(isPlain, head.IsPathPlain);
        Assert.Equal(isQuoted, head.IsPathQuoted);
        Assert.Equal(target, Of(head.Target.Of(Bytes(text))));
    }

    [Fact]
    public void Slashes_are_kept_when_the_rules_say_so()
    {
        const string text = "GET /a//b HTTP/1.1\r\nHost: a\r\n\r\n";
        var head = Request(text, new() { MergeSlashes = false });
        Assert.Equal("/a//b", Of(head.NormalPath(Bytes(text))));
    }

    [Theory]
    [InlineData("HTTP/1.0", 1000)]
    [InlineData("HTTP/1.1", 1001)]
    [InlineData("HTTP/1.1  ", 1001)]
    [InlineData("HTTP/1.001", 1001)]
    [InlineData("HTTP/1.2", 1002)]
    [InlineData("HTTP/1.999", 1999)]
    public void Version_is_read_as_nginx_reads_it(string protocol, int version)
    {
        var text = $"GET / {protocol}\r\nHost: a\r\n\r\n";
        var head = Request(text);
        Assert.Equal(version, head.Version);
        Assert.Equal(protocol, Of(head.Protocol.Of(Bytes(text))));
    }

    [Theory]
    [InlineData("GET", RequestMethod.Get)]
    [InlineData("PROPPATCH", RequestMethod.Proppatch)]
    [InlineData("GETS", RequestMethod.Other)]
    [InlineData("X_-Y", RequestMethod.Other)]
    public void Method_is_known_or_passed_on(string method, RequestMethod expected)
    {
        var text = $"{method} / HTTP/1.1\r\nHost: a\r\n\r\n";
        var head = Request(text);
        Assert.Equal(expected, head.Method);
        Assert.Equal(method, Of(head.MethodText.Of(Bytes(text))));
    }

    [Fact]
    public void Every_known_method_has_its_text()
    {
        foreach (var method in Enum.GetValues<RequestMethod>())
        {
            var text = RequestMethods.Text(method);
            Assert.Equal(method.ToString().ToUpperInvariant(),
                method == RequestMethod.Other ? "OTHER" : Of(text));
            Assert.Equal(method, RequestMethods.Find(text));
        }
    }
}
