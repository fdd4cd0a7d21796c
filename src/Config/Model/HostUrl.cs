using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using Sluice.Config.Syntax;

namespace Sluice.Config.Model;

/// <summary>Where a <see cref="HostUrl"/> is used, which decides what it may hold.</summary>
public enum HostUrlUse
{
    /// <summary>A <c>server</c> of an upstream: host and port.</summary>
    Peer,

    /// <summary>The rest of a <c>proxy_pass</c> URL behind the scheme: a URI may follow.</summary>
    ProxyPass,

    /// <summary>A <c>listen</c> address: a port alone, <c>*</c> and port ranges are allowed.</summary>
    Listen,
}

/// <summary>
/// An address as a configuration writes it, taken apart by the rules of nginx's ngx_parse_url.
/// </summary>
public sealed record HostUrl
{
    const int UnixPathMax = 107;

    /// <summary>The text that was read.</summary>
    public required string Text { get; init; }

    /// <summary>
    /// The host as written: a name, an IPv4 address, an IPv6 address in brackets, or the path of
    /// a unix socket (<see cref="IsUnix"/>).
    /// </summary>
    public string Host { get; init; } = "";

    /// <summary>The port, or the default one; zero for unix sockets.</summary>
    public int Port { get; init; }

    /// <summary>The last port of a range; the same as <see cref="Port"/> otherwise.</summary>
    public int LastPort { get; init; }

    /// <summary>The port as written; empty when it is not.</summary>
    public string PortText { get; init; } = "";

    /// <summary>What follows host and port: begins with a slash or a question mark.</summary>
    public string Uri { get; init; } = "";

    /// <summary><c>unix:/path</c></summary>
    public bool IsUnix { get; init; }

    /// <summary>The host when it is an address; null when it is a name to resolve.</summary>
    public IPAddress? Address { get; init; }

    /// <summary>nginx's words for what is wrong; null when nothing is.</summary>
    public string? Error { get; init; }

    /// <summary>No port is written.</summary>
    public bool HasNoPort => PortText.Length == 0;

    /// <summary>Takes a text apart; a wrong one gives an object with <see cref="Error"/>.</summary>
    public static HostUrl Parse(string text, HostUrlUse use, int defaultPort = 80)
    {
        if (text.StartsWith("unix:", StringComparison.OrdinalIgnoreCase))
            return ParseUnix(text, use);
        return text.StartsWith('[')
            ? ParseIpv6(text, use, defaultPort)
            : ParseHost(text, use, defaultPort);
    }

    static HostUrl ParseUnix(string text, HostUrlUse use)
    {
        string path = text["unix:".Length..];
        string uri = "";
        int colon = path.IndexOf(':', StringComparison.Ordinal);
        if (use == HostUrlUse.ProxyPass && colon >= 0)
        {
            uri = path[(colon + 1)..];
            path = path[..colon];
        }

        if (path.Length == 0)
            return Wrong(text, "no path in the unix domain socket");
        if (path.Length > UnixPathMax)
            return Wrong(text, "too long path in the unix domain socket");
        return new HostUrl { Text = text, Host = path, Uri = uri, IsUnix = true };
    }

    static HostUrl ParseIpv6(string text, HostUrlUse use, int defaultPort)
    {
        int bracket = text.IndexOf(']', StringComparison.Ordinal);
        if (bracket < 0)
            return Wrong(text, "invalid host");

        string rest = text[(bracket + 1)..];
        int slash = rest.IndexOfAny(['/', '?']);
        if (slash >= 0 && use != HostUrlUse.ProxyPass)
            return Wrong(text, "invalid host");
        string uri = slash >= 0 ? rest[slash..] : "";
        string portText = slash >= 0 ? rest[..slash] : rest;

        var (port, lastPort, error) = (defaultPort, defaultPort, (string?)null);
        if (portText.StartsWith(':'))
        {
            portText = portText[1..];
            (port, lastPort, error) = ReadPorts(portText, use);
        }
        else if (portText.Length > 0)
        {
            error = "invalid host";
        }

        string host = text[1..bracket];
        error ??= host.Length == 0 ? "no host" : null;
        if (error is not null)
            return Wrong(text, error);
        if (!TryIpv6(host, out var address))
            return Wrong(text, "invalid IPv6 address");

        return new HostUrl
        {
            Text = text,
            Host = text[..(bracket + 1)],
            Port = port,
            LastPort = lastPort,
            PortText = portText,
            Uri = uri,
            Address = address,
        };
    }

