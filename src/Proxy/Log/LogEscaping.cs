using System.Buffers;
using Sluice.Config.Model;

namespace Sluice.Proxy.Log;

/// <summary>
/// The escapes of log lines (nginx's documentation of log_format, escape=). The default one also
/// guards the error log: no byte of a client ends a line or reaches a terminal as a command.
/// </summary>
public static class LogEscaping
{
    /// <summary>Most bytes that one byte becomes: <c>\xXX</c>.</summary>
    public const int DefaultFactor = 4;

    /// <summary>Most bytes that one byte becomes: <c>\u00XX</c>.</summary>
    public const int JsonFactor = 6;

    static readonly SearchValues<byte> specialDefault = SearchValues.Create(
        [.. Enumerable.Range(0, 256).Select(static b => (byte)b).Where(
            static b => b is < 0x20 or (byte)'"' or (byte)'\\' or >= 0x7F)]);

    static readonly SearchValues<byte> specialJson = SearchValues.Create(
        [.. Enumerable.Range(0, 256).Select(static b => (byte)b).Where(
            static b => b is < 0x20 or (byte)'"' or (byte)'\\')]);

    static ReadOnlySpan<byte> HexDigits => "0123456789ABCDEF"u8;

    /// <summary>Escapes what was appended since <paramref name="start"/>, in its place.</summary>
    public static void EscapeFrom(ByteBuilder text, int start, LogEscape escape)
    {
        if (escape == LogEscape.None)
            return;
        bool isJson = escape == LogEscape.Json;
        int plain = text.From(start).IndexOfAny(isJson ? specialJson : specialDefault);
        if (plain < 0)
            return;
        // Rare: a quote or a byte beyond ASCII in a value. It is escaped behind itself, where
        // there is room, and moved down.
        start += plain;
        int length = text.Length - start;
        int room = length * (isJson ? JsonFactor : DefaultFactor);
        text.Reserve(room);
        text.Advance(room);
        var all = text.Mutable(start);
        var escaped = all[length..];
        int count = isJson ? EscapeJson(all[..length], escaped) : Escape(all[..length], escaped);
        escaped[..count].CopyTo(all);
        text.Truncate(start + count);
    }

    /// <summary>
    /// Quotes, backslashes, control bytes, DEL and bytes above become <c>\xXX</c>. Answers the
    /// length; what does not fit into <paramref name="target"/> is cut between two bytes.
    /// </summary>
    public static int Escape(ReadOnlySpan<byte> text, Span<byte> target)
    {
        int length = 0;
        foreach (byte value in text)
        {
            if (!specialDefault.Contains(value))
            {
                if (length == target.Length)
                    break;
                target[length++] = value;
                continue;
            }
            if (target.Length - length < DefaultFactor)
                break;
            target[length] = (byte)'\\';
            target[length + 1] = (byte)'x';
            target[length + 2] = HexDigits[value >> 4];
            target[length + 3] = HexDigits[value & 15];
            length += DefaultFactor;
        }
        return length;
    }

    /// <summary>
    /// As in a JSON string; bytes from 0x7F on stay. The target has
    /// <see cref="JsonFactor"/> times the text's length.
    /// </summary>
    public static int EscapeJson(ReadOnlySpan<byte> text, Span<byte> target)
    {
        int length = 0;
        foreach (byte value in text)
        {
            if (!specialJson.Contains(value))
            {
                target[length++] = value;
                continue;
            }
            byte letter = value switch
            {
                (byte)'\n' => (byte)'n',
                (byte)'\r' => (byte)'r',
                (byte)'\t' => (byte)'t',
                (byte)'\b' => (byte)'b',
                (byte)'\f' => (byte)'f',
                (byte)'"' or (byte)'\\' => value,
                _ => (byte)'u',
            };
            target[length++] = (byte)'\\';
            target[length++] = letter;
            if (letter != 'u')
                continue;
            target[length++] = (byte)'0';
            target[length++] = (byte)'0';
            target[length++] = HexDigits[value >> 4];
            target[length++] = HexDigits[value & 15];
        }
        return length;
    }
}
