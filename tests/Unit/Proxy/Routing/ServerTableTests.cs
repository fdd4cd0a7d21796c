using Sluice.Proxy.Matching;
using Sluice.Proxy.Routing.Servers;
using static Sluice.Unit.Proxy.Routing.Make;

namespace Sluice.Unit.Proxy.Routing;

public class ServerTableTests
{
    static readonly ServerTable Table = new(Listen(
        [Server("example.com"), Server("www.example.com"), Server("")],
        leading:
        [
            (".example.com", Server("*.example.com")),
            (".deep.example.com", Server("*.deep.example.com")),
        ],
        trailing:
        [
            ("www.", Server("www.*")),
            ("www.example.", Server("www.example.*")),
        ],
        regexes:
        [
            ("^(?<user>\\w+)\\.users\\.(net|org)$", Server("~users")),
            ("^www", Server("~www")),
            ("\\d", Server("~digit")),
        ]));

    [Theory]
    [InlineData("example.com", "example.com")]
    [InlineData("www.example.com", "www.example.com")]
    [InlineData("", "")]
    public void A_whole_name_comes_first(string host, string expected) =>
        Assert.Equal(expected, Find(host));

    [Theory]
    [InlineData("a.example.com", "*.example.com")]
    [InlineData("a.b.example.com", "*.example.com")]
    [InlineData("a.deep.example.com", "*.deep.example.com")]
    [InlineData("deep.example.com", "*.example.com")]
    [InlineData(".example.com", "*.example.com")]
    [InlineData("badexample.com", null)]
    public void The_longest_wildcard_in_front_comes_next(string host, string? expected) =>
        Assert.Equal(expected, Find(host));

    [Theory]
    [InlineData("www.example.org", "www.example.*")]
    [InlineData("www.example.co.uk", "www.example.*")]
    [InlineData("www.other.org", "www.*")]
    [InlineData("wwww.other.org", "~www")]
    [InlineData("www.example", "www.*")]
    public void The_longest_wildcard_at_the_end_comes_next(string host, string? expected) =>
        Assert.Equal(expected, Find(host));

    [Theory]
    [InlineData("www", "~www")]
    [InlineData("www2", "~www")]
    [InlineData("host2", "~digit")]
    [InlineData("host", null)]
    public void The_first_expression_that_matches_comes_last(string host, string? expected) =>
        Assert.Equal(expected, Find(host));

    [Fact]
    public void A_wildcard_at_the_end_comes_after_one_in_front() =>
        Assert.Equal("*.example.com", Find("www.x.example.com"));

    [Fact]
    public void Captures_of_an_expression_are_reported()
    {
        var heard = new HeardCaptures();
        Table.Find("joe.users.org"u8, heard);
        var heardPattern = Assert.Single(heard.Matches);
        Assert.StartsWith("^(?<user>", heardPattern, StringComparison.Ordinal);
        Assert.Contains("joe", heardPattern.Split('|')[^2..]);
    }

    [Fact]
    public void Hosts_longer_than_any_name_are_looked_for()
    {
        var label = new string('a', 2_000);
        Assert.Equal("*.example.com", Find(label + ".example.com"));
        Assert.Equal("~digit", Find(label + "1"));
    }

    [Fact]
    public void A_search_allocates_nothing()
    {
        // What an expression allocates when it is first asked belongs to no search.
        Find("a.b.example.com");
        Find("www.other.example");
        Find("nobody");
        Assert.Equal(0, Allocations.Of(() =>
        {
            Table.Find("a.b.example.com"u8, NoCaptures.Instance);
            Table.Find("www.other.example"u8, NoCaptures.Instance);
            Table.Find("nobody"u8, NoCaptures.Instance);
        }));
    }

    [Fact]
    public void Every_name_of_a_large_table_is_found_and_no_other()
    {
        var servers = Enumerable.Range(0, 5_000)
            .Select(i => Server($"host-{i}.example.net")).ToArray();
        var table = new ServerTable(Listen(servers));
        foreach (var server in servers)
            Assert.Same(server, table.Find(Bytes(server.FirstName), NoCaptures.Instance));
        Assert.Null(table.Find("host-5000.example.net"u8, NoCaptures.Instance));
        Assert.Null(table.Find("host-1.example.ne"u8, NoCaptures.Instance));
    }

    static string? Find(string host) =>
        Table.Find(Bytes(host), NoCaptures.Instance)?.FirstName;
}
