using Sluice.Net;
using Sluice.Proxy.Http1;

namespace Sluice.Proxy.Variables;

/// <summary>What is known of the client's connection.</summary>
static class ConnectionVariables
{
    public static IEnumerable<Variable> All =>
    [
        new BuiltInVariable("remote_addr", AppendRemoteAddress),
        new BuiltInVariable("remote_port", AppendRemotePort),
        new BuiltInVariable("realip_remote_addr", AppendRemoteAddress),
        new BuiltInVariable("realip_remote_port", AppendRemotePort),
        new BuiltInVariable("binary_remote_addr", static (x, to) =>
        {
            to.Advance(x.Client.RemoteAddress.WriteBinary(to.Reserve(16)));
            return true;
        }),
        new BuiltInVariable("server_addr", AppendServerAddress),
        new BuiltInVariable("server_port", static (x, to) =>
            AppendPort(x.Client.LocalAddress, to)),
        new BuiltInVariable("connection", static (x, to) =>
        {
            to.Append(x.Client.Serial);
            return true;
        }),
        new BuiltInVariable("connection_requests", static (x, to) =>
        {
            to.Append(x.RequestsOnConnection);
            return true;
        }),
        new BuiltInVariable("connection_time", static (x, to) =>
        {
            to.AppendSeconds(Math.Max(x.Worker.Loop.NowMs - x.ConnectionStartMs, 0));
            return true;
        }),
        new BuiltInVariable("connections_active", static (x, to) =>
            AppendCount(x.Worker.CountConnections().Active, to)),
        new BuiltInVariable("connections_reading", static (x, to) =>
            AppendCount(x.Worker.CountConnections().Reading, to)),
        new BuiltInVariable("connections_writing", static (x, to) =>
            AppendCount(x.Worker.CountConnections().Writing, to)),
        new BuiltInVariable("connections_waiting", static (x, to) =>
            AppendCount(x.Worker.CountConnections().Waiting, to)),
        new BuiltInVariable("pipe", static (x, to) =>
        {
            to.Append((byte)(x.IsPipelined ? 'p' : '.'));
            return true;
        }),
        new BuiltInVariable("proxy_add_x_forwarded_for", AppendForwardedFor),
        .. TcpInfoVariables.All,
    ];

    static bool AppendRemoteAddress(Exchange x, ByteBuilder to)
    {
        to.Append(x.Client.RemoteAddress.IpText.Span);
        return true;
    }

    static bool AppendRemotePort(Exchange x, ByteBuilder to) =>
        AppendPort(x.Client.RemoteAddress, to);

    static bool AppendCount(int count, ByteBuilder to)
    {
        to.Append(count);
        return true;
    }

    /// <summary>A unix socket has no port: the value is there and empty.</summary>
    static bool AppendPort(Address address, ByteBuilder to)
    {
        if (!address.IsUnix)
            to.Append(address.Port);
        return true;
    }

    static bool AppendServerAddress(Exchange x, ByteBuilder to)
    {
        var address = x.Client.LocalAddress;
        to.Append(address.IpText.Span);
        if (address.UnixPath is { } path)
            to.AppendLatin1(path);
        return true;
    }

    /// <summary>X-Forwarded-For as it came, and the client's address behind it.</summary>
    static bool AppendForwardedFor(Exchange x, ByteBuilder to)
    {
        foreach (ref readonly var field in x.Head.Fields)
        {
            if (field.Known != KnownHeader.XForwardedFor)
                continue;
            to.Append(field.Value(x.HeadBuffer));
            to.Append(", "u8);
        }
        return AppendRemoteAddress(x, to);
    }
}
