using Sluice.Proxy.Http1;

namespace Sluice.Proxy.Variables;

/// <summary>What is known of the request's body, and what is sent on of it.</summary>
static class BodyVariables
{
    public static IEnumerable<Variable> All =>
    [
        new BuiltInVariable("content_length", AppendLength),
        new BuiltInVariable("request_body", AppendBody),
        new BuiltInVariable("request_body_file", AppendFile),
        new BuiltInVariable("request_length", static (x, to) =>
        {
            to.Append(x.RequestBytes);
            return true;
        }),
        new BuiltInVariable("proxy_internal_body_length", AppendSentLength),
        new BuiltInVariable("proxy_internal_chunked", static (x, to) =>
        {
            if (!IsSentChunked(x))
                return false;
            to.Append("chunked"u8);
            return true;
        }),
    ];

    /// <summary>The header, or what a chunked body turned out to be.</summary>
    static bool AppendLength(Exchange x, ByteBuilder to)
    {
        if (HeaderLookup.Append(x, KnownHeader.ContentLength, to))
            return true;
        if (!x.Head.IsChunked || x.Body.State == BodyState.Reading)
            return false;
        to.Append(x.Body.ReadBytes);
        return true;
    }

    /// <summary>Only a body that was read whole and is in memory.</summary>
    static bool AppendBody(Exchange x, ByteBuilder to)
    {
        if (!x.Body.IsBuffered || x.Body.Spill is not null || x.Body.MemoryCount == 0)
            return false;
        to.Append(x.Body.InMemory);
        return true;
    }

    static bool AppendFile(Exchange x, ByteBuilder to)
    {
        if (x.Body.Spill is not { } file)
            return false;
        to.AppendLatin1(file.Path);
        return true;
    }

    /// <summary>The Content-Length of the request to the peer.</summary>
    static bool AppendSentLength(Exchange x, ByteBuilder to)
    {
        if (x.Location.Proxy is not { } plan || IsSentChunked(x))
            return false;
        long length = plan.Body is { } body ? body.Measure(x)
            : x.Body.IsDropped ? 0
            : x.Head.IsChunked ? x.Body.ReadBytes
            : x.Head.ContentLength;
        if (length < 0)
            return false;
        to.Append(length);
        return true;
    }

    /// <summary>A chunked body is passed on while it comes.</summary>
    static bool IsSentChunked(Exchange x) =>
        x.Location.Proxy is { Body: null } && x.Head.IsChunked && !x.Body.IsDropped
            && x.Body.State == BodyState.Reading;
}
