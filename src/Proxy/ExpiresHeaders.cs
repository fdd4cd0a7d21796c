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

    public static void Append(Exchange x, Expires expires, long modifiedSeconds)
    {
        var now = x.Worker.Clock.UnixSeconds;
        switch (expires.Kind)
        {
            case ExpiresKind.Epoch:
                Write(x, "Thu, 01 Jan 1970 00:00:01 GMT"u8, "no-cache"u8);
                break;
            case ExpiresKind.Max:
                Write(x, "Thu, 31 Dec 2037 23:55:55 GMT"u8, "max-age=315360000"u8);
                break;
            case ExpiresKind.Modified when modifiedSeconds >= 0:
                Write(x, modifiedSeconds + expires.Seconds, now);
                break;
            case ExpiresKind.Daily:
                Write(x, NextTimeOfDay(now, expires.Seconds), now);
                break;
            default:
                Write(x, now + expires.Seconds, now);
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
