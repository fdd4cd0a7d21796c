using System.Text;
using Sluice.Config.Model;
using Sluice.Net;
using Sluice.Proxy.Http1;
using Sluice.Proxy.Routing;
using Sluice.Proxy.Tunnel;
using Sluice.Proxy.Upstream;

namespace Sluice.Proxy.Client;

/// <summary>
/// Steps 3 and 4 of a location with proxy_pass: the body if it is to be read first, a peer and
/// the head of its answer, then the relay, or the tunnel.
/// </summary>
static class Proxying
{
    public static LoopTask<Verdict> RunAsync(Exchange x, ProxyPlan plan)
    {
        if (FindGroup(x, plan, out var status) is not { } group)
            return new(Verdict.Fail(status));
        if (x.Body.IsSpent && !x.Body.IsDropped
            && plan.Body is null && plan.Settings.PassRequestBody)
            return new(Verdict.Fail(502));
        return x.Body.State == BodyState.Reading && !x.Body.IsDropped
            ? ReadBodyAsync(x, plan, group)
            : ForwardAsync(x, plan, group);
    }

    static async LoopTask<Verdict> ReadBodyAsync(Exchange x, ProxyPlan plan, PeerGroup group)
    {
        var failed = ReadsBodyFirst(x, plan) ? await x.Body.ReadAllAsync(x)
            : x.Body.IsChunked || x.Body.HasArrived(x) ? x.Body.TakeArrived(x)
            : 0;
        return failed != 0 ? BodyFailed(x, failed) : await ForwardAsync(x, plan, group);
    }

    /// <summary>Nearly every request waits in here for its answer, and nowhere else.</summary>
    static async LoopTask<Verdict> ForwardAsync(Exchange x, ProxyPlan plan, PeerGroup group)
    {
        var forward = x.Worker.ForwardOf(x);
        forward.Begin(x, plan, group);
        UpstreamFailure failure;
        do
        {
            failure = forward.Start();                                 // 3
            if (failure == UpstreamFailure.None && forward.IsConnecting)
                failure = await forward.FinishConnectAsync();
            if (failure == UpstreamFailure.None)
                forward.SendHead();
            while (failure == UpstreamFailure.None)
            {
                if (!forward.IsRequestSent)
                    failure = await forward.PumpAsync();
                if (failure is UpstreamFailure.None or UpstreamFailure.Error)
                    failure = forward.ReadHead();
                if (forward.HasHead || failure != UpstreamFailure.None)
                    break;
                await x.Wakeup.NextAsync(forward.DueMs());
                failure = forward.CheckTime();
            }
        }
        while (failure != UpstreamFailure.None && forward.TryNext(failure));
        if (WithoutRelay(x, plan, forward, failure) is { } verdict)
            return verdict;
        await x.Worker.RelayOf(x).RunAsync(x, plan, forward);          // 4
        return Verdict.Done;
    }

    /// <summary>What is done without passing an answer on; null to pass it on.</summary>
    static Verdict? WithoutRelay(
        Exchange x, ProxyPlan plan, Forward forward, UpstreamFailure failure)
    {
        if (failure == UpstreamFailure.ClientBody)
            return BodyFailed(x, forward.FailureStatus);
        if (failure != UpstreamFailure.None)
            return Verdict.Fail(forward.FailureStatus);
        var status = x.UpstreamHead.Status;
        if (status == 101)
            return StartTunnel(x, plan, forward);
        if (!plan.Settings.InterceptErrors || status < 300 || !HasErrorPage(x))
            return null;
        if (status == 401)
            KeepChallenge(x);
        forward.Fail(PeerOutcome.Success);
        return Verdict.Fail(status);
    }

    /// <summary>
    /// HTTP/1.0 has no chunks: the length must be known before the head is sent. As in nginx a
    /// body is read also where it is not passed on.
    /// </summary>
    static bool ReadsBodyFirst(Exchange x, ProxyPlan plan) =>
        plan.Settings.RequestBuffering || (x.Body.IsChunked && !plan.IsHttp11);

