using System.Text.RegularExpressions;
using Sluice.Config.Model;
using Sluice.Config.Syntax;
using Sluice.Proxy.Routing.Locations;
using Sluice.Proxy.Matching;
using static Sluice.Unit.Proxy.Routing.Make;

namespace Sluice.Unit.Proxy.Routing;

public class LocationTreeTests
{
    [Theory]
    [InlineData("/", "/")]
    [InlineData("/a", "/")]
    [InlineData("/api", "/api")]
    [InlineData("/apix", "/api")]
    [InlineData("/api/", "/api/")]
    [InlineData("/api/v1", "/api/")]
    [InlineData("/api/v2/x", "/api/v2/")]
    [InlineData("/API/", "/")]
    public void The_longest_prefix_is_chosen(string uri, string expected) =>
        Assert.Equal(
            expected,
            Find(uri, Prefix("/"), Prefix("/api"), Prefix("/api/"), Prefix("/api/v2/")));

    [Fact]
    public void Nothing_is_found_where_no_prefix_fits() =>
        Assert.Equal("", Find("/b", Prefix("/a"), Exact("/"), Regex("^/c")));

    [Theory]
    [InlineData("/x", "= /x")]
    [InlineData("/x/", "/x")]
    [InlineData("/", "= /")]
    [InlineData("/y", "/")]
    public void An_exact_location_serves_its_name_alone(string uri, string expected) =>
        Assert.Equal(expected, Find(uri, Prefix("/"), Exact("/"), Exact("/x"), Prefix("/x")));

    [Fact]
    public void An_expression_is_better_than_a_prefix() =>
        Assert.Equal("~ \\.js$", Find("/a/x.js", Prefix("/a/"), Regex("\\.js$")));

    [Fact]
    public void The_first_expression_that_matches_is_chosen() =>
        Assert.Equal("~ x", Find("/ax.js", Regex("y"), Regex("x"), Regex("\\.js$")));

    [Fact]
    public void Expressions_have_case_unless_told_otherwise()
    {
        Assert.Equal("", Find("/X.JS", Regex("\\.js$")));
        Assert.Equal("~* \\.js$", Find("/X.JS", RegexIgnoreCase("\\.js$")));
    }

    [Fact]
    public void A_strong_prefix_keeps_expressions_away() =>
        Assert.Equal("^~ /a/", Find("/a/x.js", Strong("/a/"), Regex("\\.js$")));

    [Fact]
    public void A_strong_prefix_that_is_not_the_longest_is_a_prefix_like_others() =>
        Assert.Equal(
            "~ \\.js$",
            Find("/a/b/x.js", Strong("/a/"), Prefix("/a/b/"), Regex("\\.js$")));

    [Fact]
    public void An_exact_location_keeps_expressions_away() =>
        Assert.Equal("= /x.js", Find("/x.js", Exact("/x.js"), Regex("\\.js$")));

    [Fact]
    public void Nested_expressions_come_before_those_outside()
    {
        var inner = Regex("\\.js$");
        var outer = Regex("x");
        Assert.Equal("~ \\.js$", Find("/a/x.js", Prefix("/a/", inner), outer));
        Assert.Equal("~ x", Find("/a/x.css", Prefix("/a/", inner), outer));
    }

    [Fact]
    public void A_nested_prefix_still_yields_to_an_outer_expression() =>
        Assert.Equal("~ x", Find("/a/b/x", Prefix("/a/", Prefix("/a/b/")), Regex("x")));

    [Fact]
    public void A_nested_strong_prefix_does_not_keep_outer_expressions_away() =>
        Assert.Equal("~ x", Find("/a/b/x", Prefix("/a/", Strong("/a/b/")), Regex("x")));

    [Fact]
    public void An_outer_strong_prefix_lets_nested_expressions_match() =>
        Assert.Equal("~ x", Find("/a/x", Strong("/a/", Regex("x")), Regex("/a")));

    [Fact]
    public void Locations_nest_in_expressions() =>
        Assert.Equal("~ y", Find("/x/y", Regex("x", Regex("y")), Regex("/x/y")));

    [Theory]
    [InlineData("/chat", "301 /chat/")]
    [InlineData("/chat/", "/chat/")]
    [InlineData("/chatx", "/")]
    [InlineData("/cha", "/")]
    public void The_name_without_its_slash_is_redirected(string uri, string expected) =>
        Assert.Equal(expected, Find(uri, Prefix("/"), Proxied("/chat/")));

    [Fact]
    public void The_redirect_comes_before_expressions_and_shorter_prefixes() =>
        Assert.Equal("301 /chat/", Find("/chat", Proxied("/chat/"), Regex("chat"), Prefix("/ch")));

    [Fact]
    public void A_location_of_the_name_itself_suppresses_the_redirect()
    {
        Assert.Equal("= /chat", Find("/chat", Proxied("/chat/"), Exact("/chat")));
        Assert.Equal("/chat", Find("/chat", Proxied("/chat/"), Prefix("/chat")));
    }

