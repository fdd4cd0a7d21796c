using Sluice.Config.Syntax;

namespace Sluice.Unit.Config;

public class GlobPatternTests
{
    [Theory]
    [InlineData("*", "a", true)]
    [InlineData("*", ".a", false)]
    [InlineData(".*", ".a", true)]
    [InlineData("*.conf", "a.conf", true)]
    [InlineData("*.conf", "a.conf.bak", false)]
    [InlineData("*.conf", ".conf", false)]
    [InlineData("a?c", "abc", true)]
    [InlineData("a?c", "ac", false)]
    [InlineData("[ab]1", "b1", true)]
    [InlineData("[ab]1", "c1", false)]
    [InlineData("[a-c]1", "b1", true)]
    [InlineData("[!a-c]1", "b1", false)]
    [InlineData("[!a-c]1", "d1", true)]
    [InlineData("[^a]1", "b1", true)]
    [InlineData("[]]", "]", true)]
    [InlineData("[a", "[a", true)]
    [InlineData("\\*", "*", true)]
    [InlineData("\\*", "a", false)]
    [InlineData("a*b*c", "aXbYbc", true)]
    [InlineData("a*b*c", "aXbY", false)]
    [InlineData("**", "ab", true)]
    [InlineData("a", "a", true)]
    [InlineData("a", "b", false)]
    public void A_name_matches_as_in_glob(string pattern, string name, bool matches) =>
        Assert.Equal(matches, GlobPattern.IsMatch(pattern, name));

    [Fact]
    public void Paths_come_in_the_order_of_their_bytes()
    {
        Dictionary<string, string[]> tree = new()
        {
            ["/etc/"] = ["b", "a", "C", ".d"],
            ["/etc/a/"] = ["2.conf", "10.conf", "x"],
            ["/etc/C/"] = ["1.conf"],
        };
        var paths = GlobPattern.Expand("/etc/*/*.conf",
            directory => tree.GetValueOrDefault(directory, []));
        Assert.Equal(["/etc/C/1.conf", "/etc/a/10.conf", "/etc/a/2.conf"], paths);
    }

    [Fact]
    public void What_comes_before_the_first_wildcard_is_not_listed()
    {
        var listed = new List<string>();
        GlobPattern.Expand("/a/b/*.conf", directory =>
        {
            listed.Add(directory);
            return [];
        });
        Assert.Equal(["/a/b/"], listed);
    }
}