    /// <summary>An IPv6 address without brackets; as in nginx without a zone.</summary>
    internal static bool TryIpv6(string text, [NotNullWhen(true)] out IPAddress? address) =>
        IPAddress.TryParse(text, out address)
        && address.AddressFamily == AddressFamily.InterNetworkV6
        && !text.Contains('%');

    static HostUrl ParseHost(string text, HostUrlUse use, int defaultPort)
    {
        int end = text.IndexOfAny(['/', '?']);
        if (end >= 0 && use != HostUrlUse.ProxyPass)
            return Wrong(text, "invalid host");
        string uri = end >= 0 ? text[end..] : "";
        string host = end >= 0 ? text[..end] : text;

        int colon = host.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0 && use == HostUrlUse.Listen && LooksLikePorts(host))
        {
            var (from, to, wrong) = ReadPorts(host, use);
            return wrong is not null ? Wrong(text, wrong) : new HostUrl
            {
                Text = text,
                Port = from,
                LastPort = to,
                PortText = host,
                Address = IPAddress.Any,
            };
        }

        string portText = "";
        var (port, lastPort) = (defaultPort, defaultPort);
        if (colon >= 0)
        {
            portText = host[(colon + 1)..];
            host = host[..colon];
            (port, lastPort, string? error) = ReadPorts(portText, use);
            if (error is not null)
                return Wrong(text, error);
        }

        if (host.Length == 0)
            return Wrong(text, "no host");
        return new HostUrl
        {
            Text = text,
            Host = host,
            Port = port,
            LastPort = lastPort,
            PortText = portText,
            Uri = uri,
            Address = AddressOf(host, use),
        };
    }

    /// <summary>What is no number, or too large for one, is taken for a host.</summary>
    static bool LooksLikePorts(string text)
    {
        int dash = text.IndexOf('-', StringComparison.Ordinal);
        return Values.TryNumber(dash < 0 ? text : text.AsSpan(0, dash), out _)
            && (dash < 0 || Values.TryNumber(text.AsSpan(dash + 1), out _));
    }

    static (int Port, int LastPort, string? Error) ReadPorts(string text, HostUrlUse use)
    {
        int dash = use == HostUrlUse.Listen ? text.IndexOf('-', StringComparison.Ordinal) : -1;
        string first = dash < 0 ? text : text[..dash];
        string last = dash < 0 ? text : text[(dash + 1)..];
        if (!IsPort(first, out int port) || !IsPort(last, out int lastPort))
            return (0, 0, "invalid port");
        return port > lastPort ? (0, 0, "invalid port range") : (port, lastPort, null);
    }

    static bool IsPort(string text, out int port)
    {
        port = 0;
        bool isDigits = text.Length > 0 && text.All(char.IsAsciiDigit);
        return isDigits && int.TryParse(text, out port) && port is >= 1 and <= 65535;
    }

    static IPAddress? AddressOf(string host, HostUrlUse use)
    {
        if (use == HostUrlUse.Listen && host == "*")
            return IPAddress.Any;
        return ParseIpv4(host);
    }

    /// <summary>Four decimal numbers and nothing else, unlike <see cref="IPAddress"/>.</summary>
    static IPAddress? ParseIpv4(string host)
    {
        var parts = host.Split('.');
        if (parts.Length != 4)
            return null;

        var bytes = new byte[4];
        for (int i = 0; i < parts.Length; i++)
        {
            if (parts[i].Length == 0 || !parts[i].All(char.IsAsciiDigit)
                || !byte.TryParse(parts[i], out bytes[i]))
                return null;
        }

        return new IPAddress(bytes);
    }

    static HostUrl Wrong(string text, string error) => new() { Text = text, Error = error };
}
