using System.Globalization;
using Sluice.Proxy.Http1;
using static Sluice.Unit.Proxy.Http1.HeadText;

namespace Sluice.Unit.Proxy.Http1;

public class HeaderTextTests
{
    [Theory]
    [InlineData(0, "Thu, 01 Jan 1970 00:00:00 GMT")]
    [InlineData(784111777, "Sun, 06 Nov 1994 08:49:37 GMT")]
    [InlineData(951782399, "Mon, 28 Feb 2000 23:59:59 GMT")]
    [InlineData(951782400, "Tue, 29 Feb 2000 00:00:00 GMT")]
    [InlineData(2145916555, "Thu, 31 Dec 2037 23:55:55 GMT")]
    [InlineData(253402300799, "Fri, 31 Dec 9999 23:59:59 GMT")]
    public void Date_is_an_IMF_fixdate(long seconds, string expected)
    {
        var date = new byte[HeaderText.DateLength];
        Assert.Equal(HeaderText.DateLength, HeaderText.FormatDate(seconds, date));
        Assert.Equal(expected, Of(date));
        var time = DateTimeOffset.FromUnixTimeSeconds(seconds);
        Assert.Equal(time.ToString("R", CultureInfo.InvariantCulture), Of(date));
    }

    [Theory]
    [InlineData("0", 0)]
    [InlineData("007", 7)]
    [InlineData("9223372036854775807", long.MaxValue)]
    [InlineData("000000000000000000000000001", 1)]
    public void Decimal_is_read(string text, long expected)
    {
        Assert.True(HeaderText.TryParseDecimal(Bytes(text), out var value));
        Assert.Equal(expected, value);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-1")]
    [InlineData("+1")]
    [InlineData(" 1")]
    [InlineData("1 ")]
    [InlineData("1.0")]
    [InlineData("9223372036854775808")]
    [InlineData("18446744073709551616")]
    public void Other_text_is_no_decimal(string text) =>
        Assert.False(HeaderText.TryParseDecimal(Bytes(text), out _));

    [Theory]
    [InlineData(0, "0")]
    [InlineData(1234567890, "1234567890")]
    [InlineData(long.MaxValue, "9223372036854775807")]
    public void Decimal_is_written(long value, string expected)
    {
        var buffer = new byte[20];
        Assert.Equal(expected, Of(buffer.AsSpan(0, HeaderText.FormatDecimal(value, buffer))));
    }

    [Theory]
    [InlineData("", new string[0])]
    [InlineData("a", new[] { "a" })]
    [InlineData(" a , b\t,c", new[] { "a", "b", "c" })]
    [InlineData(",,a,, ,b,", new[] { "a", "b" })]
    [InlineData("a b, c;q=1", new[] { "a b", "c;q=1" })]
    public void Tokens_of_a_list_are_walked(string list, string[] expected)
    {
        var tokens = new List<string>();
        foreach (var token in HeaderText.Tokens(Bytes(list))) tokens.Add(Of(token));
        Assert.Equal(expected, tokens);
    }

    [Theory]
    [InlineData("keep-alive, Upgrade", true)]
    [InlineData("UPGRADE", true)]
    [InlineData("upgrades", false)]
    [InlineData("x upgrade", false)]
    [InlineData("", false)]
    public void Token_is_found_in_any_letters(string list, bool isFound) =>
        Assert.Equal(isFound, HeaderText.HasToken(Bytes(list), "upgrade"u8));

    [Theory]
    [InlineData("dGhlIHNhbXBsZSBub25jZQ==", true)]
    [InlineData("++++++++++++////////Az==", true)]
    [InlineData("dGhlIHNhbXBsZSBub25jZQ=", false)]
    [InlineData("dGhlIHNhbXBsZSBub25jZQ===", false)]
    [InlineData("dGhlIHNhbXBsZSBub25jZQab", false)]
    [InlineData("dGhlIHNhbXBsZSBub25jZ===", false)]
    [InlineData("dGhl-HNhbXBsZSBub25jZQ==", false)]
    public void WebSocket_key_is_sixteen_bytes_in_base64(string key, bool isKey) =>
        Assert.Equal(isKey, HeaderText.IsWebSocketKey(Bytes(key)));
}
