using System.Collections.Frozen;

namespace Sluice.Proxy.Matching;

/// <summary>
/// Host names with wildcards at either end, as nginx's combined hash finds them: the whole
/// name, else the longest <c>*.example.com</c>, else the longest <c>www.example.*</c>.
/// </summary>
sealed class HostTable<T>(
    FrozenDictionary<string, T> exact,
    FrozenDictionary<string, T> leading,
    FrozenDictionary<string, T> trailing)
{
    readonly ByteTable<T> exact = new(exact);

    // The keys begin with a dot: ".example.com".
    readonly ByteTable<T> leading = new(leading);

    // The keys end with a dot: "www.example.".
    readonly ByteTable<T> trailing = new(trailing);

    /// <param name="host">In lower case, without port or final dot; may be empty.</param>
    /// <param name="value">What belongs to the name.</param>
    internal bool TryFind(ReadOnlySpan<byte> host, out T value) =>
        exact.TryFind(host, out value)
        || (leading.Count > 0 && TryFindEnd(host, out value))
        || (trailing.Count > 0 && TryFindBeginning(host, out value));

    bool TryFindEnd(ReadOnlySpan<byte> host, out T value)
    {
        for (var dot = host.IndexOf((byte)'.'); dot >= 0; dot = NextDot(host, dot))
        {
            if (leading.TryFind(host[dot..], out value))
                return true;
        }
        value = default!;
        return false;
    }

    bool TryFindBeginning(ReadOnlySpan<byte> host, out T value)
    {
        var dot = host.LastIndexOf((byte)'.');
        // "www.example.*" is no name of "www.example.".
        if (dot == host.Length - 1)
            dot = dot < 0 ? dot : host[..dot].LastIndexOf((byte)'.');
        for (; dot >= 0; dot = host[..dot].LastIndexOf((byte)'.'))
        {
            if (trailing.TryFind(host[..(dot + 1)], out value))
                return true;
        }
        value = default!;
        return false;
    }

    static int NextDot(ReadOnlySpan<byte> host, int dot)
    {
        var next = host[(dot + 1)..].IndexOf((byte)'.');
        return next < 0 ? next : dot + 1 + next;
    }
}
