using System.Collections.Concurrent;

namespace Sluice.EndToEnd.SocketIO.Golden;

/// <summary>The same steps for the official server and for Sluice.SocketIO.</summary>
public class SocketIOGoldenTests(GoldenFixture fixture) : IClassFixture<GoldenFixture>
{
    public static TheoryData<string> Cases => [.. GoldenCase.All()];

    [Theory, MemberData(nameof(Cases))]
    public async Task The_official_server_does_the_steps_of(string name)
    {
        var transcript = await fixture.OfficialAsync(name);
        var text = string.Join('\n', transcript.Parts.SelectMany(
            part => part.Value.Select(line => $"{part.Key}: {line}")));
        TestContext.Current.TestOutputHelper?.WriteLine(text);
        Assert.DoesNotContain("nothing like", text, StringComparison.Ordinal);
        Assert.DoesNotContain("no answer", text, StringComparison.Ordinal);
        Assert.DoesNotContain("not closed", text, StringComparison.Ordinal);
        Assert.DoesNotContain("never logged", text, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Cases))]
    public async Task Sluice_does_as_the_official_server_in(string name)
    {
        var official = await fixture.OfficialAsync(name);
        var golden = GoldenCase.Load(name);
        var sluice = await GoldenRun.OfAsync(golden, await SluiceServer.StartAsync(golden.Variant));
        AcceptedGolden.Verify(name, AcceptedGolden.Differences(name, official, sluice));
    }

    [Fact]
    public void Every_accepted_difference_names_a_case_and_a_reason()
    {
        var cases = GoldenCase.All().ToHashSet();
        Assert.All(AcceptedGolden.All, entry =>
        {
            Assert.Contains(entry.Case, cases);
            Assert.True(entry.Reason.Length > 20);
        });
    }
}

/// <summary>The official servers, and what each did in its case.</summary>
public sealed class GoldenFixture : IAsyncDisposable
{
    readonly OfficialServers official = new();
    readonly ConcurrentDictionary<string, Task<Transcript>> transcripts = [];

    internal Task<Transcript> OfficialAsync(string name) => transcripts.GetOrAdd(name, RunAsync);

    public ValueTask DisposeAsync() => official.DisposeAsync();

    async Task<Transcript> RunAsync(string name)
    {
        var golden = GoldenCase.Load(name);
        return await GoldenRun.OfAsync(golden, await official.StartAsync(golden.Variant));
    }
}
