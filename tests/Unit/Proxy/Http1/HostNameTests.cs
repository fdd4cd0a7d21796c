using Sluice.Proxy.Http1;
using static Sluice.Unit.Proxy.Http1.HeadText;

namespace Sluice.Unit.Proxy.Http1;

public class HostNameTests
{
    [Theory]
    [InlineData("example.com", "example.com", 0)]
    [InlineData("example.com:80", "example.com", 80)]
    [InlineData("example.com:", "example.com", 0)]
    [InlineData("example.com:65535", "example.com", 65535)]
    [InlineData("example.com:0000080", "example.com", 80)]
    [InlineData("example.com.", "example.com", 0)]
    [InlineData("example.com.:80", "example.com", 80)]
    [InlineData("a_b~c!$&'()*+,;=%41", "a_b~c!$&'()*+,;=%41", 0)]
    [InlineData(".a", ".a", 0)]
    [InlineData("[::1]", "[::1]", 0)]
    [InlineData("[::1]:81", "[::1]", 81)]
    [InlineData("[v1.x]:", "[v1.x]", 0)]
    public void Host_is_split(string text, string name, int port)
    {
        Assert.True(HostName.TrySplit(Bytes(text), out var length, out var actual));
        Assert.Equal(name, text[..length]);
        Assert.Equal(port, actual);
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData(":80")]
    [InlineData(".:80")]
    [InlineData("a..b")]
    [InlineData("a..")]
    [InlineData("a:80x")]
    [InlineData("a:65536")]
    [InlineData("a:99999999999")]
    [InlineData("a:80:81")]
    [InlineData("a b")]
    [InlineData("a/b")]
    [InlineData("a\\b")]
    [InlineData("a@b")]
    [InlineData("a#b")]
    [InlineData("a?b")]
    [InlineData("a\u00e4")]
    [InlineData("a\x7f")]
    [InlineData("[]")]
    [InlineData("[::1")]
    [InlineData("[::1]x")]
    [InlineData("[::1].")]
    [InlineData("[::1%25eth0]")]
    [InlineData("[a[b]")]
    [InlineData("::1]")]
    public void Text_that_is_no_host_is_refused(string text) =>
        Assert.False(HostName.TrySplit(Bytes(text), out _, out _));
}
