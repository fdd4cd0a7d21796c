using System.Text;
using Sluice.Net;

namespace Sluice.Unit.Simulation;

/// <summary>What a client does besides asking.</summary>
enum Mood
{
    Polite,
    Closes,
    Resets,
    EndsItsDirection,
    StopsReading,
    StopsSending,
}

/// <summary>
/// A client of a run: asks one request after the other, some of them ahead, over as many
/// connections as it takes, and checks every answer.
/// </summary>
sealed class Visitor : Endpoint, IHttpSink
{
    const int TriesMax = 3;

    readonly Run run;
    readonly string front;
    readonly LinkedList<Ask> todo;
    readonly List<Ask> asked = [];
    readonly Alarm alarm;
    readonly Alarm moodAlarm;
    HttpReader reader = null!;
    TalkSide? talk;
    byte[]? heldBody;
    int answerCount;
    bool isOwn;
    bool isLastOfConnection;
    bool hasStopped;
    int port;
    long receivedBefore;

    internal Visitor(Run run, string front, IEnumerable<Ask> asks)
        : base(run.Gateway.Loop, run.Random)
    {
        this.run = run;
        this.front = front;
        Asks = [.. asks];
        todo = new(Asks);
        alarm = new(Loop, Step);
        moodAlarm = new(Loop, ActOnMood);
        Pace = run.DrawPace();
    }

    internal List<Ask> Asks { get; }

    /// <summary>Requests that may be under way at once.</summary>
    internal int Depth { get; init; } = 1;
    internal int PauseMs { get; init; }
    internal Mood Mood { get; init; }
    internal int MoodMs { get; init; }

    internal bool IsDone { get; private set; }

    internal void Start(int afterMs)
    {
        alarm.Set(afterMs);
        if (Mood != Mood.Polite)
            moodAlarm.Set(afterMs + MoodMs);
    }

    /// <summary>Goes away, whatever is under way.</summary>
    internal void Leave(bool reset = false)
    {
        Settle(Outcome.Left);
        foreach (var ask in todo)
            ask.Outcome = Outcome.Left;
        todo.Clear();
        IsDone = true;
        moodAlarm.Cancel();
        Close(reset);
    }

    internal override void Close(bool reset = false)
    {
        alarm.Cancel();
        talk?.Stop();
        talk = null;
        base.Close(reset);
    }

    internal override void Abandon(bool reset)
    {
        Settle(Outcome.Left);
        Close(reset);
        alarm.Set(run.Random.Next(PauseMs + 1));
    }

    // ---- asking ----

    void Step()
    {
        if (IsDone || hasStopped || talk is not null)
            return;
        if (asked.Count == 0 && todo.Count == 0)
        {
            Finish();
            return;
        }
        if (Line is null or { State: ConnectionState.Closed })
            Connect();
        while (MayAsk())
            Ask();
    }

    /// <summary>Also while it connects: what is asked then is sent as soon as it can be.</summary>
    bool MayAsk() =>
        Line is { State: not ConnectionState.Closed }
        && !IsEnded
        && !isLastOfConnection
        && todo.First is { } next
        && asked.Count < Depth
        && heldBody is null
        && (next.Value.Talk is null || asked.Count == 0)
        && talk is null;

    void Connect()
    {
        reader = new(this);
        isLastOfConnection = false;
        answerCount = 0;
        receivedBefore = ReceivedCount;
        var line = Loop.Connect(Address.Parse(front), ConnectOptions.Default, this, out int error);
        if (line is null)
        {
            OnUnreachable(error);
            return;
        }
        Attach(line);
        port = line.LocalAddress.Port;
    }

    void Ask()
    {
        var ask = todo.First!.Value;
        todo.RemoveFirst();
        asked.Add(ask);
        ask.SendsCount++;
        ask.StatusSeen = 0;
        byte[] head = Encoding.ASCII.GetBytes(ask.RequestHead());
        byte[] body = ask.RequestBody(run.Random);
        ask.SentBytes = head.Length + body.Length;
        isLastOfConnection |= ask.AsksClose || ask.Talk is not null;
        if (ask.IsExpecting && body.Length > 0)
        {
            heldBody = body;
            Send(head);
            return;
        }
        byte[] early = Marker.Bytes(ask.UpStream, 0, ask.Talk?.UpEarlyCount ?? 0);
        Send([.. head, .. body, .. early]);
    }

    void SendHeldBody()
    {
        byte[]? body = heldBody;
        heldBody = null;
        if (body is not null && IsOpen)
            Send(body);
    }

    // ---- answers ----

