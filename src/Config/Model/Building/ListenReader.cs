using Sluice.Config.Directives;
using Sluice.Config.Syntax;

namespace Sluice.Config.Model.Building;

/// <summary>The parameters of one <c>listen</c> directive.</summary>
sealed record ListenParameters
{
    public bool IsDefaultServer { get; init; }

    /// <summary>Whether an option of the socket is written.</summary>
    public bool IsSet { get; init; }

    public int Backlog { get; init; } = 511;

    public bool ReusePort { get; init; }

    public bool Ipv6Only { get; init; } = true;

    public int? ReceiveBufferSize { get; init; }

    public int? SendBufferSize { get; init; }

    public KeepaliveProbes? SoKeepalive { get; init; }
}

/// <summary>Reads the parameters of <c>listen</c>.</summary>
static class ListenReader
{
    public static bool TryRead(
        BuildContext build, DirectiveNode node, out ListenParameters parameters)
    {
        parameters = new ListenParameters();
        for (int arg = 1; arg < node.Args.Length; arg++)
        {
            if (ReadParameter(build, node, arg, parameters) is not { } read)
                return false;
            parameters = read;
        }

        return true;
    }

    /// <summary>The parameters with one more; null after saying what is wrong with it.</summary>
    static ListenParameters? ReadParameter(
        BuildContext build, DirectiveNode node, int arg, ListenParameters so)
    {
        string word = node.Arg(arg);
        int equals = word.IndexOf('=', StringComparison.Ordinal);
        string text = word[(equals + 1)..];
        switch (equals < 0 ? word : word[..(equals + 1)])
        {
            case "default_server" or "default":
                return so with { IsDefaultServer = true };
            case "bind":
                return so with { IsSet = true };
            case "reuseport":
                return so with { IsSet = true, ReusePort = true };
            case "backlog=":
                return ReadBacklog(build, node, arg, text, so);
            case "rcvbuf=":
                return TrySize(build, node, arg, text, "rcvbuf", out int received)
                    ? so with { IsSet = true, ReceiveBufferSize = received }
                    : null;
            case "sndbuf=":
                return TrySize(build, node, arg, text, "sndbuf", out int sent)
                    ? so with { IsSet = true, SendBufferSize = sent }
                    : null;
            case "ipv6only=" when text.StartsWith('o'):
                return ReadIpv6Only(build, node, arg, text, so);
            case "so_keepalive=":
                return ReadKeepalive(build, node, arg, text, so);
            case "fastopen=" when !Values.TryNumber(text, out _):
                build.Fail(node, arg, $"invalid fastopen \"{word}\"");
                return null;
            case "deferred" or "fastopen=" or "accept_filter=":
                build.Ignore($"listen ... {word[..(equals < 0 ? word.Length : equals)]}");
                return so with { IsSet = true };
            default:
                SayUnknown(build, node, arg, word);
                return null;
        }
    }

    static void SayUnknown(BuildContext build, DirectiveNode node, int arg, string word)
    {
        string? module = word switch
        {
            "ssl" => "ngx_http_ssl_module",
            "http2" => "ngx_http_v2_module",
            "quic" => "ngx_http_v3_module",
            _ => null,
        };
        const string NotHere = "a parameter of nginx that Sluice does not implement";
        if (module is not null)
            build.Fail(node, arg, $"the \"{word}\" parameter requires {module}", NotHere);
        else
            build.InvalidParameter(node, arg,
                word is "proxy_protocol" or "multipath"
                    ? NotHere
                    : Advice.Nearest(word, ["default_server", "reuseport", "deferred", "bind"]));
    }

    static ListenParameters? ReadBacklog(
        BuildContext build, DirectiveNode node, int arg, string text, ListenParameters so)
    {
        if (Values.TryNumber(text, out long count) && count is > 0 and <= int.MaxValue)
            return so with { IsSet = true, Backlog = (int)count };
        build.Fail(node, arg, $"invalid backlog \"{node.Arg(arg)}\"");
        return null;
    }

    static bool TrySize(
        BuildContext build, DirectiveNode node, int arg, string text, string name, out int size)
    {
        bool isSize = Values.TrySize(text, out long bytes) && bytes <= int.MaxValue;
        size = isSize ? (int)bytes : 0;
        return isSize || build.Fail(node, arg, $"invalid {name} \"{node.Arg(arg)}\"");
    }

    static ListenParameters? ReadIpv6Only(
        BuildContext build, DirectiveNode node, int arg, string text, ListenParameters so)
    {
        if (text is "on" or "off")
            return so with { IsSet = true, Ipv6Only = text == "on" };
        build.Fail(node, arg, $"invalid ipv6only flags \"{text}\"");
        return null;
    }

    /// <summary>on, off, or idle:interval:count of which one at least is there.</summary>
    static ListenParameters? ReadKeepalive(
        BuildContext build, DirectiveNode node, int arg, string text, ListenParameters so)
    {
        var probes = new KeepaliveProbes { On = text != "off" };
        if (text is "on" or "off")
            return so with { IsSet = true, SoKeepalive = probes };

        var parts = text.Split(':', 3);
        bool isGood = TrySeconds(parts[0], out int? idle)
            & TrySeconds(parts.ElementAtOrDefault(1) ?? "", out int? interval)
            & TryCount(parts.ElementAtOrDefault(2) ?? "", out int? count);
        if (!isGood || (idle ?? 0) + (interval ?? 0) + (count ?? 0) == 0)
        {
            build.Fail(node, arg, $"invalid so_keepalive value: \"{text}\"");
            return null;
        }

        probes = probes with { IdleSeconds = idle, IntervalSeconds = interval, Count = count };
        return so with { IsSet = true, SoKeepalive = probes };
    }

    static bool TrySeconds(string text, out int? seconds)
    {
        seconds = null;
        if (text.Length == 0)
            return true;
        if (!Values.TrySeconds(text, out long value) || value > short.MaxValue)
            return false;
        seconds = value == 0 ? null : (int)value;
        return true;
    }

    static bool TryCount(string text, out int? count)
    {
        count = null;
        if (text.Length == 0)
            return true;
        if (!Values.TryNumber(text, out long value) || value > sbyte.MaxValue)
            return false;
        count = value == 0 ? null : (int)value;
        return true;
    }
}
