using Sluice.Config.Model;
using Sluice.Net;
using Sluice.Proxy.Http1;

namespace Sluice.Proxy.Upstream;

/// <summary>
/// Asks the peers of a group, one after the other, until one has sent the head of an answer:
///   start → send the head → read the head → next peer, or done.
/// These are steps: who takes them waits between them, because every method that waits costs its
/// state machine in every request. Reused from exchange to exchange. Source: ngx_http_upstream.c.
/// </summary>
sealed class Forward(Worker worker)
{
    readonly PeerSelection selection = new();
    readonly BodySender body = new();
    Exchange x = null!;
    ProxyPlan plan = null!;
    PeerGroup group = null!;
    HeldBytes unsent;
    long startMs;
    long tryStartMs;
    long sentMs;
    long receivedMs;
    bool isSent;
    bool hasSelected;

    /// <summary>The connection whose answer began; the relay or the tunnel takes it over.</summary>
    public UpstreamConnection Peer { get; private set; } = null!;

    /// <summary>What was read of the answer: the head, and what came behind it.</summary>
    public byte[] Buffer { get; private set; } = [];

    public int BufferedCount { get; private set; }

    public PeerSelection Selection => selection;

    public PeerGroup Group => group;

    public BodySender Body => body;

    /// <summary>The status that answers the client after a failure.</summary>
    public int FailureStatus { get; private set; }

    /// <summary>The head of the answer was read: it is the exchange's UpstreamHead.</summary>
    public bool HasHead { get; private set; }

    public bool IsConnecting => Peer.Connection.State == ConnectionState.Connecting;

    /// <summary>Begins with an exchange; the steps below follow.</summary>
    public void Begin(Exchange exchange, ProxyPlan by, PeerGroup to)
    {
        x = exchange;
        plan = by;
        group = to;
        startMs = worker.Loop.NowMs;
        hasSelected = false;
        selection.Start(group, plan.Settings.NextUpstreamTries);
        x.UpstreamTarget = UpstreamUri.Make(x, plan);
    }

    /// <summary>Chooses a peer and has a connection to it, which may not be open yet.</summary>
    public UpstreamFailure Start()
    {
        HasHead = false;
        return Select() ? Connect() : UpstreamFailure.NoLivePeers;
    }

    bool Select()
    {
        ref var attempt = ref x.AddTry(isAfterRedirect: x.TryCount > 0 && !hasSelected);
        hasSelected = true;
        tryStartMs = worker.Loop.NowMs;
        isSent = false;
        Span<byte> address = stackalloc byte[16];
        var client = x.Client.RemoteAddress;
        address = client.IsUnix ? [] : address[..client.WriteBinary(address)];
        var key = plan.BalancerKey(x, group);
        var isChosen = selection.TryNext(
            new SelectionInput
            {
                NowSeconds = worker.Loop.NowMs / 1000,
                Random = worker.Random,
                ClientAddress = address,
                Key = key,
            },
            out var peer);
        attempt.Peer = peer;
        attempt.Name = peer?.Name ?? group.Name;
        if (!isChosen)
            x.Location.Errors.NoLiveUpstreams(x);
        return isChosen;
    }

    public async LoopTask<UpstreamFailure> FinishConnectAsync()
    {
        while (Peer.Connection.State == ConnectionState.Connecting)
        {
            await x.Wakeup.NextAsync(tryStartMs + plan.Settings.ConnectTimeoutMs);
            if (x.Wakeup.IsTimedOut)
                return UpstreamFailure.Timeout;
            if (IsClientGone())
                return UpstreamFailure.ClientGone;
            if (Peer.Connection.State == ConnectionState.Connecting && !Peer.Connection.CanRead)
                continue;
            if (Peer.Connection.State != ConnectionState.Open)
                return ConnectFailed(Peer.Connection.Read(worker.Loop.Scratch));
        }
        return UpstreamFailure.None;
    }

