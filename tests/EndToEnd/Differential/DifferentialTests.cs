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
        var found = group.Differences(name, loop);
        var accepted = AcceptedDifferences.For(name).ToList();
        var unlisted = found.Except(accepted).ToList();
        var gone = accepted.Except(found).ToList();
        Assert.True(
            unlisted.Count == 0,
            $"{name}: differs from nginx:\n{AcceptedDifferences.Draft(name, unlisted)}");
        Assert.True(
            gone.Count == 0,
            $"{name}: listed in accepted.json but no longer so:\n"
            + AcceptedDifferences.Draft(name, gone));
    }

    [Fact]
    public void Every_accepted_difference_names_a_case_and_a_reason()
    {
        var cases = CaseGroup.AllCases().ToHashSet();
        Assert.All(AcceptedDifferences.All, entry =>
        {
            Assert.Contains(entry.Case, cases);
            Assert.True(entry.Reason.Length > 20 && entry.Differences.Length > 0);
        });
    }
}
