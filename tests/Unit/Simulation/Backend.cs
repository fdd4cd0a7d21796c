using System.Text;
using Sluice.Net;

namespace Sluice.Unit.Simulation;

/// <summary>A peer of a run: answers as each request's plan says.</summary>
sealed class Backend(Run run, string address) : IAcceptHandler
{
    Listener? listener;

    internal string Address => address;

    internal List<BackendConnection> Connections { get; } = [];

    internal void Open() => listener ??= run.Gateway.Loop.Listen(
        Sluice.Net.Address.Parse(address), new(), this, out _);

    /// <summary>Killed: nobody listens, and what was open is reset.</summary>
    internal void Kill()
    {
        listener?.Close();
        listener = null;
        foreach (var connection in Connections.ToArray())
            connection.Close(reset: true);
    }

    public IConnectionHandler OnAccept(Listener listener, Connection connection)
    {
        var served = new BackendConnection(run, this);
        served.Attach(connection);
        Connections.Add(served);
        return served;
    }

    public void OnAcceptFailed(Listener listener, int error)
    {
    }
}

sealed class BackendConnection : Endpoint, IHttpSink
{
    readonly Run run;
    readonly Backend home;
    readonly HttpReader reader;
    readonly Alarm alarm;
    Ask? ask;
    TalkSide? talk;
    int bodyCount;

    /// <summary>After a misdeed nothing more is read as a request.</summary>
    bool isDone;

    internal BackendConnection(Run run, Backend home)
        : base(run.Gateway.Loop, run.Random)
    {
        this.run = run;
        this.home = home;
        reader = new(this);
        alarm = new(Loop, Answer);
        Pace = run.DrawPace();
    }

    internal override void Close(bool reset = false)
    {
        alarm.Cancel();
        talk?.Stop();
        isDone = true;
        home.Connections.Remove(this);
        base.Close(reset);
    }

    public (BodyForm Form, long Length) OnHead(string head)
    {
        var text = new HeadText(head);
        ask = run.AskOf(text.Word(1));
        bodyCount = 0;
        ask.HeadsSeen++;
        Assert.Equal(ask.Method, text.Word(0));
        Assert.Equal(ask.Id, text.Number("X-Ask"));
        Assert.Null(text["Expect"]);
        if (ask.Talk is not null && ask.HeadsSeen > ask.MisdeedTimes)
            return Switch(text);
        var body = text.Has("Transfer-Encoding", "chunked")
            ? (BodyForm.Chunked, 0)
            : text.Number("Content-Length") is >= 0 and var length
                ? (BodyForm.Length, length)
                : (BodyForm.None, 0);
        if (ask.RequestForm == BodyForm.None)
            Assert.Equal(BodyForm.None, body.Item1);
        if (body.Item1 == BodyForm.Length)
            Assert.Equal(ask.RequestLength, body.Item2);
        if (ask.HeadsSeen <= ask.MisdeedTimes)
            Misbehave(ask);
        else if (ask.IsEarly)
            Answer();
        return body;
    }

    public void OnBody(ReadOnlySpan<byte> bytes)
    {
        Marker.Check(ask!.RequestStream, bodyCount, bytes);
        bodyCount += bytes.Length;
    }

    public void OnMessageEnd(long bytes)
    {
        ask!.RequestsSeen++;
        ask.PeerReceivedBytes += bytes;
        if (talk is not null)
            return;
        Assert.Equal(ask.RequestLength, bodyCount);
        if (ask.HeadsSeen > ask.MisdeedTimes && !ask.IsEarly)
            alarm.Set(run.Random.Next(ask.DelayMs + 1));
    }

    protected override void OnBytes(ReadOnlySpan<byte> bytes)
    {
        if (isDone)
            return;
        int count = talk is null ? reader.Feed(bytes) : 0;
        if (talk is not null && count < bytes.Length)
            talk.OnBytes(bytes[count..]);
    }

    protected override void OnEnded(int error)
    {
        talk?.OnEnded(error);
        Close();
    }

    void Answer()
    {
        if (!IsOpen)
            return;
        byte[] head = Encoding.ASCII.GetBytes(ask!.AnswerHead());
        byte[] body = ask.AnswerBody(run.Random);
        ask.PeerSentBytes += head.Length + body.Length;
        Send([.. head, .. body]);
        if (ask.PeerCloses || ask.AnswerForm == BodyForm.UntilClose)
            End();
    }

    (BodyForm Form, long Length) Switch(HeadText text)
    {
        Assert.True(text.Has("Upgrade", "websocket"));
        Assert.True(text.Has("Connection", "upgrade"));
        var plan = ask!.Talk!;
        talk = new(
            this, plan, (ask.DownStream, plan.DownCount), (ask.UpStream, plan.UpCount),
            plan.DownEarlyCount);
        plan.Peer = talk;
        byte[] head = Encoding.ASCII.GetBytes(Http.Switching.Replace(
            "\r\n\r\n", $"\r\nX-Ask: {ask.Id}\r\n\r\n"));
        ask.PeerSentBytes += head.Length;
        Send([.. head, .. Marker.Bytes(ask.DownStream, 0, plan.DownEarlyCount)]);
        talk.Start();
        return (BodyForm.Switch, 0);
    }

    void Misbehave(Ask ask)
    {
        isDone = true;
        string head = ask.AnswerHead();
        switch (ask.Misdeed)
        {
            case Misdeed.CloseBeforeHead:
                Close();
                break;
            case Misdeed.ResetBeforeHead:
                Close(reset: true);
                break;
            case Misdeed.CloseWithinHead:
                Send(Encoding.ASCII.GetBytes(head[..(head.Length / 2)]));
                End();
                break;
            case Misdeed.SendGarbage:
                Send("garbage\r\n\r\n"u8);
                break;
            case Misdeed.SayBusy:
                Send("HTTP/1.1 503 Busy\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"u8);
                End();
                break;
            case Misdeed.CloseWithinBody or Misdeed.ResetWithinBody:
                byte[] body = ask.AnswerBody(run.Random);
                // A whole answer would be a good one, and its connection used again.
                if (body.Length == 0)
                    head = "";
                Send([.. Encoding.ASCII.GetBytes(head), .. body[..(body.Length / 2)]]);
                if (ask.Misdeed == Misdeed.CloseWithinBody)
                    End();
                else
                    Close(reset: true);
                break;
        }
    }
}
