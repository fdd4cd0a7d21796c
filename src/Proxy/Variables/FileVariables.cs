using System.Text;
using Sluice.Proxy.Log;

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

    /// <summary>The root without symbolic links, as the worker knows it.</summary>
    static bool AppendRealRoot(Exchange x, ByteBuilder to)
    {
        var scratch = x.Worker.Scratch;
        int start = scratch.Length;
        AppendRoot(x, scratch);
        byte[]? real = x.Worker.RealRoots.Of(scratch.From(start));
        scratch.Release(start);
        to.Append(real);
        return real is not null;
    }
}