    /// <summary>The client's body did not come, or not as it should: a status, or no answer.</summary>
    static Verdict BodyFailed(Exchange x, int status)
    {
        if (status == RequestBody.TimedOut)
            x.Location.Errors.ClientTimedOut(x, "reading client request body"u8);
        else if (status == RequestBody.ClientGone)
            x.Location.Errors.ClientLeft(x, default);
        else if (status == RequestBody.BadRequest)
            x.Location.Errors.InvalidChunkedBody(x);
        else if (status == RequestBody.TooLarge)
            x.Location.Errors.BodyTooLarge(x, x.Body.ReadBytes);
        x.KeepAlive = false;
        x.Body.Drop();
        if (status is not (RequestBody.TimedOut or RequestBody.ClientGone))
            return Verdict.Fail(status);
        x.Status = status == RequestBody.ClientGone ? 400 : status;
        return Verdict.Done;
    }

    /// <summary>Whatever answers for a 401 says what the peer asks for.</summary>
    static void KeepChallenge(Exchange x)
    {
        var start = x.Arena.Length;
        foreach (ref readonly var field in x.UpstreamHead.Fields)
        {
            if (field.Known == KnownHeader.WwwAuthenticate)
                x.Arena.AppendField("WWW-Authenticate"u8, field.Value(x.UpstreamBuffer));
        }
        x.Challenge = new ArenaRange(start, x.Arena.Length - start);
    }

    static bool HasErrorPage(Exchange x)
    {
        foreach (var page in x.Location.ErrorPages)
        {
            if (page.Config.Code == x.UpstreamHead.Status)
                return true;
        }
        return false;
    }

    /// <summary>The group of the URL; with variables the URL is read anew for each request.</summary>
    static PeerGroup? FindGroup(Exchange x, ProxyPlan plan, out int status)
    {
        status = 0;
        if (plan.Group is not null)
            return plan.Group;
        var start = x.Arena.Length;
        plan.Url.Append(x, x.Arena);
        var url = Encoding.Latin1.GetString(x.Arena.From(start));
        x.Arena.Truncate(start);
        const string Prefix = "http://";
        if (url.Length <= Prefix.Length
            || !url.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
        {
            x.Location.Errors.InvalidUrlPrefix(x, url);
            status = 500;
            return null;
        }
        var rest = url[Prefix.Length..];
        var uriStart = rest.StartsWith("unix:", StringComparison.OrdinalIgnoreCase)
            ? rest.IndexOf(':', "unix:".Length) + 1
            : rest.IndexOfAny(['/', '?']);
        var host = uriStart > 0 ? rest[..uriStart].TrimEnd(':') : rest;
        x.TargetHost = Encoding.Latin1.GetBytes(host);
        var uri = uriStart > 0 ? rest[uriStart..] : "";
        x.TargetUri = Encoding.Latin1.GetBytes(uri);
        if ((x.Snapshot.FindGroupByHost(host) ?? x.Worker.GroupOfAddress(host)) is { } group)
            return group;
        var parsed = HostUrl.Parse(rest, HostUrlUse.ProxyPass);
        status = parsed.Error is null ? 502 : 500;
        if (parsed.Error is { } error)
            x.Location.Errors.InvalidUrl(x, error, rest);
        else
            x.Location.Errors.NoResolver(x, parsed.Host);
        return null;
    }

    // ---- 101 ----

    /// <summary>
    /// A peer that switches protocols for a client that asked for it makes a tunnel: the head
    /// goes out, then both connections belong to the tunnel (nginx's WebSocket proxying).
    /// </summary>
    static Verdict StartTunnel(Exchange x, ProxyPlan plan, Forward forward)
    {
        if (!x.Head.HasUpgrade)
        {
            x.Location.Errors.UnwantedUpgrade(x);
            forward.Fail(PeerOutcome.Failure);
            return Verdict.Fail(502);
        }
        x.KeepAlive = false;
        ResponseHeadWriter.Write(x, plan, isChunked: false);
        x.Output.Send(x, x.At(x.SentHead));
        var connection = forward.Peer.Connection;
        var fromClient = x.HeadBuffer.AsSpan(x.BufferedStart, x.BufferedEnd - x.BufferedStart);
        var fromPeer = forward.Buffer.AsSpan(
            x.UpstreamHead.Consumed, forward.BufferedCount - x.UpstreamHead.Consumed);
        forward.Detach();
        var record = TunnelRecord.Of(x, fromPeer.Length);
        var tunnel = new Tunnel.Tunnel(x.Worker, x.Client, connection, record);
        x.BufferedStart = x.BufferedEnd;
        tunnel.Start(x.Output.TakeHeld(), fromClient, fromPeer);
        return Verdict.Tunnel;
    }
}
