using System.Net;
using Sluice.Config.Syntax;

namespace Sluice.Config.Model.Building;

/// <summary>Reads <c>syslog:server=...,facility=...</c> (nginx's ngx_syslog_process_conf).</summary>
static class SyslogReader
{
    public const string Prefix = "syslog:";

    const int DefaultPort = 514;
    const int TagMax = 32;

    static readonly string[] facilities =
    [
        "kern", "user", "mail", "daemon", "auth", "intern", "lpr", "news", "uucp", "clock",
        "authpriv", "ftp", "ntp", "audit", "alert", "cron", "local0", "local1", "local2", "local3",
        "local4", "local5", "local6", "local7",
    ];

    static readonly string[] severities =
        ["emerg", "alert", "crit", "error", "warn", "notice", "info", "debug"];

    public static bool TryRead(BuildContext build, DirectiveNode node, out SyslogConfig? config)
    {
        string source = node.Arg(0);
        config = null;
        var read = new SyslogConfig { Source = source, EndPoint = none };
        var seen = new HashSet<string>();
        foreach (string word in source[Prefix.Length..].Split(','))
        {
            int equals = word.IndexOf('=', StringComparison.Ordinal);
            string name = equals < 0 ? "" : word[..equals];
            if (word == "nohostname")
                read = read with { HasHostName = false };
            else if (name is not ("server" or "facility" or "severity" or "tag"))
                return build.Fail(node, 0, $"unknown syslog parameter \"{word}\"",
                    "one of server=, facility=, severity=, tag=, nohostname");
            else if (!seen.Add(name))
                return build.Fail(node, 0, $"duplicate syslog \"{name}\"");
            else if (!TryParameter(build, node, name, word[(equals + 1)..], ref read))
                return false;
        }

        if (read.EndPoint == none)
            return build.Fail(node, 0, "no syslog server specified");
        config = read;
        return true;
    }

    static readonly EndPoint none = new IPEndPoint(IPAddress.None, 0);

    static bool TryParameter(
        BuildContext build, DirectiveNode node, string name, string text, ref SyslogConfig config)
    {
        switch (name)
        {
            case "server":
                return TryServer(build, node, text, ref config);
            case "tag":
                config = config with { Tag = text };
                return IsTagRight(build, node, text);
            case "facility":
                config = config with { Facility = Array.IndexOf(facilities, text) };
                return config.Facility >= 0 || build.Fail(node, 0,
                    $"unknown syslog facility \"{text}\"",
                    "one of " + string.Join(", ", facilities));
            default:
                config = config with { Severity = Array.IndexOf(severities, text) };
                return config.Severity >= 0 || build.Fail(node, 0,
                    $"unknown syslog severity \"{text}\"",
                    "one of " + string.Join(", ", severities));
        }
    }

    static bool TryServer(
        BuildContext build, DirectiveNode node, string text, ref SyslogConfig config)
    {
        var url = HostUrl.Parse(text, HostUrlUse.Peer, DefaultPort);
        if (url.Error is { } error)
            return build.Fail(node, 0, $"{error} in syslog server \"{text}\"");
        // Of several addresses nginx takes the first.
        var addresses = UpstreamDraft.AddressesOf(build, url);
        if (addresses.IsEmpty)
            return build.Fail(node, 0, $"host not found in syslog server \"{text}\"",
                "the system's resolver does not know this name");
        config = config with { EndPoint = addresses[0].EndPoint };
        return true;
    }

    static bool IsTagRight(BuildContext build, DirectiveNode node, string tag)
    {
        if (tag.Length > TagMax)
            return build.Fail(node, 0, $"syslog tag length exceeds {TagMax}");
        return tag.All(static c => char.IsAsciiLetterOrDigit(c) || c == '_') || build.Fail(
            node, 0, "syslog \"tag\" only allows alphanumeric characters and underscore");
    }
}
