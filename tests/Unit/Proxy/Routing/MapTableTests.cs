using Sluice.Proxy.Matching;
using static Sluice.Unit.Proxy.Routing.Make;

namespace Sluice.Unit.Proxy.Routing;

public class MapTableTests
{
    [Theory]
    [InlineData("a", "1")]
    [InlineData("A", "1")]
    [InlineData("", "empty")]
    [InlineData("b", "default")]
    [InlineData("a.", "default")]
    public void Values_are_compared_without_regard_to_case(string value, string expected) =>
        Assert.Equal(expected, Find(new(Map([("a", "1"), ("", "empty")])), value));

    [Fact]
    public void Bytes_above_127_have_no_case()
    {
        var table = new MapTable(Map([("\u00E9", "1")]));
        Assert.Equal("1", Find(table, "\u00E9"));
        Assert.Equal("default", Find(table, "\u00C9"));
    }

    [Theory]
    [InlineData("example.com", "whole")]
    [InlineData("www.Example.com", "front")]
    [InlineData("example.com.", "whole")]
    [InlineData("example.org", "end")]
    [InlineData("example.", "default")]
    public void Hostnames_have_wildcards_and_lose_their_final_dot(string value, string expected)
    {
        var map = Map(
            [("example.com", "whole")], [(".example.com", "front")], [("example.", "end")],
            hostnames: true);
        Assert.Equal(expected, Find(new(map), value));
    }

    [Theory]
    [InlineData("Upgrade", "first")]
    [InlineData("upgrade", "second")]
    [InlineData("x", "value")]
    [InlineData("y", "default")]
    [InlineData("", "default")]
    public void Expressions_come_after_values_and_see_the_case(string value, string expected)
    {
        var map = Map(
            [("x", "value")],
            regexes:
            [
                (Pattern("^U"), "first"), (Pattern("^u", ignoreCase: true), "second"),
                (Pattern("^$|x"), "never"),
            ]);
        Assert.Equal(expected, Find(new(map), value));
    }

    [Fact]
    public void Captures_of_an_expression_are_reported()
    {
        var heard = new HeardCaptures();
        var map = new MapTable(Map([], regexes: [(Pattern("^/(\\w+)/"), "x")]));
        map.Find("/Room/7"u8, heard);
        Assert.Equal(["^/(\\w+)/|/Room/|Room"], heard.Matches);
    }

    [Fact]
    public void Long_values_are_looked_for()
    {
        var text = new string('A', 3_000);
        var table = new MapTable(Map(
            [(text.ToLowerInvariant(), "long")], regexes: [(Pattern("^A+B$"), "expression")]));
        Assert.Equal("long", Find(table, text));
        Assert.Equal("expression", Find(table, text + "B"));
    }

    [Fact]
    public void The_first_template_is_the_default() =>
        Assert.Equal("default", new MapTable(Map([("a", "1")])).Templates[0].Source);

    static string Find(MapTable table, string value) =>
        table.Templates[table.Find(Bytes(value), NoCaptures.Instance)].Source;
}
