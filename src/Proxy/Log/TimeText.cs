using System.Buffers.Text;
using System.Text;

namespace Sluice.Proxy.Log;

/// <summary>
/// A second in the forms that logs and headers show, made once a second and thread. In a loop's
/// own time, so that a simulation logs its virtual time.
/// </summary>
public sealed class TimeText(TimeZoneInfo zone)
{
    [ThreadStatic]
    static TimeText? current;

    static readonly string[] months =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

    static readonly string[] days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];

    readonly byte[] local = new byte["28/Sep/1970:12:00:00 +0600".Length];
    readonly byte[] iso8601 = new byte["1970-09-28T12:00:00+06:00".Length];
    readonly byte[] errorLog = new byte["1970/09/28 12:00:00".Length];
    readonly byte[] syslog = new byte["Sep 28 12:00:00".Length];
    readonly byte[] http = new byte["Mon, 28 Sep 1970 06:00:00 GMT".Length];
    long second = long.MinValue;

    /// <summary>As $time_local.</summary>
    public ReadOnlySpan<byte> Local => local;

    /// <summary>As $time_iso8601.</summary>
    public ReadOnlySpan<byte> Iso8601 => iso8601;

    /// <summary>As the lines of the error log begin.</summary>
    public ReadOnlySpan<byte> ErrorLog => errorLog;

    /// <summary>As messages to syslog begin (RFC 3164, section 4.1.2).</summary>
    public ReadOnlySpan<byte> Syslog => syslog;

    /// <summary>As the Date header (RFC 9110, section 5.6.7).</summary>
    public ReadOnlySpan<byte> Http => http;

    /// <summary>
    /// The texts of a time in the process's time zone. Valid until the thread asks again.
    /// </summary>
    /// <param name="unixMs">Milliseconds since 1970-01-01 UTC.</param>
    public static TimeText At(long unixMs)
    {
        var text = current ??= new(TimeZoneInfo.Local);
        text.Set(unixMs);
        return text;
    }

    internal void Set(long unixMs)
    {
        long asked = unixMs / 1000;
        if (asked == second)
            return;
        second = asked;
        var utc = DateTime.UnixEpoch.AddSeconds(asked);
        var offset = zone.GetUtcOffset(utc);
        Write(utc + offset, offset);
        WriteHttp(utc);
    }

    void Write(DateTime time, TimeSpan offset)
    {
        Ascii(local, 0, "  /   /    :         ");
        Digits(local, 0, time.Day, 2);
        Ascii(local, 3, months[time.Month - 1]);
        Digits(local, 7, time.Year, 4);
        WriteClock(local, 12, time);
        WriteOffset(local, 21, offset, hasColon: false);

        Ascii(iso8601, 0, "    -  -  T");
        Digits(iso8601, 0, time.Year, 4);
        Digits(iso8601, 5, time.Month, 2);
        Digits(iso8601, 8, time.Day, 2);
        WriteClock(iso8601, 11, time);
        WriteOffset(iso8601, 19, offset, hasColon: true);

        Ascii(errorLog, 0, "    /  /   ");
        Digits(errorLog, 0, time.Year, 4);
        Digits(errorLog, 5, time.Month, 2);
        Digits(errorLog, 8, time.Day, 2);
        WriteClock(errorLog, 11, time);

        Ascii(syslog, 0, "       ");
        Ascii(syslog, 0, months[time.Month - 1]);
        Digits(syslog, time.Day < 10 ? 5 : 4, time.Day, time.Day < 10 ? 1 : 2);
        WriteClock(syslog, 7, time);
    }

    void WriteHttp(DateTime utc)
    {
        Ascii(http, 0, "   ,             ");
        Ascii(http, 0, days[(int)utc.DayOfWeek]);
        Digits(http, 5, utc.Day, 2);
        Ascii(http, 8, months[utc.Month - 1]);
        Digits(http, 12, utc.Year, 4);
        WriteClock(http, 17, utc);
        Ascii(http, 25, " GMT");
    }

    static void WriteClock(byte[] target, int at, DateTime time)
    {
        Ascii(target, at, "  :  :  ");
        Digits(target, at, time.Hour, 2);
        Digits(target, at + 3, time.Minute, 2);
        Digits(target, at + 6, time.Second, 2);
    }

    static void WriteOffset(byte[] target, int at, TimeSpan offset, bool hasColon)
    {
        int minutes = Math.Abs((int)offset.TotalMinutes);
        target[at] = (byte)(offset < TimeSpan.Zero ? '-' : '+');
        Digits(target, at + 1, minutes / 60, 2);
        if (hasColon)
            target[at + 3] = (byte)':';
        Digits(target, at + (hasColon ? 4 : 3), minutes % 60, 2);
    }

    static void Digits(byte[] target, int at, int value, int count) =>
        Utf8Formatter.TryFormat(value, target.AsSpan(at), out _, new('D', (byte)count));

    static void Ascii(byte[] target, int at, string text) =>
        Encoding.ASCII.GetBytes(text, target.AsSpan(at));
}
