using Sluice.Proxy.Http1;
using static Sluice.Unit.Proxy.Http1.HeadText;

namespace Sluice.Unit.Proxy.Http1;

public class UriPathTests
{
    [Theory]
    [InlineData("/", "/")]
    [InlineData("", "/")]
    [InlineData("/a/b.c", "/a/b.c")]
    [InlineData("//a///b//", "/a/b/")]
    [InlineData("/./a/./b/.", "/a/b/")]
    [InlineData("/a/../b", "/b")]
    [InlineData("/a/b/..", "/a/")]
    [InlineData("/a/b/../..", "/")]
    [InlineData("/a/b/../../c", "/c")]
    [InlineData("/a//../b", "/b")]
    [InlineData("/...", "/...")]
    [InlineData("/..a", "/..a")]
    [InlineData("/.a/..b/c..", "/.a/..b/c..")]
    [InlineData("/%61%2Fb", "/a/b")]
    [InlineData("/a/%2e%2E/b", "/b")]
    [InlineData("/a/.%2e/b", "/b")]
    [InlineData("/a/%2e", "/a/")]
    [InlineData("/a%2f%2fb", "/a/b")]
    [InlineData("/%25%23%3F", "/%#?")]
    [InlineData("/.%23/..%3f", "/.#/..?")]
    [InlineData("/%2541", "/%41")]
    [InlineData("/a+b%20c", "/a+b c")]
    [InlineData("/\u00e4%C3%A4", "/\u00e4\u00c3\u00a4")]
    [InlineData("/%0a%7f", "/\n\x7f")]
    [InlineData("/a?b", "/a")]
    [InlineData("/a#b", "/a")]
    [InlineData("/a/..?b", "/")]
    [InlineData("/a/.#b", "/a/")]
    [InlineData("?b", "/")]
    public void Path_is_normalised(string target, string path)
    {
        Assert.True(Normalise(target, true, out var actual, out _));
        Assert.Equal(path, actual);
    }

    [Theory]
    [InlineData("//a//", "//a//")]
    [InlineData("/a//../b", "/a/b")]
    [InlineData("//..", "/")]
    [InlineData("/a/..//b", "//b")]
    public void Slashes_are_kept_without_merging(string target, string path)
    {
        Assert.True(Normalise(target, false, out var actual, out _));
        Assert.Equal(path, actual);
    }

    [Theory]
    [InlineData("/..")]
    [InlineData("/../")]
    [InlineData("/a/../..")]
    [InlineData("/a/../../b")]
    [InlineData("//..")]
    [InlineData("/%2e%2e/")]
    [InlineData("/..?a")]
    [InlineData("/..#a")]
    [InlineData("/%")]
    [InlineData("/%4")]
    [InlineData("/%4?1")]
    [InlineData("/%4g")]
    [InlineData("/%g4")]
    [InlineData("/%%41")]
    [InlineData("/%00")]
    [InlineData("/a%00b")]
    public void Path_above_the_root_or_with_a_broken_escape_is_refused(string target) =>
        Assert.False(Normalise(target, true, out _, out _));

    [Theory]
    [InlineData("/a", false, "")]
    [InlineData("/a?", true, "")]
    [InlineData("/a?b=%41&c", true, "b=%41&c")]
    [InlineData("/a?b?c", true, "b?c")]
    [InlineData("/a?b#c?d", true, "b")]
    [InlineData("/a#b?c", false, "")]
    [InlineData("/%3f?b", true, "b")]
    public void Query_ends_at_a_fragment(string target, bool hasArgs, string args)
    {
        Assert.True(Normalise(target, true, out _, out var result));
        Assert.Equal(hasArgs, result.HasArgs);
        Assert.Equal(args, target.Substring(result.Args.Offset, result.Args.Length));
    }

    [Theory]
    [InlineData("/a/../b", false)]
    [InlineData("/%61", true)]
    [InlineData("/a?%61", false)]
    [InlineData("/a#%61", false)]
    public void Escapes_of_the_path_are_noted(string target, bool wasQuoted)
    {
        Assert.True(Normalise(target, true, out _, out var result));
        Assert.Equal(wasQuoted, result.WasQuoted);
    }

    static bool Normalise(
        string target, bool mergeSlashes, out string path, out NormalisedPath result)
    {
        var buffer = new byte[target.Length + 1];
        var isPath = UriPath.TryNormalise(Bytes(target), mergeSlashes, buffer, out result);
        path = Of(buffer.AsSpan(0, result.Length));
        return isPath;
    }
}
