using System.Text;
using Sluice.Proxy.Upstream;

namespace Sluice.Unit.Proxy.Upstream;

/// <summary>The rows of nginx's documentation, and what a real nginx was seen to send.</summary>
public class PeerUriTests
{
    [Theory]
    [InlineData("/a/", "/c/", "/a/x?q", "/c/x?q")]
    [InlineData("/a", "/c", "/ax", "/cx")]
    [InlineData("/a/", "/c", "/a/x", "/cx")]
    [InlineData("/a", "/c/", "/a/x", "/c//x")]
    [InlineData("/a/", "/", "/a/x", "/x")]
    [InlineData("/a", "/c", "/a", "/c")]
    [InlineData("/a/", "/c/", "/a/", "/c/")]
    [InlineData("/w", "/exact", "/w?z", "/exact?z")]
    [InlineData("/i/", "/k?x=1", "/i/x?q", "/k?x=1x?q")]
    public void The_uri_part_replaces_the_locations_name(
        string name, string part, string uri, string expected) =>
        Assert.Equal(expected, Build(uri, name.Length, part));

    [Theory]
    [InlineData("/g/x?q=1")]
    [InlineData("/g/a%2Fb")]
    [InlineData("/g//z")]
    [InlineData("/g/x?")]
    [InlineData("/g/../h?/..")]
    public void Without_a_uri_part_the_clients_uri_is_passed_as_it_is(string raw) =>
        Assert.Equal(raw, Of(new PeerUriInput
        {
            Raw = Bytes(raw),
            Path = "/somewhere"u8,
            Args = "else"u8,
            IsUnchanged = true,
            IsEscaped = true,
            LocationNameLength = 3,
        }));

    [Theory]
    [InlineData("/j/x", "z=1", false, "/j/x?z=1")]
    [InlineData("/j/ y", "z=1", true, "/j/%20y?z=1")]
    [InlineData("/new/\u00E9", "", true, "/new/%E9")]
    [InlineData("/new/\u00E9", "", false, "/new/\u00E9")]
    public void A_changed_uri_is_passed_as_it_has_become(
        string path, string args, bool isEscaped, string expected) =>
        Assert.Equal(expected, Of(new PeerUriInput
        {
            Raw = "/j/old?q=1"u8,
            Path = Bytes(path),
            Args = Bytes(args),
            IsEscaped = isEscaped,
            LocationNameLength = 3,
        }));

    [Theory]
    [InlineData("/a/ y", true, "/c/%20y")]
    [InlineData("/a/?y", true, "/c/%3Fy")]
    [InlineData("/a/a/b", true, "/c/a/b")]
    [InlineData("/a/\u00E9", false, "/c/\u00E9")]
    [InlineData(
        "/a/\"<>\\^`{|}\u007F%#~!$&'()*+,;=:@-._[]", true,
        "/c/%22%3C%3E%5C%5E%60%7B%7C%7D%7F%25%23~!$&'()*+,;=:@-._[]")]
    public void What_follows_the_uri_part_is_escaped_again_when_it_had_escapes(
        string path, bool isEscaped, string expected) =>
        Assert.Equal(expected, Of(new PeerUriInput
        {
            Raw = "/a/raw"u8,
            Path = Bytes(path),
            IsUnchanged = true,
            IsEscaped = isEscaped,
            LocationNameLength = 3,
            UriPart = "/c/"u8,
        }));

    [Fact]
    public void Variables_with_a_uri_part_give_the_whole_uri() =>
        Assert.Equal("/fixed", Of(new PeerUriInput
        {
            Raw = "/m/x?q=1"u8,
            Path = "/m/x"u8,
            Args = "q=1"u8,
            IsUnchanged = true,
            LocationNameLength = 3,
            UriPart = "/fixed"u8,
            IsUriPartWhole = true,
        }));

    [Fact]
    public void Variables_with_arguments_alone_get_a_path() =>
        Assert.Equal("/?q=1", Of(new PeerUriInput
        {
            Raw = "/o/x"u8,
            Path = "/o/x"u8,
            IsUnchanged = true,
            LocationNameLength = 3,
            UriPart = "?q=1"u8,
            IsUriPartWhole = true,
        }));

    [Fact]
    public void Variables_without_a_uri_part_pass_the_clients_uri() =>
        Assert.Equal("/n/a%2Fb?q", Of(new PeerUriInput
        {
            Raw = "/n/a%2Fb?q"u8,
            Path = "/n/a/b"u8,
            Args = "q"u8,
            IsUnchanged = true,
            IsEscaped = true,
            LocationNameLength = 3,
            IsUriPartWhole = true,
        }));

    [Fact]
    public void A_name_longer_than_the_path_is_cut_to_it() =>
        Assert.Equal("/c/", Of(new PeerUriInput
        {
            Raw = "/x"u8,
            Path = "/x"u8,
            LocationNameLength = 30,
            UriPart = "/c/"u8,
        }));

    [Fact]
    public void An_internal_redirect_keeps_the_length_of_the_name_it_came_to() =>
        Assert.Equal("/c/from-r/%20x?w=2", Of(new PeerUriInput
        {
            Raw = "/r/%20x"u8,
            Path = "/a/from-r/ x"u8,
            Args = "w=2"u8,
            IsEscaped = true,
            LocationNameLength = 3,
            UriPart = "/c/"u8,
        }));

    /// <summary>A request whose URI has no escapes and was never changed.</summary>
    static string Build(string uri, int nameLength, string part)
    {
        var question = uri.IndexOf('?', StringComparison.Ordinal);
        return Of(new PeerUriInput
        {
            Raw = Bytes(uri),
            Path = Bytes(question < 0 ? uri : uri[..question]),
            Args = Bytes(question < 0 ? "" : uri[(question + 1)..]),
            IsUnchanged = true,
            LocationNameLength = nameLength,
            UriPart = Bytes(part),
        });
    }

    static string Of(in PeerUriInput input)
    {
        var room = new byte[PeerUri.LengthMax(input)];
        return Encoding.Latin1.GetString(room, 0, PeerUri.Build(input, room));
    }

    static byte[] Bytes(string text) => Encoding.Latin1.GetBytes(text);
}