    UpstreamFailure Connect()
    {
        var reused = worker.IdleOf(group).Take(selection.Current!.State);
        if (reused is not null)
        {
            Peer = reused;
            Peer.Connection.Handler = x.Wakeup;
            return UpstreamFailure.None;
        }
        var address = selection.Current.Address;
        var connection = worker.Loop.Connect(
            address, plan.ConnectOptions(x), x.Wakeup, out var error);
        if (connection is null)
        {
            Peer = null!;
            return ConnectFailed(error);
        }
        Peer = new UpstreamConnection(selection.Current.State)
        {
            Connection = connection,
            OpenedMs = worker.Loop.NowMs,
        };
        return UpstreamFailure.None;
    }

    public void SendHead()
    {
        sentMs = receivedMs = worker.Loop.NowMs;
        x.LastTry.ConnectMs = sentMs - tryStartMs;
        Peer.RequestsCount++;
        isSent = true;
        var head = worker.Text;
        head.Clear();
        RequestHeadWriter.Write(x, plan, head);
        body.Begin(x, plan);
        Send(head.Written);
    }

    /// <summary>Writes to the peer and keeps what it does not take.</summary>
    void Send(ReadOnlySpan<byte> bytes)
    {
        var taken = Peer.Connection.Write(bytes);
        if (taken < 0)
            taken = 0; // A broken connection shows when its answer is read.
        x.LastTry.BytesSent += taken;
        unsent.Add(bytes[taken..], worker.Buffers);
    }

    /// <summary>
    /// Not before there is something to read: what waits for its answer holds no buffer and no
    /// head, and the next one to read gets those used last, which the cache still has.
    /// </summary>
    void RentBuffer()
    {
        Buffer = worker.Buffers.Rent(plan.Settings.BufferSize);
        x.UpstreamBuffer = Buffer;
        x.UpstreamHead = worker.RentHead();
    }

    /// <summary>Moves the head's rest and the body towards the peer.</summary>
    public async LoopTask<UpstreamFailure> PumpAsync()
    {
        var connection = Peer.Connection;
        while (!unsent.IsEmpty)
        {
            var taken = connection.CanWrite ? connection.Write(unsent.Span) : IoResult.Again;
            if (taken == IoResult.Again)
                return UpstreamFailure.None;
            if (taken < 0)
                return UpstreamFailure.Error;
            sentMs = worker.Loop.NowMs;
            x.LastTry.BytesSent += taken;
            unsent.Remove(taken, worker.Buffers);
        }
        if (body.IsDone)
            return UpstreamFailure.None;
        var moved = x.LastTry.BytesSent + x.RequestBytes;
        var state = await body.PumpAsync(x, connection);
        // An event without progress is no reason to wait longer.
        if (x.LastTry.BytesSent + x.RequestBytes != moved)
            sentMs = worker.Loop.NowMs;
        FailureStatus = body.FailureStatus;
        return state;
    }

    /// <summary>
    /// Reads what there is of the answer's head; that the client has left is a failure too.
    /// </summary>
    public UpstreamFailure ReadHead()
    {
        while (Peer.Connection.CanRead)
        {
            if (Buffer.Length == 0)
                RentBuffer();
            var count = Peer.Connection.Read(Buffer.AsSpan(BufferedCount));
            if (count == IoResult.Again)
                break;
            if (count <= 0)
                return PeerClosed(count);
            receivedMs = worker.Loop.NowMs;
            BufferedCount += count;
            x.LastTry.BytesReceived += count;
            var failure = ParseHead();
            if (HasHead || failure != UpstreamFailure.None)
                return failure;
        }
        x.Output.Flush(x); // The rest of an interim head.
        return IsClientGone() ? UpstreamFailure.ClientGone : UpstreamFailure.None;
    }

    UpstreamFailure ParseHead()
    {
        while (true)
        {
            var head = x.UpstreamHead;
            var status = head.Parse(Buffer.AsSpan(0, BufferedCount), plan.Settings.BufferSize);
            if (status == HeadStatus.NeedMore)
                return UpstreamFailure.None;
            if (status == HeadStatus.Rejected)
            {
                x.Location.Errors.UpstreamRejected(x);
                return UpstreamFailure.InvalidHeader;
            }
            if (!head.IsInterim)
                break;
            PassInterim(head);
        }
        x.LastTry.HeaderMs = worker.Loop.NowMs - tryStartMs;
        x.LastTry.Status = x.UpstreamHead.Status;
        HasHead = true;
        return IsNextWanted(x.UpstreamHead.Status) ? UpstreamFailure.Status : UpstreamFailure.None;
    }