    public (BodyForm Form, long Length) OnHead(string head)
    {
        Assert.True(asked.Count > 0, "an answer to nothing");
        var text = new HeadText(head);
        int status = int.Parse(text.Word(1));
        var ask = asked[0];
        if (status is >= 100 and < 200 and not 101)
        {
            Assert.False(ask.IsHttp10);
            if (status == 100)
                SendHeldBody();
            return (BodyForm.Interim, 0);
        }
        isOwn = text["X-Ask"] is not null;
        if (isOwn)
            Assert.Equal(ask.Id, text.Number("X-Ask"));
        ask.StatusSeen = status;
        ask.AnswerBytesSeen = 0;
        isLastOfConnection |= text.Has("Connection", "close");
        if (status == 101)
        {
            Assert.True(isOwn && ask.Talk is not null);
            return (BodyForm.Switch, 0);
        }
        if (isOwn)
            Assert.Equal(ask.Status, status);
        if (ask.Method == "HEAD" || status is 204 or 304)
            return (BodyForm.None, 0);
        if (text.Has("Transfer-Encoding", "chunked"))
            return (BodyForm.Chunked, 0);
        int length = text.Number("Content-Length");
        return length >= 0 ? (BodyForm.Length, length) : (BodyForm.UntilClose, 0);
    }

    public void OnBody(ReadOnlySpan<byte> bytes)
    {
        var ask = asked[0];
        if (isOwn)
            Marker.Check(ask.AnswerStream, ask.AnswerBytesSeen, bytes);
        ask.AnswerBytesSeen += bytes.Length;
    }

    public void OnMessageEnd(long bytes)
    {
        var ask = asked[0];
        if (ask.Talk is { } plan && ask.StatusSeen == 101)
        {
            talk = new(
                this, plan, (ask.UpStream, plan.UpCount), (ask.DownStream, plan.DownCount),
                plan.UpEarlyCount);
            plan.Client = talk;
            talk.Start();
            return;
        }
        asked.RemoveAt(0);
        // Of several only the last one waits with its body.
        if (asked.Count == 0)
            SendHeldBody();
        answerCount++;
        ask.Outcome = isOwn ? Outcome.Answered : Outcome.Refused;
        int whole = ask.IsAnswerless ? 0 : ask.AnswerLength;
        if (isOwn && ask.MayEndUnnoticed && ask.AnswerBytesSeen < whole)
            ask.Outcome = Outcome.Broken;
        else if (isOwn)
            Assert.Equal(whole, ask.AnswerBytesSeen);
        // Nobody is told to close behind a handshake that failed, but what came with it is no HTTP.
        if (ask.Talk is not null)
        {
            reader.Stop();
            Close();
        }
        if (asked.Count == 0)
            alarm.Set(run.Random.Next(PauseMs + 1));
        else
            Step();
    }

    protected override void OnBytes(ReadOnlySpan<byte> bytes)
    {
        int count = talk is null ? reader.Feed(bytes) : 0;
        if (count < bytes.Length)
            talk?.OnBytes(bytes[count..]);
    }

    protected override void OnEnded(int error)
    {
        if (Line!.State == ConnectionState.Connecting)
        {
            OnUnreachable(error);
            return;
        }
        talk?.OnEnded(error);
        bool isInOrder = error == 0 && (talk is not null || reader.End());
        if (isInOrder && !hasStopped)
            run.CountConnection(port, ReceivedCount - receivedBefore);
        if (talk is not null)
        {
            asked[0].Outcome = Outcome.Answered;
            asked.RemoveAt(0);
        }
        talk = null;
        GiveBack(error);
        Close();
        if (hasStopped)
            Leave();
        else
            alarm.Set(run.Random.Next(PauseMs + 1));
    }

    /// <summary>
    /// The connection is gone: what was not answered is asked again on another one, a few times.
    /// </summary>
    void GiveBack(int error)
    {
        heldBody = null;
        for (int i = asked.Count - 1; i >= 0; i--)
        {
            var ask = asked[i];
            bool isBegun = i == 0 && !reader.IsBetween;
            bool isShed = answerCount > 0 || i > 0;
            run.OnDropped(ask, isBegun, isShed, error);
            if (isBegun)
                ask.Outcome = Outcome.Broken;
            else if (ask.SendsCount >= TriesMax || run.IsEnding)
                ask.Outcome = Outcome.Unanswered;
            else
                todo.AddFirst(ask);
        }
        asked.Clear();
    }

    void OnUnreachable(int error)
    {
        run.OnUnreachable(front, error);
        Settle(Outcome.Unanswered);
        foreach (var ask in todo)
            ask.Outcome = Outcome.Unanswered;
        todo.Clear();
        Close();
        alarm.Set(1);
    }

    // ---- leaving ----

    void Finish()
    {
        IsDone = true;
        moodAlarm.Cancel();
        if (IsOpen && !IsEnded)
            run.CountConnection(port, ReceivedCount - receivedBefore);
        Close();
    }

    void Settle(Outcome outcome)
    {
        foreach (var ask in asked)
            ask.Outcome = outcome;
        asked.Clear();
    }

    void ActOnMood()
    {
        switch (Mood)
        {
            case Mood.Closes:
                Leave();
                break;
            case Mood.Resets:
                Leave(reset: true);
                break;
            case Mood.EndsItsDirection:
                hasStopped = true;
                End();
                break;
            case Mood.StopsReading:
                IsReading = false;
                break;
            case Mood.StopsSending:
                hasStopped = true;
                Pace = new(WriteBytes: 1, WritePauseMs: int.MaxValue);
                break;
        }
    }
}
