namespace Sluice.Unit.Simulation;

/// <summary>Holds what the gateway logged against what clients and peers saw.</summary>
sealed class RunCheck
{
    static readonly int[] own = [101, 200, 400, 408, 413, 499, 500, 502, 503, 504];

    readonly Dictionary<int, Ask> asks;
    readonly Dictionary<int, long> receivedByPort;
    readonly Func<Ask, bool> isStrict;
    readonly List<LogLine> lines;
    readonly ILookup<int, LogLine> linesByAsk;

    internal RunCheck(
        Dictionary<int, Ask> asks, Dictionary<int, long> receivedByPort, string[] accessLines,
        Func<Ask, bool> isStrict)
    {
        this.asks = asks;
        this.receivedByPort = receivedByPort;
        this.isStrict = isStrict;
        lines = [.. accessLines.Select(LogLine.Parse)];
        linesByAsk = lines.ToLookup(line => IdOf(line.Request));
    }

    internal void Check()
    {
        foreach (var ask in asks.Values)
            Check(ask, [.. linesByAsk[ask.Id]]);
        // What never came whole has no number.
        Assert.All(linesByAsk[0], line => Assert.Contains(line.Status, new[] { 400, 408, 499 }));
        foreach (var connection in lines.GroupBy(line => line.ClientPort))
        {
            if (receivedByPort.TryGetValue(connection.Key, out long received))
                Assert.Equal(received, connection.Sum(line => line.BytesSent));
        }
    }

    void Check(Ask ask, LogLine[] logged)
    {
        Assert.True(logged.Length <= ask.SendsCount, $"logged too often: {ask}");
        Assert.True(logged.Length > 0 || ask.HeadsSeen == 0, $"not logged: {ask}");
        Assert.All(logged, line => Assert.True(
            line.Status == ask.Status || own.Contains(line.Status), $"{line}: {ask}"));
        if (ask.StatusSeen != 0)
        {
            Assert.True(
                logged.Any(line => line.Status == ask.StatusSeen),
                $"logged with another status: {ask}");
        }
        if (isStrict(ask))
            CheckStrictly(ask, logged);
    }

    /// <summary>Nothing has failed, so everything has come to pass as planned, once.</summary>
    static void CheckStrictly(Ask ask, LogLine[] logged)
    {
        if (ask.Outcome == Outcome.Unanswered)
        {
            Assert.True(ask.HeadsSeen == 0 && logged.Length == 0, $"served unseen: {ask}");
            return;
        }
        // An early answer may come before anybody knows how large the body is.
        bool isOwn = ask.IsSaid || ask.IsTooLarge;
        if (isOwn && ask is { IsEarly: true, Outcome: Outcome.Answered })
            return;
        Assert.True(
            ask.Outcome == (isOwn ? Outcome.Refused : Outcome.Answered), $"not answered: {ask}");
        Assert.True(logged.Length == 1, $"logged {logged.Length} times: {ask}");
        var line = logged[0];
        Assert.True(line.IsComplete, $"not complete: {line}");
        if (isOwn)
        {
            Assert.Equal(ask.IsTooLarge ? 413 : 200, ask.StatusSeen);
            return;
        }
        Assert.Equal(ask.IsAskedAgain ? 2 : 1, ask.HeadsSeen);
        if (ask.IsAskedAgain)
            return;
        if (ask.Talk is not null)
        {
            CheckTalk(ask, ask.Talk, line);
            return;
        }
        Assert.Equal($"{ask.PeerSentBytes}", line.UpstreamBytesReceived);
        if (ask.IsEarly)
            return;
        Assert.Equal(ask.SentBytes, line.RequestLength);
        Assert.Equal($"{ask.PeerReceivedBytes}", line.UpstreamBytesSent);
    }

    static void CheckTalk(Ask ask, Talk talk, LogLine line)
    {
        Assert.Equal(101, line.Status);
        Assert.Equal(ask.SentBytes, line.RequestLength);
        bool isPatient = talk.Farewell is Farewell.ClientLast or Farewell.PeerLast;
        // A side that is still sending when the other ends may be reset, and lose the rest.
        bool isUpWhole =
            isPatient || (talk.Farewell == Farewell.ClientFirst && talk.DownCount == 0);
        bool isDownWhole = isPatient || talk.Farewell == Farewell.PeerFirst;
        if (isUpWhole)
        {
            Assert.True(talk.Peer!.ReceivedCount == talk.UpCount, $"bytes lost upwards: {ask}");
            Assert.Equal($"{ask.PeerReceivedBytes + talk.UpCount}", line.UpstreamBytesSent);
        }
        if (isDownWhole && talk.Client!.Error == 0)
        {
            Assert.True(talk.Client!.ReceivedCount == talk.DownCount, $"bytes lost down: {ask}");
            Assert.Equal($"{ask.PeerSentBytes + talk.DownCount}", line.UpstreamBytesReceived);
        }
        if (isPatient)
        {
            Assert.Equal(0, talk.Client!.Error);
            Assert.Equal(0, talk.Peer!.Error);
        }
    }

    /// <summary>The number in a request line; 0 for one that never came whole.</summary>
    static int IdOf(string request)
    {
        string[] words = request.Split(' ');
        if (words.Length != 3 || !words[2].StartsWith("HTTP/1."))
            return 0;
        return int.TryParse(words[1][(words[1].LastIndexOf('/') + 1)..], out int id) ? id : 0;
    }
}
