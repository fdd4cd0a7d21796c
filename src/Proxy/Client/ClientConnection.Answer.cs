using Sluice.Config.Model;
using Sluice.Net;
using Sluice.Proxy.Http1;
using Sluice.Proxy.Routing;
using Sluice.Proxy.Static;

namespace Sluice.Proxy.Client;

/// <summary>Steps 2 to 4: the route, the upstream, and the answer.</summary>
sealed partial class ClientConnection
{
    /// <summary>The first verdict on a valid request.</summary>
    Verdict Route()
    {
        var x = exchange;
        x.Body.Begin(x.Head);
        var verdict = Phases.Begin(x);                                 // 2
        x.KeepAlive = MayKeepAlive(x);
        return verdict;
    }

    /// <summary>The first verdict on a head that is refused; nothing behind it is served.</summary>
    Verdict Refuse()
    {
        exchange.KeepAlive = false;
        TakePathOfLine();
        exchange.Location.Errors.RequestRejected(exchange);
        return Verdict.Fail(exchange.Head.Rejection.Status());
    }

    /// <summary>
    /// Does what verdicts ask for, one after the other, until one is the location's content or
    /// an end. Nothing here waits.
    /// </summary>
    static Verdict Follow(Exchange x, Verdict verdict)
    {
        while (true)
        {
            switch (verdict.Kind)
            {
                case VerdictKind.Status:
                    verdict = Fail(x, verdict.Status);
                    break;
                case VerdictKind.Text:
                    verdict = x.Body.IsSound(x)
                        ? Reply.Text(x, verdict.Status, verdict.Value!)
                        : Verdict.Fail(RequestBody.BadRequest);
                    break;
                case VerdictKind.Redirect:
                    Reply.Redirect(x, verdict.Status, verdict.Range);
                    return Verdict.Done;
                default:
                    return verdict;
            }
        }
    }

    static LoopTask<Verdict> ContentAsync(Exchange x) =>
        x.Location.TryFiles is null ? HandleAsync(x) : TryFilesAsync(x);

    static async LoopTask<Verdict> TryFilesAsync(Exchange x)
    {
        var redirects = x.InternalRedirects;
        var verdict = await Files.TryAsync(x);
        return verdict.Kind == VerdictKind.Content && x.InternalRedirects == redirects
            ? await HandleAsync(x)
            : verdict;
    }

    static LoopTask<Verdict> HandleAsync(Exchange x) =>
        x.Location.Proxy is { } plan ? Proxying.RunAsync(x, plan) : Files.ServeAsync(x);

    /// <summary>
    /// A status that stands for a failure: error_page may send it elsewhere, else its built-in
    /// page goes out.
    /// </summary>
    static Verdict Fail(Exchange x, int status)
    {
        if (status == 499)
        {
            x.Status = status;
            x.KeepAlive = false;
            return Verdict.Done;
        }
        if (ErrorPages.ClosesConnection(status))
            x.KeepAlive = false;
        x.ErrorPageStatus = 0;
        if (!x.IsErrorPage && ErrorPageOf(x, status) is { } page)
            return Enter(x, page, status);
        Reply.Page(x, status);
        return Verdict.Done;
    }

    static CompiledErrorPage? ErrorPageOf(Exchange x, int status)
    {
        foreach (var page in x.Location.ErrorPages)
        {
            if (page.Config.Code == status)
                return page;
        }
        return null;
    }

    /// <summary>error_page: a path, a named location, or a redirect to elsewhere.</summary>
    static Verdict Enter(Exchange x, CompiledErrorPage page, int status)
    {
        x.IsErrorPage = true;
        x.ErrorPageStatus = page.Config.Response ?? status;
        if (page.Config.IsNamed)
            return Phases.EnterNamed(x, page.Target.Constant);
        var start = x.Arena.Length;
        page.Target.Append(x, x.Arena);
        if (page.Config.Args.Length > 0)
        {
            x.Arena.Append((byte)'?');
            x.Arena.AppendLatin1(page.Config.Args);
        }
        var target = new ArenaRange(start, x.Arena.Length - start);
        if (target.Length > 0 && x.At(target)[0] == '/')
        {
            x.MethodIsGet = x.Head.Method != RequestMethod.Head;
            return Phases.RedirectInternally(x, target);
        }
        var redirect = x.ErrorPageStatus is 301 or 302 or 303 or 307 or 308
            ? x.ErrorPageStatus
            : 302;
        x.ErrorPageStatus = 0;
        return Verdict.RedirectTo(redirect, target);
    }

    /// <summary>Whether the client wants it and the configuration allows another request.</summary>
    bool MayKeepAlive(Exchange x)
    {
        var settings = x.Location.Config.Core;
        return x.Head.WantsKeepAlive
            && settings.KeepaliveTimeoutMs > 0
            && requestsCount < settings.KeepaliveRequests
            && worker.Loop.NowMs - openedMs < settings.KeepaliveTimeMs
            && !worker.IsDraining;
    }

    /// <summary>
    /// What becomes of the connection after the last verdict. Almost always everything is sent
    /// and read by now, and nobody has to wait.
    /// </summary>
    LoopTask<Ending> EndAsync(Verdict verdict)
    {
        var x = exchange;
        switch (verdict.Kind)
        {
            case VerdictKind.Tunnel:
                return new(Ending.Tunnel);
            case VerdictKind.Hangup:
                x.Status = verdict.Status;
                return new(Ending.Close);
            default:
                return x.KeepAlive && x.Output.IsDelivered && x.Body.Discard(x)
                    ? new(Ending.KeepAlive)
                    : SettleAsync(x);
        }
    }

    /// <summary>Delivers what is held, and disposes of the rest of the request's body.</summary>
    async LoopTask<Ending> SettleAsync(Exchange x)
    {
        if (!await x.Output.DrainAsync(x))
        {
            if (!x.IsClientTimedOut)
                return Ending.Close;
            x.Location.Errors.ClientTimedOut(x, "sending response to client"u8);
            return x.Location.Config.Core.ResetTimedoutConnection ? Ending.Reset : Ending.Close;
        }
        var isBodyRead = x.Body.Discard(x) || (x.KeepAlive && await DiscardBodyAsync(x));
        if (x.KeepAlive && isBodyRead)
            return Ending.KeepAlive;
        return x.Location.Config.Core.LingeringClose switch
        {
            LingeringClose.Always => Ending.Linger,
            LingeringClose.On when !isBodyRead || IsMoreComing(x) => Ending.Linger,
            _ => Ending.Close,
        };
    }

    /// <summary>The client goes on sending, or may: behind a refused head nobody knows.</summary>
    bool IsMoreComing(Exchange x) =>
        x.BufferedEnd > x.BufferedStart
        || connection.CanRead
        || x.Head.Rejection != RequestRejection.None;

    /// <summary>The answer is out, the body not read: the next request begins behind it.</summary>
    async LoopTask<bool> DiscardBodyAsync(Exchange x)
    {
        var settings = x.Location.Config.Core;
        var endMs = worker.Loop.NowMs + settings.LingeringTimeMs;
        while (!x.Body.Discard(x))
        {
            if (x.Body.IsFailed || worker.Loop.NowMs >= endMs)
                return false;
            if (connection.CanRead)
                connection.Yield();
            await wakeup.NextAsync(
                Math.Min(endMs, worker.Loop.NowMs + settings.LingeringTimeoutMs));
            if (wakeup.IsTimedOut)
                return false;
        }
        return true;
    }
}
