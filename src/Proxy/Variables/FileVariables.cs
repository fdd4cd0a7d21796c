using Sluice.Proxy.Log;
using System.Text;

namespace Sluice.Proxy.Variables;

/// <summary>Where the request's file is.</summary>
static class FileVariables
{
    /// <summary>What the text of a root may be made of; which root it is depends on the location.</summary>
    const ExchangeParts Root = ExchangeParts.Values | ExchangeParts.Captures;

    public static IEnumerable<Variable> All =>
    [
        new BuiltInVariable("document_root", AppendRoot, Root),
        new BuiltInVariable("realpath_root", AppendRealRoot, Root),
        new BuiltInVariable(
            "request_filename",
            static (x, to) =>
            {
                AppendRoot(x, to);
                to.Append(x.Path.Written);
                return true;
            },
            Root),
    ];

    /// <summary>A root with variables may be relative to the prefix.</summary>
    static bool AppendRoot(Exchange x, ByteBuilder to)
    {
        var root = x.Location.Root;
        if (root.IsConstant)
        {
            to.Append(root.ConstantBytes);
            return true;
        }
        int start = to.Length;
        root.Append(x, to);
        if (to.Length == start || to.From(start)[0] != '/')
            Insert(to, start, x.Snapshot.Config.Prefix);
        return true;
    }

    static void Insert(ByteBuilder to, int start, string prefix)
    {
        int length = to.Length - start;
        to.AppendLatin1(prefix);
        var bytes = to.Mutable(start);
        bytes[..length].CopyTo(bytes[prefix.Length..]);
        Encoding.Latin1.GetBytes(prefix, bytes);
    }

    /// <summary>
    /// The root without symbolic links; asks the file system each time, as its users do anyway
    /// when they go on to open a file.
    /// </summary>
    static bool AppendRealRoot(Exchange x, ByteBuilder to)
    {
        var scratch = Scratch.Bytes;
        int start = scratch.Length;
        AppendRoot(x, scratch);
        string? real = RealPath.Of(Encoding.UTF8.GetString(scratch.From(start)));
        Scratch.Release(scratch, start);
        if (real is null)
            return false;
        to.Append(Encoding.UTF8.GetBytes(real));
        return true;
    }
}

/// <summary>A path without symbolic links, dots and doubled slashes (realpath(3)).</summary>
static class RealPath
{
    /// <summary>Links that are followed, as Linux's MAXSYMLINKS; then there is no such path.</summary>
    const int LinksMax = 40;

    /// <summary>Null when the path does not exist.</summary>
    public static string? Of(string path)
    {
        try
        {
            return Resolve(Path.GetFullPath(path));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException
            or ArgumentException)
        {
            return null;
        }
    }

    static string? Resolve(string path)
    {
        int links = 0;
        string root = Path.GetPathRoot(path)!;
        string real = root;
        var left = new Stack<string>(Split(path[root.Length..]).Reverse());
        while (left.TryPop(out string? name))
        {
            string next = Path.Combine(real, name);
            var info = new DirectoryInfo(next);
            if (!info.Exists && !File.Exists(next))
                return null;
            if (info.LinkTarget is not { } target)
            {
                real = next;
                continue;
            }
            if (++links > LinksMax)
                return null;
            string full = Path.GetFullPath(target, real);
            real = root;
            foreach (string part in Split(full[root.Length..]).Reverse())
                left.Push(part);
        }
        return real;
    }

    static string[] Split(string path) => path.Split(
        Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries);
}
