using System.Text;
using Sluice.Proxy.Http1;
using Sluice.Proxy.Log;

namespace Sluice.Proxy.Variables;

/// <summary>
/// Finds headers by the name a variable gives them: lower case, with <c>_</c> for <c>-</c>. The
/// values of several lines are joined.
/// </summary>
static class HeaderLookup
{
    /// <summary>Header lines that were parsed.</summary>
    /// <param name="fields">The lines.</param>
    /// <param name="head">The bytes they point into.</param>
    /// <param name="name">As a variable has it.</param>
    /// <param name="known">The identity of that name, so that most lines need no comparing.</param>
    /// <param name="separator">What comes between the values of several lines.</param>
    /// <param name="to">Where the value goes.</param>
    public static bool Append(
        ReadOnlySpan<HeaderField> fields, ReadOnlySpan<byte> head, ReadOnlySpan<byte> name,
        KnownHeader known, ReadOnlySpan<byte> separator, ByteBuilder to)
    {
        bool isFound = false;
        foreach (ref readonly var field in fields)
        {
            if (field.NameLength != name.Length || !IsThis(field, head, name, known))
                continue;
            if (isFound)
                to.Append(separator);
            to.Append(field.Value(head));
            isFound = true;
        }
        return isFound;
    }

    /// <summary>Header lines as they are sent: "Name: value\r\n" after the first line.</summary>
    public static bool AppendSent(
        ReadOnlySpan<byte> head, ReadOnlySpan<byte> name, ByteBuilder to)
    {
        bool isFound = false;
        while (!head.IsEmpty)
        {
            int end = head.IndexOf((byte)'\n');
            var line = end < 0 ? head : head[..end];
            head = end < 0 ? default : head[(end + 1)..];
            if (line.Length <= name.Length || line[name.Length] != ':')
                continue;
            if (!IsNamed(line[..name.Length], name))
                continue;
            if (isFound)
                to.Append(", "u8);
            to.Append(HeaderText.TrimBlanks(line[(name.Length + 1)..].TrimEnd((byte)'\r')));
            isFound = true;
        }
        return isFound;
    }

    /// <summary>The header that a variable's name stands for when it has no underscores.</summary>
    public static KnownHeader KnownOf(byte[] name) =>
        KnownHeaders.Find([.. name.Select(static b => b == '_' ? (byte)'-' : b)]);

    static bool IsThis(
        in HeaderField field, ReadOnlySpan<byte> head, ReadOnlySpan<byte> name,
        KnownHeader known) =>
        field.Known == KnownHeader.Other
            ? IsNamed(field.Name(head), name)
            : field.Known == known;

    /// <summary>A header's name is the one that a variable's name stands for.</summary>
    public static bool IsNamed(ReadOnlySpan<byte> header, ReadOnlySpan<byte> name)
    {
        if (header.Length != name.Length)
            return false;
        for (int i = 0; i < name.Length; i++)
        {
            byte letter = header[i];
            if (letter is >= (byte)'A' and <= (byte)'Z')
                letter |= 0x20;
            else if (letter == '-')
                letter = (byte)'_';
            if (letter != name[i])
                return false;
        }
        return true;
    }

    /// <summary>The value of a client's header that is known by identity.</summary>
    public static bool Append(Exchange x, KnownHeader header, ByteBuilder to)
    {
        if (!x.Head.TryFind(header, out var field))
            return false;
        to.Append(field.Value(x.HeadBuffer));
        return true;
    }
}

/// <summary><c>$http_NAME</c>: a header of the request.</summary>
sealed class RequestHeaderVariable(string name, byte[] header) : Variable(name)
{
    readonly KnownHeader known = HeaderLookup.KnownOf(header);

    public override bool Append(Exchange exchange, ByteBuilder to) => HeaderLookup.Append(
        exchange.Head.Fields, exchange.HeadBuffer, header, known,
        known == KnownHeader.Cookie ? "; "u8 : ", "u8, to);
}

/// <summary><c>$sent_http_NAME</c>: a header of the answer, as far as its head is made.</summary>
sealed class SentHeaderVariable(string name, byte[] header) : Variable(name)
{
    public override ExchangeParts Reads => ExchangeParts.Answer;

    public override bool Append(Exchange exchange, ByteBuilder to) =>
        HeaderLookup.AppendSent(exchange.At(exchange.SentHead), header, to);
}

/// <summary><c>$upstream_http_NAME</c>: a header of the peer's answer.</summary>
sealed class UpstreamHeaderVariable(string name, byte[] header) : Variable(name)
{
    readonly KnownHeader known = HeaderLookup.KnownOf(header);

    /// <summary>
    /// nginx makes these two of an answer that lacks them, empty, so that it does not write its
    /// own.
    /// </summary>
    bool IsAlwaysThere => known is KnownHeader.Server or KnownHeader.Date;

    public override ExchangeParts Reads => ExchangeParts.Answer;

    public override bool Append(Exchange exchange, ByteBuilder to)
    {
        var head = exchange.UpstreamHead;
        return HeaderLookup.Append(
                head.Fields, exchange.UpstreamBuffer, header, known, ", "u8, to)
            || (IsAlwaysThere && head.Consumed > 0);
    }
}

/// <summary>
/// <c>$sent_trailer_NAME</c> and <c>$upstream_trailer_NAME</c>: what comes is what is sent.
/// </summary>
sealed class TrailerVariable(string name, byte[] trailer) : Variable(name)
{
    public override bool Append(Exchange exchange, ByteBuilder to) =>
        HeaderLookup.AppendSent(exchange.At(exchange.SentTrailers), trailer, to);
}

/// <summary><c>$arg_NAME</c>: an argument of the request, its name in any case.</summary>
sealed class ArgumentVariable(string name, byte[] argument) : Variable(name)
{
    public override bool Append(Exchange exchange, ByteBuilder to)
    {
        var args = exchange.Args.Written;
        while (!args.IsEmpty)
        {
            int end = args.IndexOf((byte)'&');
            var pair = end < 0 ? args : args[..end];
            args = end < 0 ? default : args[(end + 1)..];
            if (pair.Length <= argument.Length || pair[argument.Length] != '=')
                continue;
            if (!Ascii.EqualsIgnoreCase(pair[..argument.Length], argument))
                continue;
            to.Append(pair[(argument.Length + 1)..]);
            return true;
        }
        return false;
    }
}
