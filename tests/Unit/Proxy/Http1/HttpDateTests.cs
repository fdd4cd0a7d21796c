using Sluice.Proxy.Http1;

namespace Sluice.Unit.Proxy.Http1;

public sealed class HttpDateTests
{
    [Theory]
    [InlineData("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777)]
    [InlineData("Sunday, 06-Nov-94 08:49:37 GMT", 784_111_777)]
    [InlineData("Sun Nov  6 08:49:37 1994", 784_111_777)]
    [InlineData("Sun Nov 16 08:49:37 1994", 784_975_777)]
    [InlineData("Sun, 06 Nov 1994 08:49:37", 784_111_777)]
    [InlineData("Thursday, 01-Jan-70 00:00:00 GMT", 0)]
    [InlineData("Thu, 29 Feb 2024 12:30:45 GMT", 1_709_209_845)]
    [InlineData("Tuesday, 01-Jan-69 00:00:00 GMT", 3_124_224_000)]
    public void The_three_forms_are_read(string text, long seconds)
    {
        Assert.True(HttpDate.TryParse(HeadText.Bytes(text), out var found));
        Assert.Equal(seconds, found);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Sun")]
    [InlineData("Sun,")]
    [InlineData("Sun, 06 Nov 1994")]
    [InlineData("Sun, 06 Nov 1994 08:49:3")]
    [InlineData("Sun, 06 Nix 1994 08:49:37 GMT")]
    [InlineData("Sun, 06 anF 1994 08:49:37 GMT")]
    [InlineData("Sun, 31 Feb 2024 08:49:37 GMT")]
    [InlineData("Sun, 00 Nov 1994 08:49:37 GMT")]
    [InlineData("Sun, 06 Nov 0000 08:49:37 GMT")]
    [InlineData("Sun, 06 Nov 1994 24:49:37 GMT")]
    [InlineData("Sun, 06 Nov 1994 08:60:37 GMT")]
    [InlineData("Sun, 06 Nov 1994 08:49:60 GMT")]
    [InlineData("Sun, 06 Nov 1994 08-49-37 GMT")]
    [InlineData("Sunday, 06-Nov-1994 08:49:37 GMT")]
    [InlineData("Sun Nov 6 08:49:37 1994")]
    [InlineData("Sun, -6 Nov 1994 08:49:37 GMT")]
    public void What_is_no_date_is_refused(string text) =>
        Assert.False(HttpDate.TryParse(HeadText.Bytes(text), out _));

    [Theory]
    [InlineData(0)]
    [InlineData(951_782_399)]
    [InlineData(951_782_400)]
    [InlineData(253_402_300_799)]
    public void What_is_written_is_read_again(long seconds)
    {
        Span<byte> text = stackalloc byte[HeaderText.DateLength];
        HeaderText.FormatDate(seconds, text);
        Assert.True(HttpDate.TryParse(text, out var found));
        Assert.Equal(seconds, found);
    }
}
