using Sluice.Proxy.Http1;

namespace Sluice.Proxy.Upstream;

/// <summary>What the URI that a peer is sent is made of.</summary>
public readonly ref struct PeerUriInput
{
    /// <summary>Path and arguments as the client wrote them ($request_uri).</summary>
    public required ReadOnlySpan<byte> Raw { get; init; }

    /// <summary>The path, decoded and normalised, or what a redirect made of it ($uri).</summary>
    public required ReadOnlySpan<byte> Path { get; init; }

    /// <summary>The arguments without the question mark ($args).</summary>
    public ReadOnlySpan<byte> Args { get; init; }

    /// <summary>
    /// Neither a rewrite, an internal redirect to a URI, nor a set of $args has changed path or
    /// arguments. A redirect to a named location changes nothing.
    /// </summary>
    public bool IsUnchanged { get; init; }

    /// <summary>
    /// The client's path had escapes, or the request was redirected internally: the path is
    /// escaped again.
    /// </summary>
    public bool IsEscaped { get; init; }

    /// <summary>Bytes of the location's name, which the URI part replaces.</summary>
    public int LocationNameLength { get; init; }

    /// <summary>
    /// What proxy_pass has behind host and port; empty when there is nothing, or a rewrite with
    /// break made it void.
    /// </summary>
    public ReadOnlySpan<byte> UriPart { get; init; }

    /// <summary>The URI part comes from variables: it is the URI, with nothing added.</summary>
    public bool IsUriPartWhole { get; init; }
}

/// <summary>
/// The URI that a peer is sent. Source: nginx's documentation of proxy_pass, and what nginx was
/// seen to send.
/// </summary>
public static class PeerUri
{
    /// <summary>Bytes that <see cref="Build"/> needs at most.</summary>
    public static int LengthMax(in PeerUriInput input) => Math.Max(
        input.Raw.Length,
        1 + input.UriPart.Length + (3 * input.Path.Length) + 1 + input.Args.Length);

    /// <summary>Writes the URI and answers its length.</summary>
    /// <param name="input">What it is made of.</param>
    /// <param name="target">At least <see cref="LengthMax"/> bytes; overlaps no input.</param>
    public static int Build(in PeerUriInput input, Span<byte> target)
    {
        if (input.UriPart.IsEmpty && input.IsUnchanged)
        {
            input.Raw.CopyTo(target);
            return input.Raw.Length;
        }
        var length = AppendUriPart(input.UriPart, target);
        if (input.IsUriPartWhole && length > 0)
            return length;
        // By length alone: an internal redirect may have brought a path here that does not
        // begin with the name.
        var skipped = length == 0 ? 0 : Math.Min(input.LocationNameLength, input.Path.Length);
        length += AppendPath(input.Path[skipped..], input.IsEscaped, target[length..]);
        if (input.Args.IsEmpty)
            return length;
        target[length++] = (byte)'?';
        input.Args.CopyTo(target[length..]);
        return length + input.Args.Length;
    }

    /// <summary>A URI part of arguments alone gets the path that a request must have.</summary>
    static int AppendUriPart(ReadOnlySpan<byte> part, Span<byte> target)
    {
        var isWithoutPath = part.StartsWith((byte)'?');
        if (isWithoutPath)
            target[0] = (byte)'/';
        part.CopyTo(isWithoutPath ? target[1..] : target);
        return isWithoutPath ? part.Length + 1 : part.Length;
    }

    static int AppendPath(ReadOnlySpan<byte> path, bool isEscaped, Span<byte> target)
    {
        if (isEscaped)
            return UriEscape.Escape(path, EscapeUse.Uri, target);
        path.CopyTo(target);
        return path.Length;
    }
}
