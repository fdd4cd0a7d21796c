using Sluice.Proxy.Http1;
using Sluice.Proxy.Variables;

namespace Sluice.Proxy.Routing;

/// <summary>
/// nginx's phases from the URI to the content, as far as they decide: server, server's steps,
/// location, its steps. They change the exchange's place and say what is to be done.
/// Source: ngx_http_core_module.c, and nginx's page "How nginx processes a request".
/// </summary>
static class Phases
{
    /// <summary>A request from outside: reads its URI, finds its server, then its location.</summary>
    public static Verdict Begin(Exchange x)
    {
        x.SetPathFromHead();
        x.MethodIsGet = x.Head.Method == RequestMethod.Get;
        x.IsUriUnchanged = true;
        x.Server = FindServer(x);
        x.Location = x.Server.Root;
        var verdict = RunSteps(x);
        return verdict.Kind == VerdictKind.Content ? FindLocation(x) : verdict;
    }

    /// <summary>
    /// An internal redirect to a path with or without arguments: the text in the arena is
    /// "path?args".
    /// </summary>
    public static Verdict RedirectInternally(Exchange x, ArenaRange target)
    {
        if (++x.InternalRedirects > Limits.InternalRedirects)
        {
            x.Location.Errors.RedirectionCycle(x);
            return Verdict.Fail(500);
        }
        var text = x.At(target);
        var question = text.IndexOf((byte)'?');
        x.Path.Clear();
        x.Path.Append(question < 0 ? text : text[..question]);
        x.Args.Clear();
        if (question >= 0)
            x.Args.Append(text[(question + 1)..]);
        x.IsUriUnchanged = false;
        x.IsInternal = true;
        x.Location = x.Server.Root;
        x.CaptureCount = 0;
        var verdict = RunSteps(x);
        return verdict.Kind == VerdictKind.Content ? FindLocation(x) : verdict;
    }

    /// <summary>An internal redirect to a named location: the URI stays as it is.</summary>
    public static Verdict EnterNamed(Exchange x, string name)
    {
        if (++x.InternalRedirects > Limits.InternalRedirects)
        {
            x.Location.Errors.RedirectionCycle(x);
            return Verdict.Fail(500);
        }
        if (!x.Server.Named.TryGetValue(name, out var location))
        {
            x.Location.Errors.UnknownNamedLocation(x, name);
            return Verdict.Fail(500);
        }
        x.IsInternal = true;
        x.Location = location;
        return RunSteps(x);
    }

    static Verdict FindLocation(Exchange x)
    {
        var match = x.Server.Locations.Find(x.Path.Written, x);
        if (match.IsFailed)
            return Verdict.Fail(500);
        if (match.Location is { } config)
            x.Location = x.Snapshot.LocationOf(config);
        if (x.Location.Config.Internal && !x.IsInternal)
            return Verdict.Fail(404);
        if (IsBodyTooLarge(x))
        {
            x.Location.Errors.BodyTooLarge(x, x.Head.ContentLength);
            x.Body.Drop();
            return Verdict.Fail(413);
        }
        if (match.IsRedirect)
            return RedirectToSlash(x);
        // Where the server's level answers, its steps have run already, as in nginx.
        return x.Location == x.Server.Root ? Verdict.Content : RunSteps(x);
    }

    static bool IsBodyTooLarge(Exchange x)
    {
        var most = x.Location.Config.Core.ClientMaxBodySize;
        return most > 0 && x.Head.ContentLength > most && !x.Body.IsDropped;
    }

    /// <summary>/chat is answered with /chat/ when only that is proxied (nginx's auto_redirect).</summary>
    static Verdict RedirectToSlash(Exchange x)
    {
        var start = x.Arena.Length;
        var name = x.Location.NameBytes.Span;
        var room = x.Arena.Reserve(UriEscape.EscapedLength(name, EscapeUse.Uri));
        x.Arena.Advance(UriEscape.Escape(name, EscapeUse.Uri, room));
        if (x.Args.Length > 0)
        {
            x.Arena.Append((byte)'?');
            x.Arena.Append(x.Args.Written);
        }
        return Verdict.RedirectTo(301, new ArenaRange(start, x.Arena.Length - start));
    }

    /// <summary>set and return of the location, in order.</summary>
    static Verdict RunSteps(Exchange x)
    {
        foreach (var step in x.Location.Steps)
        {
            if (step.Variable is null)
                return Return(step.ReturnCode, step.Text);
            step.Variable.Set(x, step.Text!);
        }
        return Verdict.Content;
    }

    /// <summary>
    /// return: a text, an empty one included, goes out as it is; a failure without a text has an
    /// error page, unless it is one of those that nginx hangs up for.
    /// </summary>
    static Verdict Return(int code, CompiledText? text)
    {
        if (text is not null)
            return new Verdict(VerdictKind.Text, code, text);
        return code switch
        {
            408 or 444 or 499 => Verdict.Hangup(code),
            < 400 => new Verdict(VerdictKind.Text, code, CompiledText.Empty),
            _ => Verdict.Fail(code),
        };
    }

    static Server FindServer(Exchange x)
    {
        var config = x.Listen.Names.Find(x.Head.HostName, x);
        return config is null ? x.Listen.DefaultServer : x.Snapshot.ServerOf(config);
    }
}
