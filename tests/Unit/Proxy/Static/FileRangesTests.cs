using Sluice.Proxy;
using Sluice.Proxy.Static;
using Sluice.Unit.Proxy.Http1;

namespace Sluice.Unit.Proxy.Static;

public sealed class FileRangesTests
{
    const long Length = 21;

    [Theory]
    [InlineData("bytes=2-5", "2+4")]
    [InlineData("BYTES=0-0", "0+1")]
    [InlineData("bytes=15-", "15+6")]
    [InlineData("bytes=-3", "18+3")]
    [InlineData("bytes=-300", "0+21")]
    [InlineData("bytes=3-300", "3+18")]
    [InlineData("bytes=0-1,3-4", "0+2 3+2")]
    [InlineData("bytes= 0 - 1 , -2", "0+2 19+2")]
    [InlineData("bytes=10-,0-0", "10+11 0+1")]
    [InlineData("bytes=0-1,30-,4-5", "0+2 4+2")]
    [InlineData("bytes=5-2,4-5", "4+2")]
    [InlineData("bytes=0-9,0-10", "0+10 0+11")]
    public void Ranges_are_parts_of_the_file_in_their_order(string text, string expected) =>
        Assert.Equal(expected, Parse(text, Length, RangeResult.Parts));

    [Theory]
    [InlineData("bytes=21-")]
    [InlineData("bytes=30-40,50-")]
    [InlineData("bytes=-0")]
    [InlineData("bytes=x")]
    [InlineData("bytes=1")]
    [InlineData("bytes=1-2,")]
    [InlineData("bytes=--1")]
    [InlineData("bytes=- 1")]
    [InlineData("bytes=1-2-3")]
    [InlineData("bytes=1-2;3-4")]
    [InlineData("bytes=9223372036854775808-")]
    [InlineData("bytes=0-9223372036854775808")]
    public void What_no_byte_is_in_is_unsatisfiable(string text) =>
        Parse(text, Length, RangeResult.Unsatisfiable);

    [Theory]
    [InlineData("bytes=")]
    [InlineData("lines=0-1")]
    [InlineData("0-1")]
    [InlineData("")]
    [InlineData("bytes=0-10,0-10")]
    public void Other_units_and_more_than_the_file_get_the_whole_file(string text) =>
        Parse(text, Length, RangeResult.Whole);

    [Theory]
    [InlineData("bytes=0-5", RangeResult.Whole)]
    [InlineData("bytes=-5", RangeResult.Whole)]
    [InlineData("bytes=0-", RangeResult.Whole)]
    [InlineData("bytes=5-6", RangeResult.Unsatisfiable)]
    public void An_empty_file_has_no_range(string text, object result) =>
        Parse(text, 0, (RangeResult)result);

    [Fact]
    public void More_ranges_than_the_limit_get_the_whole_file()
    {
        var most = string.Join(',', Enumerable.Repeat("1-1", Limits.RangesOfFile));
        Parse($"bytes={most}", 100_000, RangeResult.Parts);
        Parse($"bytes={most},1-1", 100_000, RangeResult.Whole);
    }

    static string Parse(string text, long length, RangeResult expected)
    {
        var ranges = new List<FileRange>();
        Assert.Equal(expected, FileRanges.Parse(HeadText.Bytes(text), length, ranges));
        return string.Join(' ', ranges.Select(range => $"{range.Start}+{range.Length}"));
    }
}
