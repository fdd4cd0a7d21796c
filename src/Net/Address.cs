using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Sluice.Net;

/// <summary>A socket address: IPv4, IPv6 or a unix path. Immutable, made once, compared by value.</summary>
/// <remarks>
/// Texts are as nginx prints them. A unix path is bytes, one char a byte (Latin-1), as in the
/// configuration; a unix socket without a name, such as a client's, has the empty path.
/// </remarks>
public sealed class Address : IEquatable<Address>
{
    static readonly byte[] unixText = "unix:"u8.ToArray();
    static readonly SearchValues<char> ipv6Chars = SearchValues.Create("0123456789abcdefABCDEF:.");

    /// <summary>The other end of an accepted unix connection: it has no name.</summary>
    internal static readonly Address Unnamed = new("");

    readonly IpName ip;
    readonly string? unixPath;

    // Made when first asked for. Two threads may both make one: the results are equal.
    byte[]? ipText;
    byte[]? native;

    /// <summary>Takes an IPEndPoint or a UnixDomainSocketEndPoint; others are refused.</summary>
    public Address(EndPoint endPoint)
    {
        if (endPoint is IPEndPoint ipEndPoint)
            ip = IpName.FromEndPoint(ipEndPoint);
        else if (endPoint is UnixDomainSocketEndPoint)
            unixPath = Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(endPoint.ToString()!));
        else
            throw new ArgumentException($"no such address: {endPoint}", nameof(endPoint));
    }

    internal Address(IpName ip) => this.ip = ip;

    Address(string unixPath) => this.unixPath = unixPath;

    /// <summary>The same for System.Net.Sockets; a new object each time.</summary>
    public EndPoint EndPoint => unixPath is null
        ? ip.ToEndPoint()
        : new UnixDomainSocketEndPoint(Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(unixPath)));

    public AddressFamily Family => unixPath is not null
        ? AddressFamily.Unix
        : ip.IsIpv6 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork;

    public bool IsUnix => unixPath is not null;

    /// <summary>The path of a unix socket, one char a byte; null of an IP address.</summary>
    public string? UnixPath => unixPath;

    /// <summary>0 for a unix socket.</summary>
    public int Port => ip.Port;

    /// <summary>
    /// The address without its port, as in $remote_addr: "127.0.0.1", "::1"; "unix:" for every
    /// unix socket. UTF-8, made once.
    /// </summary>
    public ReadOnlyMemory<byte> IpText => ipText ??= MakeIpText();

    /// <summary>
    /// As in $binary_remote_addr: the 4 or 16 bytes of the address in network order; the bytes
    /// of "unix:" for a unix socket. Answers how many were written (target: at least 16).
    /// </summary>
    public int WriteBinary(Span<byte> target)
    {
        if (unixPath is not null)
        {
            unixText.CopyTo(target);
            return unixText.Length;
        }
        ip.WriteAddress(target);
        return ip.AddressBytes;
    }

    /// <summary>The sockaddr that Linux takes; made once.</summary>
    internal ReadOnlySpan<byte> NativeBytes => native ??= MakeNative();

    internal IpName Ip => ip;

    /// <summary>Reads a sockaddr as Linux writes it; an unknown family is without a name.</summary>
    internal static Address FromNative(ReadOnlySpan<byte> native)
    {
        var ip = IpName.FromNative(native);
        if (ip.IsIp)
            return new(ip);
        if (native.Length <= sizeof(ushort) || native[sizeof(ushort)] == 0)
            return Unnamed;
        var path = native[sizeof(ushort)..];
        int end = path.IndexOf((byte)0);
        return new(Encoding.Latin1.GetString(end < 0 ? path : path[..end]));
    }

    /// <summary>A unix socket's address; the path has 1 to 107 chars, one a byte.</summary>
    public static Address Unix(string path)
    {
        if (path.Length is 0 or > NetLimits.UnixPathBytesMax)
            throw new ArgumentException($"no path of a unix socket: \"{path}\"", nameof(path));
        return new(path);
    }

    /// <summary>
    /// Reads "127.0.0.1:80", "[::1]:80", "unix:/path", or an IP address alone when
    /// <paramref name="defaultPort"/> is not negative. Names are not resolved.
    /// </summary>
    public static bool TryParse(
        ReadOnlySpan<char> text, [NotNullWhen(true)] out Address? address, int defaultPort = -1)
    {
        address = null;
        if (text.StartsWith("unix:"))
        {
            var path = text[5..];
            if (path.Length is > 0 and <= NetLimits.UnixPathBytesMax)
                address = new(path.ToString());
            return address is not null;
        }
        if (!SplitPort(text, defaultPort, out var host, out int port))
            return false;
        bool isIp = text.StartsWith("[")
            ? ParseIpv6(host, port, out var ip)
            : ParseIpv4(host, port, out ip);
        if (isIp)
            address = new(ip);
        return address is not null;
    }

    /// <summary>As TryParse; what is no address is a FormatException.</summary>
    public static Address Parse(ReadOnlySpan<char> text, int defaultPort = -1) =>
        TryParse(text, out var address, defaultPort)
            ? address
            : throw new FormatException($"no socket address: \"{text}\"");

    public bool Equals(Address? other) =>
        other is not null && ip == other.ip && unixPath == other.unixPath;

    public override bool Equals(object? obj) => Equals(obj as Address);

    public override int GetHashCode() => HashCode.Combine(ip, unixPath);

    /// <summary>"127.0.0.1:80", "[::1]:80", "unix:/path".</summary>
    public override string ToString()
    {
        if (unixPath is not null)
            return "unix:" + unixPath;
        Span<byte> text = stackalloc byte[64];
        return Encoding.ASCII.GetString(text[..ip.Format(text)]);
    }

    static bool SplitPort(
        ReadOnlySpan<char> text, int defaultPort, out ReadOnlySpan<char> host, out int port)
    {
        port = defaultPort;
        host = text;
        int hostEnd = text.LastIndexOf(':');
        if (text.StartsWith("["))
        {
            int bracket = text.IndexOf(']');
            if (bracket < 0)
                return false;
            host = text[1..bracket];
            hostEnd = bracket + 1;
            if (hostEnd == text.Length)
                hostEnd = -1;
            else if (text[hostEnd] != ':')
                return false;
        }
        else if (hostEnd >= 0)
        {
            host = text[..hostEnd];
        }
        if (hostEnd < 0)
            return port >= 0;
        return ParseNumber(text[(hostEnd + 1)..], 65535, out port);
    }

    /// <summary>IPAddress.Parse would take zones and prefixes too.</summary>
    static bool ParseIpv6(ReadOnlySpan<char> host, int port, out IpName ip)
    {
        ip = default;
        if (!host.Contains(':') || host.ContainsAnyExcept(ipv6Chars))
            return false;
        if (!IPAddress.TryParse(host, out var parsed))
            return false;
        ip = IpName.FromEndPoint(new(parsed, port));
        return true;
    }

    /// <summary>
    /// Four decimal numbers, as nginx reads them. IPAddress.Parse knows "1", "0x7f.1" and octal.
    /// </summary>
    static bool ParseIpv4(ReadOnlySpan<char> host, int port, out IpName ip)
    {
        ip = default;
        Span<byte> bytes = stackalloc byte[4];
        int parts = 0;
        foreach (var part in host.Split('.'))
        {
            if (parts == bytes.Length || !ParseNumber(host[part], 255, out int value))
                return false;
            bytes[parts++] = (byte)value;
        }
        if (parts != bytes.Length)
            return false;
        ip = IpName.FromBytes(bytes, port);
        return true;
    }

    static bool ParseNumber(ReadOnlySpan<char> digits, int max, out int value)
    {
        value = 0;
        if (digits.Length is 0 or > 5)
            return false;
        foreach (char digit in digits)
        {
            if (!char.IsAsciiDigit(digit))
                return false;
            value = (value * 10) + (digit - '0');
        }
        return value <= max;
    }

    byte[] MakeIpText()
    {
        if (unixPath is not null)
            return unixText;
        Span<byte> text = stackalloc byte[64];
        return text[..ip.FormatAddress(text)].ToArray();
    }

    byte[] MakeNative()
    {
        if (unixPath is null)
        {
            Span<byte> bytes = stackalloc byte[32];
            return bytes[..ip.WriteNative(bytes)].ToArray();
        }
        var made = new byte[sizeof(ushort) + unixPath.Length + 1];
        BitConverter.TryWriteBytes(made, (ushort)Native.FamilyUnix);
        Encoding.Latin1.GetBytes(unixPath, made.AsSpan(2));
        return made;
    }
}