    /// <summary>
    /// 1xx heads come before the answer: 100 was already said by the gateway itself, the others
    /// are the client's, if it speaks HTTP/1.1 (RFC 9110, section 15.2).
    /// </summary>
    void PassInterim(ResponseHead head)
    {
        if (head.Status != 100 && x.IsHttp11)
            x.Output.SendInterim(x, Buffer.AsSpan(0, head.Consumed));
        BufferedCount -= head.Consumed;
        Buffer.AsSpan(head.Consumed, BufferedCount).CopyTo(Buffer);
        head.Reset();
    }

    bool IsNextWanted(int status)
    {
        var condition = UpstreamFailures.OfStatus(status);
        return condition != NextUpstream.Off
            && (plan.Settings.NextUpstream & condition) != 0
            && MayTryAnother(condition)
            && selection.TriesLeft > 1;
    }

    /// <summary>Goes on sending the request, also while the answer is already coming.</summary>
    public LoopTask<UpstreamFailure> PumpBodyAsync() =>
        IsRequestSent ? new LoopTask<UpstreamFailure>(UpstreamFailure.None) : PumpAsync();

    /// <summary>Head and body are with the peer, so its connection can carry another request.</summary>
    public bool IsRequestSent => unsent.IsEmpty && body.IsDone;

    // ---- failures ----

    /// <summary>Counts the failure, and says whether another peer is asked.</summary>
    public bool TryNext(UpstreamFailure failure)
    {
        FailureStatus = failure.ClientStatus(
            failure == UpstreamFailure.ClientBody ? FailureStatus : x.LastTry.Status);
        x.LastTry.ResponseMs = worker.Loop.NowMs - tryStartMs;
        if (failure == UpstreamFailure.NoLivePeers)
        {
            x.LastTry.Status = 502;
            return false;
        }
        var wasReused = Peer is { IsReused: true };
        var condition = failure.Condition(x.LastTry.Status);
        var wasRequestSent = IsRequestSent;
        // Before Abandon: the body's sender forgets what cannot be sent again.
        var mayTry = condition != NextUpstream.Off && MayTryAnother(condition);
        Abandon();
        var isPeersFault = failure is UpstreamFailure.Error or UpstreamFailure.Timeout
            or UpstreamFailure.InvalidHeader
            || (failure == UpstreamFailure.Status && x.LastTry.Status is not (403 or 404));
        if (selection.Free(
                isPeersFault ? PeerOutcome.Failure : PeerOutcome.Success, worker.Loop.NowMs / 1000))
            x.Location.Errors.UpstreamDisabled(x, wasRequestSent);
        x.LastTry.Peer = null;
        if (failure == UpstreamFailure.Timeout)
            x.Location.Errors.UpstreamTimedOut(x, wasRequestSent);
        if (x.LastTry.Status == 0 && failure is not UpstreamFailure.ClientGone)
            x.LastTry.Status = FailureStatus;
        if (wasReused && failure == UpstreamFailure.Error)
            selection.GrantTry();
        return mayTry && selection.TriesLeft > 0;
    }

    bool MayTryAnother(NextUpstream condition)
    {
        var settings = plan.Settings;
        if (isSent
            && x.Head.Method is RequestMethod.Post or RequestMethod.Lock or RequestMethod.Patch)
            condition |= NextUpstream.NonIdempotent;
        if ((settings.NextUpstream & condition) != condition)
            return false;
        if (isSent && body.HasTakenUnbuffered)
            return false;
        return settings.NextUpstreamTimeoutMs == 0
            || worker.Loop.NowMs - startMs < settings.NextUpstreamTimeoutMs;
    }

    UpstreamFailure ConnectFailed(int error)
    {
        x.Location.Errors.ConnectFailed(x, error);
        return UpstreamFailure.Error;
    }

    UpstreamFailure PeerClosed(int error)
    {
        // A pooled connection that ends before a byte was idle too long: no news of the peer,
        // unless the client gets to feel it.
        if (!Peer.IsReused || BufferedCount > 0 || !MayTryAnother(NextUpstream.Error))
            x.Location.Errors.UpstreamClosed(x, error);
        return UpstreamFailure.Error;
    }