    [Fact]
    public void Names_between_the_uri_and_its_slash_do_not_hide_the_redirect() =>
        Assert.Equal(
            "301 /a/",
            Find("/a", Prefix("/a-b"), Prefix("/a.b"), Proxied("/a/"), Prefix("/a!")));

    [Fact]
    public void A_location_that_does_not_proxy_does_not_redirect() =>
        Assert.Equal("/", Find("/chat", Prefix("/"), Prefix("/chat/")));

    [Fact]
    public void An_exact_name_with_a_slash_redirects_as_well()
    {
        var exact = Location(LocationMatch.Exact, "/chat/", [], autoRedirect: true);
        Assert.Equal("301 = /chat/", Find("/chat", Prefix("/"), exact));
    }

    [Fact]
    public void Below_an_expression_a_missing_slash_does_not_redirect() =>
        Assert.Equal("/chat/", Find("/chat", Regex("ch", Proxied("/chat/"))));

    [Fact]
    public void A_nested_redirect_ends_the_search() =>
        Assert.Equal("301 /a/b/", Find("/a/b", Prefix("/a", Proxied("/a/b/")), Regex("b")));

    [Fact]
    public void Bytes_above_127_are_compared_as_they_are()
    {
        Assert.Equal("/\u00E9", Find("/\u00E9t\u00E9", Prefix("/\u00E9"), Prefix("/")));
        Assert.Equal("/", Find("/\u00C9", Prefix("/\u00E9"), Prefix("/")));
        Assert.Equal("~ ^/.$", Find("/\u00FF", Regex("^/.$")));
    }

    [Fact]
    public void Each_expression_that_matches_reports_its_groups()
    {
        var tree = new LocationTree(
            [Prefix("/", Regex("no")), Regex("^/(\\w+)/(z)?", Regex("(?<end>.)$"))]);
        var heard = new HeardCaptures();
        tree.Find(Bytes("/api/x"), heard);
        Assert.Equal(["^/(\\w+)/(z)?|/api/|api|-", "(?<end>.)$|x|x"], heard.Matches);
    }

    [Fact]
    public void Long_uris_match_expressions_too()
    {
        var uri = "/" + new string('a', 5_000) + ".js";
        Assert.Equal("~ ^/(a+)\\.js$", Find(uri, Regex("^/(a+)\\.js$")));
    }

    [Fact]
    public void A_compiled_expression_finds_what_the_interpreted_one_found()
    {
        var tree = new LocationTree([Prefix("/a", Regex("^/a/(\\d+)$")), Regex("(x)|(y)")]);
        var heard = new HeardCaptures();
        tree.Find("/a/17"u8, heard);
        tree.Find("/y"u8, heard);
        tree.CompileExpressions();
        tree.Find("/a/17"u8, heard);
        tree.Find("/y"u8, heard);
        Assert.Equal(["^/a/(\\d+)$|/a/17|17", "(x)|(y)|y|-|y"], heard.Matches[..2]);
        Assert.Equal(heard.Matches[..2], heard.Matches[2..]);
    }

    [Fact]
    public void An_expression_that_takes_too_long_fails_the_search()
    {
        var slow = new Pattern("^(a+)+$", new Regex(
            "^/(a+)+$", RegexOptions.None, TimeSpan.FromMilliseconds(50)));
        var tree = new LocationTree([Prefix("/"), new LocationConfig
        {
            Match = LocationMatch.Regex,
            Name = slow.Source,
            Pattern = slow,
            Core = Prefix("/").Core,
            Proxy = Prefix("/").Proxy,
            Position = Prefix("/").Position,
        }]);
        var uri = Bytes("/" + new string('a', 40) + "!");
        Assert.True(tree.Find(uri, NoCaptures.Instance).IsFailed);
        Assert.False(tree.Find("/b"u8, NoCaptures.Instance).IsFailed);
    }

    [Fact]
    public void A_search_that_captures_nothing_allocates_nothing()
    {
        var tree = new LocationTree(
            [
                Prefix("/"), Proxied("/chat/"), Exact("/x"), Regex("\\.js$"),
                RegexIgnoreCase("png|gif"),
            ]);
        Assert.Equal(0, Allocations.Of(FindAll));

        void FindAll()
        {
            tree.Find("/chat/room"u8, NoCaptures.Instance);
            tree.Find("/chat/room.js"u8, NoCaptures.Instance);
            tree.Find("/x"u8, NoCaptures.Instance);
        }
    }

    /// <summary>The location as one writes it, "301 " before it for a redirect; "" for none.</summary>
    static string Find(string uri, params LocationConfig[] locations)
    {
        var found = new LocationTree(locations).Find(Bytes(uri), NoCaptures.Instance);
        if (found.Location is not { } location)
            return "";
        var modifier = location.Match switch
        {
            LocationMatch.Exact => "= ",
            LocationMatch.PrefixNoRegex => "^~ ",
            LocationMatch.Regex => "~ ",
            LocationMatch.RegexIgnoreCase => "~* ",
            _ => "",
        };
        return (found.IsRedirect ? "301 " : "") + modifier + location.Name;
    }
}
