using Sluice.Proxy.Static;
using Sluice.Unit.Proxy.Http1;

namespace Sluice.Unit.Proxy.Static;

public sealed class FileConditionsTests
{
    /// <summary>Thu, 29 Feb 2024 12:30:45 GMT.</summary>
    const long Modified = 1_709_209_845;

    const string Tag = "\"65e078f5-15\"";
    const string Date = "Thu, 29 Feb 2024 12:30:45 GMT";
    const string Earlier = "Thu, 29 Feb 2024 12:30:44 GMT";
    const string Later = "Thu, 29 Feb 2024 12:30:46 GMT";

    [Fact]
    public void A_request_without_conditions_gets_the_file() => Assert.Equal(200, Status(""));

    [Theory]
    [InlineData(Tag, 304)]
    [InlineData("W/" + Tag, 304)]
    [InlineData("\"a\", W/\"b\" ," + Tag, 304)]
    [InlineData("*", 304)]
    [InlineData("\"other\"", 200)]
    [InlineData("65e078f5-15", 200)]
    [InlineData("\"65e078f5-15", 200)]
    [InlineData("*, \"other\"", 200)]
    public void If_none_match_with_the_tag_is_not_modified(string value, int status) =>
        Assert.Equal(status, Status($"If-None-Match: {value}\r\n"));

    [Theory]
    [InlineData(Tag, 200)]
    [InlineData("\"a\", " + Tag, 200)]
    [InlineData("*", 200)]
    [InlineData("W/" + Tag, 412)]
    [InlineData("\"other\"", 412)]
    public void If_match_needs_the_strong_tag(string value, int status) =>
        Assert.Equal(status, Status($"If-Match: {value}\r\n"));

    [Theory]
    [InlineData(Date, 304)]
    [InlineData("Thursday, 29-Feb-24 12:30:45 GMT", 304)]
    [InlineData("Thu Feb 29 12:30:45 2024", 304)]
    [InlineData(Earlier, 200)]
    [InlineData(Later, 200)]
    [InlineData("yesterday", 200)]
    public void If_modified_since_has_to_name_the_second(string value, int status) =>
        Assert.Equal(status, Status($"If-Modified-Since: {value}\r\n"));

    [Theory]
    [InlineData(Date, 200)]
    [InlineData(Later, 200)]
    [InlineData(Earlier, 412)]
    [InlineData("yesterday", 412)]
    public void If_unmodified_since_must_not_be_before_the_change(string value, int status) =>
        Assert.Equal(status, Status($"If-Unmodified-Since: {value}\r\n"));

    [Theory]
    [InlineData(Date, Tag, 304)]
    [InlineData(Date, "\"other\"", 200)]
    [InlineData(Earlier, Tag, 200)]
    public void Date_and_tag_must_both_say_that_nothing_changed(
        string date, string tag, int status) =>
        Assert.Equal(status, Status($"If-Modified-Since: {date}\r\nIf-None-Match: {tag}\r\n"));

    [Fact]
    public void A_failed_precondition_comes_before_not_modified() =>
        Assert.Equal(412, Status($"If-None-Match: {Tag}\r\nIf-Match: \"other\"\r\n"));

    [Theory]
    [InlineData("", true)]
    [InlineData("If-Range: " + Tag + "\r\n", true)]
    [InlineData("If-Range: " + Date + "\r\n", true)]
    [InlineData("If-Range: W/" + Tag + "\r\n", false)]
    [InlineData("If-Range: \"other\"\r\n", false)]
    [InlineData("If-Range: " + Earlier + "\r\n", false)]
    [InlineData("If-Range: " + Later + "\r\n", false)]
    [InlineData("If-Range: \"\r\n", false)]
    public void A_range_counts_only_for_the_state_that_if_range_names(string line, bool counts)
    {
        var text = HeadText.Get(line);
        Assert.Equal(
            counts,
            FileConditions.IsRangeCurrent(HeadText.Request(text), HeadText.Bytes(text), Facts));
    }

    static FileFacts Facts => new(21, Modified, HeadText.Bytes(Tag));

    static int Status(string lines)
    {
        var text = HeadText.Get(lines);
        return FileConditions.StatusOf(HeadText.Request(text), HeadText.Bytes(text), Facts);
    }
}
