using System.Text;
using Sluice.Proxy.Log;

namespace Sluice.Unit.Proxy.Log;

public class TimeTextTests
{
    static readonly TimeZoneInfo east = TimeZoneInfo.CreateCustomTimeZone(
        "east", TimeSpan.FromMinutes(345), "east", "east");

    static readonly TimeZoneInfo west = TimeZoneInfo.CreateCustomTimeZone(
        "west", TimeSpan.FromMinutes(-570), "west", "west");

    [Fact]
    public void A_time_has_nginx_s_forms()
    {
        var text = new TimeText(TimeZoneInfo.Utc);
        text.Set(1_795_210_586_999);

        Assert.Equal("20/Nov/2026:21:36:26 +0000", Ascii(text.Local));
        Assert.Equal("2026-11-20T21:36:26+00:00", Ascii(text.Iso8601));
        Assert.Equal("2026/11/20 21:36:26", Ascii(text.ErrorLog));
        Assert.Equal("Nov 20 21:36:26", Ascii(text.Syslog));
        Assert.Equal("Fri, 20 Nov 2026 21:36:26 GMT", Ascii(text.Http));
    }

    [Fact]
    public void Local_times_are_in_the_zone_and_name_its_offset()
    {
        var text = new TimeText(east);
        text.Set(1_795_210_586_000);

        Assert.Equal("21/Nov/2026:03:21:26 +0545", Ascii(text.Local));
        Assert.Equal("2026-11-21T03:21:26+05:45", Ascii(text.Iso8601));
        Assert.Equal("2026/11/21 03:21:26", Ascii(text.ErrorLog));
        Assert.Equal("Fri, 20 Nov 2026 21:36:26 GMT", Ascii(text.Http));
    }

    [Fact]
    public void A_zone_west_of_greenwich_has_a_minus()
    {
        var text = new TimeText(west);
        text.Set(0);

        Assert.Equal("31/Dec/1969:14:30:00 -0930", Ascii(text.Local));
        Assert.Equal("1969-12-31T14:30:00-09:30", Ascii(text.Iso8601));
    }

    [Fact]
    public void A_text_follows_the_clock_in_both_directions()
    {
        var text = new TimeText(TimeZoneInfo.Utc);
        text.Set(10_999);
        Assert.EndsWith(":10", Ascii(text.ErrorLog));
        text.Set(11_000);
        Assert.EndsWith(":11", Ascii(text.ErrorLog));
        text.Set(9_000);
        Assert.EndsWith(":09", Ascii(text.ErrorLog));
    }

    [Fact]
    public void Another_second_allocates_nothing()
    {
        Assert.Equal(0, Allocations.Of(() =>
        {
            TimeText.At(2_000);
            TimeText.At(1_795_210_586_000);
        }));
    }

    static string Ascii(ReadOnlySpan<byte> text) => Encoding.ASCII.GetString(text);
}