    /// <summary>After a wait: what took too long, if anything did.</summary>
    public UpstreamFailure CheckTime() =>
        x.Wakeup.IsTimedOut && DueMs() <= worker.Loop.NowMs
            ? WhatTimedOut()
            : UpstreamFailure.None;

    UpstreamFailure WhatTimedOut() => !IsRequestSent && IsWaitingForClient
        ? ClientBodyTimedOut()
        : UpstreamFailure.Timeout;

    UpstreamFailure ClientBodyTimedOut()
    {
        FailureStatus = RequestBody.TimedOut;
        return UpstreamFailure.ClientBody;
    }

    /// <summary>
    /// Each direction has its own clock: a peer that sends but takes nothing is given up.
    /// </summary>
    public long DueMs()
    {
        if (IsRequestSent)
            return Math.Max(sentMs, receivedMs) + plan.Settings.ReadTimeoutMs;
        return sentMs + (IsWaitingForClient
            ? x.Location.Config.Core.ClientBodyTimeoutMs
            : plan.Settings.SendTimeoutMs);
    }

    bool IsWaitingForClient => unsent.IsEmpty && body.IsWaitingForClient;

    bool IsClientGone()
    {
        if (!x.IsClientGone(plan.Settings.IgnoreClientAbort))
            return false;
        x.Location.Errors.ClientLeftUpstream(x);
        return true;
    }

    // ---- the end ----

    /// <summary>
    /// The answer was read to its end: the connection goes to the pool if it may, the peer is
    /// free again.
    /// </summary>
    public void Complete(bool mayKeep)
    {
        x.LastTry.ResponseMs = worker.Loop.NowMs - tryStartMs;
        var config = group.Config;
        var nowMs = worker.Loop.NowMs;
        if (mayKeep
            && config.Keepalive > 0
            && Peer.RequestsCount < config.KeepaliveRequests
            && nowMs - Peer.OpenedMs < config.KeepaliveTimeMs
            && !worker.IsDraining
            && IsSilent(Peer.Connection))
            worker.IdleOf(group).Put(Peer, config.Keepalive, nowMs + config.KeepaliveTimeoutMs);
        else
            Peer.Close();
        Free(PeerOutcome.Success);
    }

    /// <summary>
    /// Nothing lies unread behind the answer: it would be taken for the next one, and nobody
    /// would be told of it (a connection that can be read makes no events).
    /// </summary>
    bool IsSilent(Connection connection) =>
        connection is { State: ConnectionState.Open, IsPeerGone: false }
        && (!connection.CanRead || connection.Read(worker.Loop.Scratch) == IoResult.Again);

    /// <summary>The answer broke off.</summary>
    public void Fail(PeerOutcome outcome)
    {
        x.LastTry.ResponseMs = worker.Loop.NowMs - tryStartMs;
        Peer.Close();
        Free(outcome);
    }

    /// <summary>A defect ended the exchange: its peer must not stay counted, nor connected.</summary>
    public void Abort()
    {
        if (selection.Current is null)
            return;
        Peer?.Close();
        selection.Free(PeerOutcome.Success, worker.Loop.NowMs / 1000);
    }

    /// <summary>The connection belongs to a tunnel now, which releases the peer at its end.</summary>
    public void Detach()
    {
        selection.MarkLive();
        selection.Detach();
        Peer.Detach();
    }

    /// <summary>Gives every buffer back, after the exchange was logged. Idempotent.</summary>
    public void Release()
    {
        unsent.Drop(worker.Buffers);
        body.Reset(worker.Buffers);
        ReturnBuffer();
        Peer = null!;
    }

    void Free(PeerOutcome outcome)
    {
        if (selection.Free(outcome, worker.Loop.NowMs / 1000))
            x.Location.Errors.UpstreamDisabled(x, isRequestSent: true);
    }

    void Abandon()
    {
        Peer?.Close();
        Release();
    }

    void ReturnBuffer()
    {
        if (Buffer.Length == 0)
            return;
        worker.Buffers.Return(Buffer);
        worker.Return(x.UpstreamHead);
        Buffer = [];
        BufferedCount = 0;
        x.UpstreamBuffer = null;
        x.UpstreamHead = ResponseHead.None;
    }
}
