using System.Text;
using Sluice.Net;
using Sluice.Proxy.Http1;
using Sluice.Proxy.Routing;

namespace Sluice.Proxy.Static;

/// <summary>
/// Answers from files: try_files, index, and the file that root and URI name. Source:
/// ngx_http_static_module.c, ngx_http_index_module.c, ngx_http_try_files_module.c.
/// </summary>
static class Files
{
    /// <summary>
    /// try_files: the first path that exists becomes the URI and the location goes on with it;
    /// otherwise the last argument decides.
    /// </summary>
    public static async LoopTask<Verdict> TryAsync(Exchange x)
    {
        var tries = x.Location.TryFiles!;
        for (var i = 0; i < tries.Paths.Length; i++)
        {
            var start = x.Arena.Length;
            tries.Paths[i].Append(x, x.Arena);
            var range = new ArenaRange(start, x.Arena.Length - start);
            var look = new FileWork(x.Wakeup, PathOf(x, x.At(range)), opens: false);
            await look.RunAsync(x.Worker);
            var wanted = tries.Config.Files[i].IsDirectory ? FileKind.Directory : FileKind.File;
            if (look.Kind != wanted)
                continue;
            x.Path.Clear();
            // A directory's path is taken without the slash that asked for it: as in nginx, the
            // client is then redirected to the path with one.
            x.Path.Append(x.At(range));
            x.IsUriUnchanged = false;
            return Verdict.Content;
        }
        return FallBack(x, tries);
    }

    static Verdict FallBack(Exchange x, CompiledTryFiles tries)
    {
        if (tries.Config.Code is { } code)
            return FallBack(code);
        if (tries.Config.IsNamed)
            return Phases.EnterNamed(x, tries.Config.Fallback!.Source);
        var start = x.Arena.Length;
        tries.Fallback!.Append(x, x.Arena);
        var target = x.Arena.From(start);
        if (target is [(byte)'@', ..])
            return Phases.EnterNamed(x, Encoding.Latin1.GetString(target));
        return Phases.RedirectInternally(x, new ArenaRange(start, x.Arena.Length - start));
    }

    /// <summary>A status that has no page of its own is no answer: as in nginx it hangs up.</summary>
    static Verdict FallBack(int code) => code switch
    {
        408 or 444 or 499 => Verdict.Hangup(code),
        201 or 204 or >= 300 => Verdict.Fail(code),
        _ => Verdict.Hangup(0),
    };

    /// <summary>Serves the file that root and URI name, or a directory's index.</summary>
    public static async LoopTask<Verdict> ServeAsync(Exchange x)
    {
        var isRead = x.MethodIsGet || x.Head.Method is RequestMethod.Get or RequestMethod.Head;
        // As in nginx a POST is told first that there is no file, or where the directory is.
        if (!isRead && x.Head.Method != RequestMethod.Post)
            return Verdict.Fail(405);
        if (x.Path.Length > 0 && x.Path.Written[^1] == '/')
            return await ServeIndexAsync(x);
        x.Body.Continue(x);
        var path = PathOf(x, x.Path.Written);
        var file = new FileWork(x.Wakeup, path, opens: true);
        await file.RunAsync(x.Worker);
        switch (file.Kind)
        {
            case FileKind.Missing:
                x.Location.Errors.OpenFailed(x, path, file.Errno);
                return Verdict.Fail(404);
            case FileKind.Forbidden:
                x.Location.Errors.OpenFailed(x, path, errno: 13);
                return Verdict.Fail(403);
            case FileKind.Failed:
                x.Location.Errors.Critical(x, $"open() \"{path}\" failed ({file.Error})");
                return Verdict.Fail(500);
            case FileKind.Directory:
                return RedirectToSlash(x);
        }
        using (file.Handle)
        {
            return !isRead ? Verdict.Fail(405)
                : x.Body.IsSound(x) ? await FileAnswer.SendAsync(x, file)
                : Verdict.Fail(RequestBody.BadRequest);
        }
    }

    static async LoopTask<Verdict> ServeIndexAsync(Exchange x)
    {
        foreach (var name in x.Location.IndexFiles)
        {
            var start = x.Arena.Length;
            name.Append(x, x.Arena);
            var isAbsolute = x.Arena.Length > start && x.Arena.From(start)[0] == '/';
            if (!isAbsolute)
            {
                x.Arena.Truncate(start);
                x.Arena.Append(x.Path.Written);
                name.Append(x, x.Arena);
            }
            var range = new ArenaRange(start, x.Arena.Length - start);
            var look = new FileWork(x.Wakeup, PathOf(x, x.At(range)), opens: false);
            if (!isAbsolute)
                await look.RunAsync(x.Worker);
            if (isAbsolute || look.Kind == FileKind.File)
                return RedirectToIndex(x, range);
        }
        var directory = PathOf(x, x.Path.Written);
        var home = new FileWork(x.Wakeup, directory, opens: false);
        await home.RunAsync(x.Worker);
        if (home.Kind != FileKind.Directory)
        {
            x.Location.Errors.IndexNotFound(x, directory + FirstIndexName(x), home.Errno);
            return Verdict.Fail(404);
        }
        x.Location.Errors.DirectoryForbidden(x, directory);
        return Verdict.Fail(403);
    }

    static string FirstIndexName(Exchange x)
    {
        var to = x.Worker.Text;
        to.Clear();
        x.Location.IndexFiles[0].Append(x, to);
        return Encoding.UTF8.GetString(to.Written);
    }

    static Verdict RedirectToIndex(Exchange x, ArenaRange path)
    {
        if (x.Args.Length > 0)
        {
            x.Arena.Append((byte)'?');
            x.Arena.Append(x.Args.Written);
        }
        return Phases.RedirectInternally(x, path with { Length = x.Arena.Length - path.Offset });
    }

    static Verdict RedirectToSlash(Exchange x)
    {
        var start = x.Arena.Length;
        var path = x.Path.Written;
        var room = x.Arena.Reserve(UriEscape.EscapedLength(path, EscapeUse.Uri));
        x.Arena.Advance(UriEscape.Escape(path, EscapeUse.Uri, room));
        x.Arena.Append((byte)'/');
        if (x.Args.Length > 0)
        {
            x.Arena.Append((byte)'?');
            x.Arena.Append(x.Args.Written);
        }
        return Verdict.RedirectTo(301, new ArenaRange(start, x.Arena.Length - start));
    }

    /// <summary>root and the URI, one char a byte in the configuration, UTF-8 for the system.</summary>
    static string PathOf(Exchange x, ReadOnlySpan<byte> uri)
    {
        var to = x.Worker.Text;
        to.Clear();
        x.Location.Root.Append(x, to);
        to.Append(uri);
        var path = Encoding.UTF8.GetString(to.Written);
        return Path.IsPathRooted(path) ? path : x.Snapshot.Config.Prefix + path;
    }

    /// <summary>The type that the path's extension has, or default_type.</summary>
    public static ReadOnlySpan<byte> TypeOf(Exchange x)
    {
        var path = x.Path.Written;
        var name = path[(path.LastIndexOf((byte)'/') + 1)..];
        var dot = name.LastIndexOf((byte)'.');
        var types = x.Location.Types;
        var extension = Encoding.Latin1.GetString(name[(dot + 1)..]).ToLowerInvariant();
        return dot > 0 && types.TryGetValue(extension, out var type)
            ? type.Span
            : x.Location.DefaultType.Span;
    }
}
