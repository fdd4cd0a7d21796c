using Sluice.EndToEnd.CommandLine;
using Sluice.EndToEnd.Servers;

namespace Sluice.EndToEnd.Differential;

public class DifferentialTests
{
    /// <summary>Every case on every loop.</summary>
    public static TheoryData<string, ProxyKind> Cases()
    {
        var data = new TheoryData<string, ProxyKind>();
        foreach (var name in CaseGroup.AllCases())
            foreach (var loop in new[] { ProxyKind.Epoll, ProxyKind.Sockets })
                data.Add(name, loop);
        return data;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Sluice_does_what_nginx_does(string name, ProxyKind loop)
    {
        var group = await CaseGroup.RunOf(name);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{group.Claim(name)}\nnginx:\n{Description.Of(group.Of(ProxyKind.Nginx, name))}"
            + $"{loop}:\n{Description.Of(group.Of(loop, name))}");
        Assert.Equal("", group.Of(ProxyKind.Nginx, name).Failure);
        AcceptedDifferences.Verify(name, group.Differences(name, loop));
    }

    [Fact]
    public void Every_accepted_difference_names_a_case_and_a_reason()
    {
        var cases = CaseGroup.AllCases()
            .Concat(CommandCase.All().Select(name => "command-line/" + name)).ToHashSet();
        Assert.All(AcceptedDifferences.All, entry =>
        {
            Assert.Contains(entry.Case, cases);
            Assert.True(entry.Reason.Length > 20 && entry.Differences.Length > 0);
        });
    }
}
