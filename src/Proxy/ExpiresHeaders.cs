using System.Text;
using Sluice.Config.Model;
using Sluice.Proxy.Http1;

namespace Sluice.Proxy;

/// <summary>
/// The two headers of the expires directive: Expires, and Cache-Control with max-age or
/// no-cache. Source: nginx's documentation of expires, ngx_http_headers_filter_module.c.
/// </summary>
static class ExpiresHeaders
{
    const long DaySeconds = 24 * 60 * 60;

    /// <summary>Longest text that a variable's value is read from; no valid one has as many.</summary>
    const int ValueCharsMax = 64;

    /// <summary>
    /// Appends to the head that is under way, the exchange's SentHead.
    /// <paramref name="modifiedSeconds"/> is the file's time of change, or -1.
    /// </summary>
    public static void Append(Exchange x, Expires expires, long modifiedSeconds)
    {
        if (expires.Kind != ExpiresKind.Variable)
        {
            Append(x, expires.Kind, expires.Seconds, modifiedSeconds);
            return;
        }
        if (!TryEvaluate(x, expires, out var kind, out var seconds))
            return;
        RemoveCaching(x);
        Append(x, kind, seconds, modifiedSeconds);
    }

    /// <summary>False for off, and for what is no value, which nginx passes over in silence.</summary>
    static bool TryEvaluate(Exchange x, Expires expires, out ExpiresKind kind, out long seconds)
    {
        seconds = 0;
        var scratch = x.Worker.Scratch;
        var start = scratch.Length;
        x.Location.Expires!.Append(x, scratch);
        var value = scratch.From(start);
        Span<char> text = stackalloc char[ValueCharsMax];
        ExpiresKind? found = null;
        if (value.Length <= ValueCharsMax
            && Expires.Parse(
                text[..Encoding.Latin1.GetChars(value, text)], expires.IsModified,
                out found, out seconds) is not null)
            found = null;
        scratch.Release(start);
        kind = found.GetValueOrDefault();
        return found is not null;
    }

    /// <summary>Takes the lines out of the head that the new ones replace.</summary>
    static void RemoveCaching(Exchange x)
    {
        var start = x.SentHead.Offset;
        var head = x.Arena.Mutable(start);
        var kept = 0;
        for (var at = 0; at < head.Length;)
        {
            var length = head[at..].IndexOf((byte)'\n') + 1;
            var line = head.Slice(at, length);
            at += length;
            if (IsOf(line, "Expires:"u8) || IsOf(line, "Cache-Control:"u8))
                continue;
            line.CopyTo(head[kept..]);
            kept += length;
        }
        x.Arena.Truncate(start + kept);
    }

    static bool IsOf(ReadOnlySpan<byte> line, ReadOnlySpan<byte> name) =>
        line.Length >= name.Length && HeaderText.EqualsIgnoreCase(line[..name.Length], name);

    static void Append(Exchange x, ExpiresKind kind, long seconds, long modifiedSeconds)
    {
        var now = x.Worker.Clock.UnixSeconds;
        switch (kind)
        {
            case ExpiresKind.Epoch:
                Write(x, "Thu, 01 Jan 1970 00:00:01 GMT"u8, "no-cache"u8);
                break;
            case ExpiresKind.Max:
                Write(x, "Thu, 31 Dec 2037 23:55:55 GMT"u8, "max-age=315360000"u8);
                break;
            case ExpiresKind.Modified when modifiedSeconds >= 0 && seconds != 0:
                Write(x, modifiedSeconds + seconds, now);
                break;
            case ExpiresKind.Daily:
                Write(x, NextTimeOfDay(now, seconds), now);
                break;
            default:
                Write(x, now + seconds, now);
                break;
        }
    }

    static long NextTimeOfDay(long now, long seconds)
    {
        var offset = (long)TimeZoneInfo.Local
            .GetUtcOffset(DateTimeOffset.FromUnixTimeSeconds(now)).TotalSeconds;
        var midnight = ((now + offset) / DaySeconds * DaySeconds) - offset;
        var today = midnight + seconds;
        return today > now ? today : today + DaySeconds;
    }

    static void Write(Exchange x, long atSeconds, long now)
    {
        Span<byte> date = stackalloc byte[HeaderText.DateLength];
        HeaderText.FormatDate(atSeconds, date);
        AnswerHead.Field(x, "Expires"u8, date);
        x.Arena.Append("Cache-Control: "u8);
        if (atSeconds < now)
        {
            x.Arena.Append("no-cache"u8);
        }
        else
        {
            x.Arena.Append("max-age="u8);
            x.Arena.Append(atSeconds - now);
        }
        x.Arena.Append("\r\n"u8);
    }

    static void Write(Exchange x, ReadOnlySpan<byte> date, ReadOnlySpan<byte> control)
    {
        AnswerHead.Field(x, "Expires"u8, date);
        AnswerHead.Field(x, "Cache-Control"u8, control);
    }
}
