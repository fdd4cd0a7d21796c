namespace Sluice.Unit.Simulation;

/// <summary>How a conversation through a tunnel ends.</summary>
enum Farewell
{
    /// <summary>The client ends when it has sent and got everything.</summary>
    ClientLast,
    PeerLast,

    /// <summary>The client ends when it has sent everything, whatever is still coming.</summary>
    ClientFirst,
    PeerFirst,
    ClientResets,
    PeerResets,

    /// <summary>Nobody ends: a timeout does, or a stop.</summary>
    Nobody,
}

/// <summary>What is said through a tunnel, in both directions at once.</summary>
sealed class Talk
{
    internal required int UpCount { get; init; }
    internal required int DownCount { get; init; }

    /// <summary>Of those, how many come with the handshake.</summary>
    internal int UpEarlyCount { get; init; }
    internal int DownEarlyCount { get; init; }
    internal int PieceBytes { get; init; } = 1000;
    internal int PauseMs { get; init; }
    internal Farewell Farewell { get; init; }

    internal TalkSide? Client { get; set; }
    internal TalkSide? Peer { get; set; }

    public override string ToString() =>
        $"talk {Farewell}, up {Peer?.ReceivedCount}/{UpCount} error {Peer?.Error}, "
        + $"down {Client?.ReceivedCount}/{DownCount} error {Client?.Error}";
}

/// <summary>One side of a conversation: sends its stream in pieces, and checks the other's.</summary>
sealed class TalkSide
{
    readonly Endpoint line;
    readonly Talk talk;
    readonly long sends;
    readonly long receives;
    readonly int sendCount;
    readonly int receiveCount;
    readonly Alarm alarm;
    int givenCount;

    internal TalkSide(
        Endpoint line, Talk talk, (long Stream, int Count) sends, (long Stream, int Count) receives,
        int earlyCount)
    {
        this.line = line;
        this.talk = talk;
        (this.sends, sendCount) = sends;
        (this.receives, receiveCount) = receives;
        givenCount = earlyCount;
        alarm = new(line.Loop, Next);
    }

    internal int ReceivedCount { get; private set; }

    internal bool IsEnded { get; private set; }

    /// <summary>Why the line failed, as -errno; 0 when it ended in order.</summary>
    internal int Error { get; private set; }

    bool IsClient => talk.Client == this;

    bool HasSaidAll => givenCount == sendCount && line.UnsentCount == 0;

    internal void Start() => alarm.Set(line.Random.Next(talk.PauseMs + 1));

    internal void OnBytes(ReadOnlySpan<byte> bytes)
    {
        Marker.Check(receives, ReceivedCount, bytes);
        ReceivedCount += bytes.Length;
        Assert.True(ReceivedCount <= receiveCount, "more came than was sent");
        SayFarewell();
    }

    internal void OnEnded(int error)
    {
        IsEnded = true;
        Error = error;
        alarm.Cancel();
    }

    internal void Stop() => alarm.Cancel();

    void Next()
    {
        if (!line.IsOpen || IsEnded)
            return;
        if (givenCount < sendCount && line.UnsentCount == 0)
        {
            int most = Math.Min(sendCount - givenCount, talk.PieceBytes);
            int count = 1 + line.Random.Next(most);
            line.Send(Marker.Bytes(sends, givenCount, count));
            givenCount += count;
        }
        SayFarewell();
        if (line.IsOpen && !IsEnded && (!HasSaidAll || IsResetting))
            alarm.Set(1 + line.Random.Next(talk.PauseMs + 1));
    }

    bool IsResetting => talk.Farewell == (IsClient ? Farewell.ClientResets : Farewell.PeerResets);

    void SayFarewell()
    {
        if (IsResetting)
        {
            if (line.Random.Next(8) == 0)
                line.Abandon(reset: line.Random.Next(2) == 0);
            return;
        }
        bool isFirst = talk.Farewell == (IsClient ? Farewell.ClientFirst : Farewell.PeerFirst);
        bool isLast = talk.Farewell == (IsClient ? Farewell.ClientLast : Farewell.PeerLast);
        if (HasSaidAll && (isFirst || (isLast && ReceivedCount == receiveCount)))
            line.End();
    }
}
