using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Sluice.Proxy.Http1;

namespace Sluice.Proxy.Variables;

/// <summary>What the request line and the headers say.</summary>
static class RequestVariables
{
    public static IEnumerable<Variable> All =>
    [
        new BuiltInVariable("args", AppendArgs),
        new BuiltInVariable("query_string", AppendArgs),
        new BuiltInVariable("is_args", static (x, to) =>
        {
            if (x.Args.Length > 0)
                to.Append((byte)'?');
            return true;
        }),
        new BuiltInVariable("uri", AppendUri),
        new BuiltInVariable("document_uri", AppendUri),
        new BuiltInVariable("request", AppendRequestLine),
        new BuiltInVariable("request_uri", AppendTarget),
        new BuiltInVariable("request_method", AppendMethod),
        new BuiltInVariable("server_protocol", static (x, to) => Append(x, x.Head.Protocol, to)),
        new ConstantVariable("scheme", "http"u8.ToArray()),
        new ConstantVariable("https", []),
        new ConstantVariable("http2", []),
        new ConstantVariable("http3", []),
        new BuiltInVariable("host", AppendHost),
        new BuiltInVariable("request_port", AppendPort),
        new BuiltInVariable("is_request_port", static (x, to) =>
        {
            if (x.Head.HostPort != 0)
                to.Append((byte)':');
            return true;
        }),
        new BuiltInVariable("server_name", AppendServerName),
        new BuiltInVariable("content_type", static (x, to) =>
            HeaderLookup.Append(x, KnownHeader.ContentType, to)),
        new BuiltInVariable("remote_user", AppendUser),
        new BuiltInVariable("request_id", AppendId),
    ];

    internal static bool AppendArgs(Exchange x, ByteBuilder to)
    {
        to.Append(x.Args.Written);
        return x.Args.Length > 0;
    }

    /// <summary>There, but empty, when the path of a sound request line leads nowhere.</summary>
    static bool AppendUri(Exchange x, ByteBuilder to)
    {
        to.Append(x.Path.Written);
        return x.Head.Version != 0;
    }

    /// <summary>A target whose path leads nowhere is none.</summary>
    static bool AppendTarget(Exchange x, ByteBuilder to) =>
        !x.Head.IsPathInvalid && Append(x, x.Head.Target, to);

    /// <summary>Parts of a request line that was refused are not found.</summary>
    static bool Append(Exchange x, HeadRange range, ByteBuilder to)
    {
        if (range.IsNone || x.Head.Version == 0)
            return false;
        to.Append(range.Of(x.HeadBuffer));
        return true;
    }

    /// <summary>As much of it as came, perhaps nothing; never a dash.</summary>
    static bool AppendRequestLine(Exchange x, ByteBuilder to)
    {
        to.Append(x.RequestLine);
        return true;
    }

    /// <summary>error_page turns a request into GET, for this variable too.</summary>
    static bool AppendMethod(Exchange x, ByteBuilder to)
    {
        if (!x.MethodIsGet)
            return Append(x, x.Head.MethodText, to);
        to.Append("GET"u8);
        return true;
    }

    static bool AppendHost(Exchange x, ByteBuilder to)
    {
        if (x.Head.HostName.IsEmpty)
            return AppendServerName(x, to);
        to.Append(x.Head.HostName);
        return true;
    }

    static bool AppendPort(Exchange x, ByteBuilder to)
    {
        if (x.Head.HostPort != 0)
            to.Append(x.Head.HostPort);
        return true;
    }

    static bool AppendServerName(Exchange x, ByteBuilder to)
    {
        to.AppendLatin1(x.Server.Config.FirstName);
        return true;
    }

    /// <summary>The user of "Authorization: Basic", RFC 7617.</summary>
    static bool AppendUser(Exchange x, ByteBuilder to)
    {
        var text = x.Head.Value(x.HeadBuffer, KnownHeader.Authorization);
        if (text.Length < 6 || !HeaderText.EqualsIgnoreCase(text[..6], "Basic "u8))
            return false;
        int start = to.Length;
        if (!Base64Text.TryDecode(text[6..].TrimStart((byte)' '), to))
            return false;
        int colon = to.From(start).IndexOf((byte)':');
        to.Truncate(start + Math.Max(colon, 0));
        return colon > 0;
    }

    static bool AppendId(Exchange x, ByteBuilder to)
    {
        if (x.RequestId == UInt128.Zero)
        {
            Span<ulong> words = stackalloc ulong[2];
            x.Worker.Random.NextBytes(MemoryMarshal.AsBytes(words));
            x.RequestId = new(words[0], words[1] | 1);
        }
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, x.RequestId);
        Convert.TryToHexStringLower(bytes, to.Reserve(32), out int written);
        to.Advance(written);
        return true;
    }
}
