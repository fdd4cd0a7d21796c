using Sluice.Config.Syntax;

namespace Sluice.Unit.Config;

public class ValuesTests
{
    [Theory]
    [InlineData("0", 0L)]
    [InlineData("1k", 1024L)]
    [InlineData("1K", 1024L)]
    [InlineData("2m", 2L * 1024 * 1024)]
    [InlineData("9223372036854775807", long.MaxValue)]
    [InlineData("9007199254740991k", 9007199254740991L * 1024)]
    [InlineData("9007199254740992k", null)]
    [InlineData("9223372036854775808", null)]
    [InlineData("1g", null)]
    [InlineData("k", null)]
    [InlineData("", null)]
    [InlineData("-1", null)]
    [InlineData("1 k", null)]
    public void A_size_is_what_nginx_takes(string text, long? expected) =>
        Assert.Equal(expected, Values.TrySize(text, out long bytes) ? bytes : null);

    [Theory]
    [InlineData("1g", 1024L * 1024 * 1024)]
    [InlineData("1G", 1024L * 1024 * 1024)]
    [InlineData("1t", null)]
    public void An_offset_takes_giga_too(string text, long? expected) =>
        Assert.Equal(expected, Values.TryOffset(text, out long bytes) ? bytes : null);

    [Theory]
    [InlineData("60", 60_000L)]
    [InlineData("60s", 60_000L)]
    [InlineData("1h30m", 5_400_000L)]
    [InlineData("1h 30m", 5_400_000L)]
    [InlineData("1w2d3h4m5s6ms", 788_645_006L)]
    [InlineData("500ms", 500L)]
    [InlineData("1m 5", 65_000L)]
    [InlineData("5 1m", null)]
    [InlineData("30m1h", null)]
    [InlineData("1y", null)]
    [InlineData("1M", null)]
    [InlineData("", null)]
    [InlineData("s", null)]
    [InlineData("1s5", 6_000L)]
    [InlineData("9223372036854775", 9_223_372_036_854_775_000L)]
    [InlineData("9223372036854776", null)]
    [InlineData("1.5s", null)]
    public void A_time_in_milliseconds_is_what_nginx_takes(string text, long? expected) =>
        Assert.Equal(expected, Values.TryMilliseconds(text, out long ms) ? ms : null);

    [Theory]
    [InlineData("10", 10L)]
    [InlineData("1y", 31_536_000L)]
    [InlineData("1M", 2_592_000L)]
    [InlineData("1y1M", 34_128_000L)]
    [InlineData("1M1y", null)]
    [InlineData("1ms", null)]
    [InlineData("1d", 86_400L)]
    public void A_time_in_seconds_is_what_nginx_takes(string text, long? expected) =>
        Assert.Equal(expected, Values.TrySeconds(text, out long seconds) ? seconds : null);

    [Theory]
    [InlineData("1.25", 125L)]
    [InlineData("1", 100L)]
    [InlineData("1.", 100L)]
    [InlineData("1.255", null)]
    [InlineData("1.2.", null)]
    [InlineData("", null)]
    public void A_fixed_point_number_counts_its_last_digit(string text, long? expected) =>
        Assert.Equal(expected, Values.TryFixedPoint(text, 2, out long value) ? value : null);
}
