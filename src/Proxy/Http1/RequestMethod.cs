namespace Sluice.Proxy.Http1;

/// <summary>The methods nginx knows by name; any other token is passed on as it is.</summary>
public enum RequestMethod : byte
{
    /// <summary>A method that has no meaning to the gateway; its text is in the head.</summary>
    Other,
    Get,
    Head,
    Post,
    Put,
    Delete,
    Mkcol,
    Copy,
    Move,
    Options,
    Propfind,
    Proppatch,
    Lock,
    Unlock,
    Patch,
    Trace,
    Connect,
}

/// <summary>Between a method and its text.</summary>
public static class RequestMethods
{
    /// <summary>The method with this text; methods are case-sensitive (RFC 9110, 9.1).</summary>
    public static RequestMethod Find(ReadOnlySpan<byte> text)
    {
        switch (text.Length)
        {
            case 3:
                if (text.SequenceEqual("GET"u8)) return RequestMethod.Get;
                if (text.SequenceEqual("PUT"u8)) return RequestMethod.Put;
                return RequestMethod.Other;
            case 4:
                if (text.SequenceEqual("POST"u8)) return RequestMethod.Post;
                if (text.SequenceEqual("HEAD"u8)) return RequestMethod.Head;
                if (text.SequenceEqual("COPY"u8)) return RequestMethod.Copy;
                if (text.SequenceEqual("MOVE"u8)) return RequestMethod.Move;
                if (text.SequenceEqual("LOCK"u8)) return RequestMethod.Lock;
                return RequestMethod.Other;
            case 5:
                if (text.SequenceEqual("PATCH"u8)) return RequestMethod.Patch;
                if (text.SequenceEqual("MKCOL"u8)) return RequestMethod.Mkcol;
                if (text.SequenceEqual("TRACE"u8)) return RequestMethod.Trace;
                return RequestMethod.Other;
            case 6:
                if (text.SequenceEqual("DELETE"u8)) return RequestMethod.Delete;
                if (text.SequenceEqual("UNLOCK"u8)) return RequestMethod.Unlock;
                return RequestMethod.Other;
            case 7:
                if (text.SequenceEqual("OPTIONS"u8)) return RequestMethod.Options;
                if (text.SequenceEqual("CONNECT"u8)) return RequestMethod.Connect;
                return RequestMethod.Other;
            case 8:
                return text.SequenceEqual("PROPFIND"u8) ? RequestMethod.Propfind : default;
            case 9:
                return text.SequenceEqual("PROPPATCH"u8) ? RequestMethod.Proppatch : default;
            default:
                return RequestMethod.Other;
        }
    }

    /// <summary>The method's text; empty for <see cref="RequestMethod.Other"/>.</summary>
    public static ReadOnlySpan<byte> Text(RequestMethod method) => method switch
    {
        RequestMethod.Get => "GET"u8,
        RequestMethod.Head => "HEAD"u8,
        RequestMethod.Post => "POST"u8,
        RequestMethod.Put => "PUT"u8,
        RequestMethod.Delete => "DELETE"u8,
        RequestMethod.Mkcol => "MKCOL"u8,
        RequestMethod.Copy => "COPY"u8,
        RequestMethod.Move => "MOVE"u8,
        RequestMethod.Options => "OPTIONS"u8,
        RequestMethod.Propfind => "PROPFIND"u8,
        RequestMethod.Proppatch => "PROPPATCH"u8,
        RequestMethod.Lock => "LOCK"u8,
        RequestMethod.Unlock => "UNLOCK"u8,
        RequestMethod.Patch => "PATCH"u8,
        RequestMethod.Trace => "TRACE"u8,
        RequestMethod.Connect => "CONNECT"u8,
        _ => [],
    };
}
