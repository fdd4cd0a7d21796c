using System.Globalization;
using Sluice.EndToEnd.SocketIO.Golden;

namespace Sluice.EndToEnd.SocketIO.Hostile;

/// <summary>
/// The same sessions that break rules with the official server and with Sluice.SocketIO: what the
/// client gets, how the transport ends, and which reason the server's sockets are told.
/// SLUICE_HOSTILE_SESSIONS and SLUICE_HOSTILE_SEED choose how many and which.
/// </summary>
public sealed class SocketIOHostileTests
{
    const int FailuresMax = 5;

    [Fact]
    public async Task Sessions_that_break_rules_end_as_those_of_the_official_server()
    {
        var first = Setting("SLUICE_HOSTILE_SEED", 1);
        var count = Setting("SLUICE_HOSTILE_SESSIONS", 300);
        await using var officials = new OfficialServers();
        var servers = new Dictionary<string, (LastingServer Official, LastingServer Sluice)>();
        foreach (var variant in (string[])["main", "eio3"])
            servers[variant] = (new(await officials.StartAsync(variant)),
                new(await SluiceServer.StartAsync(variant)));
        var failures = new List<string>();
        for (var number = first; number < first + count && failures.Count < FailuresMax; number++)
        {
            var session = HostileSession.Of(number);
            var (official, sluice) = servers[session.Variant];
            // What hangs on chance, such as two packets in one segment, is not so twice.
            if ((await PlayAsync(session, official, sluice)).Count > 0)
                failures.AddRange(await PlayAsync(session, official, sluice));
        }

        foreach (var (official, sluice) in servers.Values)
        {
            await official.EndAsync();
            await sluice.EndAsync();
        }

        Assert.True(failures.Count == 0, string.Join('\n', failures));
    }

    /// <summary>The differences that nobody has accepted.</summary>
    static async Task<List<string>> PlayAsync(
        GoldenCase session, LastingServer official, LastingServer sluice)
    {
        var transcripts = await Task.WhenAll(
            GoldenRun.OfAsync(session, official.Begin()),
            GoldenRun.OfAsync(session, sluice.Begin()));
        foreach (var transcript in transcripts)
            ForgetOrder(transcript);
        return [.. AcceptedGolden.Differences(session.Name, transcripts[0], transcripts[1])
            .Where(difference => AcceptedHostile.ReasonFor(difference, session) is null)
            .Select(difference => Describe(difference, session))];
    }

    /// <summary>
    /// The answer to a CONNECT takes Node.js a moment, and the next packet's may come before it;
    /// and a session that is refused may be in the log before the end of another.
    /// </summary>
    static void ForgetOrder(Transcript transcript)
    {
        foreach (var part in (string[])["ws", "log"])
            if (transcript.Parts.TryGetValue(part, out var lines))
                lines.Sort(StringComparer.Ordinal);
    }

    static string Describe(AcceptedGolden.Difference difference, GoldenCase session) =>
        $"{session.Name}\n{string.Join('\n', session.Steps)}\n---- {difference.Part}, official:\n"
        + $"{difference.Official}\n---- {difference.Part}, Sluice:\n{difference.Sluice}\n";

    static int Setting(string name, int otherwise) =>
        Environment.GetEnvironmentVariable(name) is { } text
            ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;

    /// <summary>A server for one session after the other: each sees the log from its begin.</summary>
    sealed class LastingServer(IGoldenServer server) : IGoldenServer
    {
        int begun;

        public int Port => server.Port;

        public IReadOnlyList<string> Log => [.. server.Log.Skip(begun)];

        public LastingServer Begin()
        {
            begun = server.Log.Count;
            return this;
        }

        public Task SettleAsync() => server.SettleAsync();

        public Task StopAsync() => server.SettleAsync();

        public Task EndAsync() => server.StopAsync();
    }
}
