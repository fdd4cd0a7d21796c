using System.Buffers.Binary;
using System.Buffers.Text;
using System.Net;

namespace Sluice.Net;

/// <summary>
/// An IP address and a port in 24 bytes: what a connection keeps until somebody asks for an
/// <see cref="Address"/>. The default is "no IP": a unix socket.
/// </summary>
readonly record struct IpName
{
    const int NativeIpv4Bytes = 16;
    const int NativeIpv6Bytes = 28;

    /// <summary>Of an IPv4 address the lower 32 bits of <see cref="low"/>; in network order.</summary>
    readonly ulong high;
    readonly ulong low;
    readonly uint scope;
    readonly ushort port;
    readonly byte version;

    IpName(byte version, ulong high, ulong low, uint scope, ushort port)
    {
        this.version = version;
        this.high = high;
        this.low = low;
        this.scope = scope;
        this.port = port;
    }

    internal bool IsIp => version != 0;

    internal bool IsIpv6 => version == 6;

    internal int Port => port;

    internal int AddressBytes => version == 4 ? 4 : version == 6 ? 16 : 0;

    internal static IpName FromBytes(ReadOnlySpan<byte> address, int port, uint scope = 0) =>
        address.Length == 4
            ? new(4, 0, BinaryPrimitives.ReadUInt32BigEndian(address), 0, (ushort)port)
            : new(
                6,
                BinaryPrimitives.ReadUInt64BigEndian(address),
                BinaryPrimitives.ReadUInt64BigEndian(address[8..]),
                scope,
                (ushort)port);

    internal static IpName FromEndPoint(IPEndPoint endPoint)
    {
        Span<byte> bytes = stackalloc byte[16];
        endPoint.Address.TryWriteBytes(bytes, out int written);
        uint scope = written == 16 ? (uint)endPoint.Address.ScopeId : 0;
        return FromBytes(bytes[..written], endPoint.Port, scope);
    }

    /// <summary>Reads a sockaddr as Linux writes it; what is no IP address is the default.</summary>
    internal static IpName FromNative(ReadOnlySpan<byte> native)
    {
        if (native.Length < NativeIpv4Bytes)
            return default;
        int family = BitConverter.ToUInt16(native);
        int port = BinaryPrimitives.ReadUInt16BigEndian(native[2..]);
        if (family == Native.FamilyIpv4)
            return FromBytes(native.Slice(4, 4), port);
        if (family != Native.FamilyIpv6 || native.Length < NativeIpv6Bytes)
            return default;
        return FromBytes(native.Slice(8, 16), port, BitConverter.ToUInt32(native[24..]));
    }

    /// <summary>Writes a sockaddr as Linux reads it; answers its length.</summary>
    internal int WriteNative(Span<byte> target)
    {
        bool isIpv6 = version == 6;
        target = target[..(isIpv6 ? NativeIpv6Bytes : NativeIpv4Bytes)];
        target.Clear();
        int family = isIpv6 ? Native.FamilyIpv6 : Native.FamilyIpv4;
        BitConverter.TryWriteBytes(target, (ushort)family);
        BinaryPrimitives.WriteUInt16BigEndian(target[2..], port);
        WriteAddress(target[(isIpv6 ? 8 : 4)..]);
        if (isIpv6)
            BitConverter.TryWriteBytes(target[24..], scope);
        return target.Length;
    }

    /// <summary>The 4 or 16 bytes of the address in network order.</summary>
    internal void WriteAddress(Span<byte> target)
    {
        if (version == 4)
        {
            BinaryPrimitives.WriteUInt32BigEndian(target, (uint)low);
            return;
        }
        BinaryPrimitives.WriteUInt64BigEndian(target, high);
        BinaryPrimitives.WriteUInt64BigEndian(target[8..], low);
    }

    internal IPEndPoint ToEndPoint()
    {
        Span<byte> bytes = stackalloc byte[16];
        WriteAddress(bytes);
        var address = version == 6 ? new IPAddress(bytes, scope) : new IPAddress(bytes[..4]);
        return new(address, port);
    }

    /// <summary>The address alone, as $remote_addr has it: at most 45 bytes.</summary>
    internal int FormatAddress(Span<byte> target)
    {
        Span<byte> bytes = stackalloc byte[16];
        WriteAddress(bytes);
        return version == 4 ? FormatIpv4(bytes, target) : FormatIpv6(bytes, target);
    }

    /// <summary>"127.0.0.1:80" or "[::1]:80": at most 53 bytes.</summary>
    internal int Format(Span<byte> target)
    {
        int length = 0;
        if (version == 6)
            target[length++] = (byte)'[';
        length += FormatAddress(target[length..]);
        if (version == 6)
            target[length++] = (byte)']';
        target[length++] = (byte)':';
        return length + FormatNumber(port, target[length..], 'D');
    }

    static int FormatIpv4(ReadOnlySpan<byte> bytes, Span<byte> target)
    {
        int length = 0;
        for (int i = 0; i < 4; i++)
        {
            if (i > 0)
                target[length++] = (byte)'.';
            length += FormatNumber(bytes[i], target[length..], 'D');
        }
        return length;
    }

    /// <summary>
    /// RFC 5952 with nginx's reading of it: the first of the longest runs of at least two zero
    /// groups becomes "::", and what looks like an embedded IPv4 address ends in dotted form
    /// (::ffff:a.b.c.d, ::a.b.c.d, but ::1 stays).
    /// </summary>
    static int FormatIpv6(ReadOnlySpan<byte> bytes, Span<byte> target)
    {
        var (run, runLength) = LongestZeroRun(bytes);
        bool isMapped = run == 0 && runLength == 5 && bytes[10] == 0xff && bytes[11] == 0xff;
        bool isCompatible = run == 0
            && (runLength == 6 || (runLength == 7 && bytes[14] != 0 && bytes[15] != 1));
        int groups = isMapped || isCompatible ? 6 : 8;
        int length = 0;
        for (int group = 0; group < groups; group++)
        {
            if (group == run)
            {
                target[length++] = (byte)':';
                if (group == 0)
                    target[length++] = (byte)':';
                group += runLength - 1;
                continue;
            }
            int value = (bytes[group * 2] << 8) | bytes[(group * 2) + 1];
            length += FormatNumber(value, target[length..], 'x');
            if (group < 7)
                target[length++] = (byte)':';
        }
        return groups == 8 ? length : length + FormatIpv4(bytes[12..], target[length..]);
    }

    /// <summary>The first of the longest runs of zero groups; a single one does not count.</summary>
    static (int Start, int Length) LongestZeroRun(ReadOnlySpan<byte> bytes)
    {
        var best = (Start: -1, Length: 1);
        int length = 0;
        for (int group = 0; group < 8; group++)
        {
            bool isZero = (bytes[group * 2] | bytes[(group * 2) + 1]) == 0;
            length = isZero ? length + 1 : 0;
            if (length > best.Length)
                best = (group - length + 1, length);
        }
        return best;
    }

    static int FormatNumber(int value, Span<byte> target, char format)
    {
        Utf8Formatter.TryFormat(value, target, out int written, new(format));
        return written;
    }
}
