using System.Text;
using Sluice.Config.Model;
using Sluice.Proxy;
using Sluice.Proxy.Log;

namespace Sluice.Unit.Proxy.Log;

public class LogEscapingTests
{
    [Theory]
    [InlineData("plain /text?x=1", "plain /text?x=1")]
    [InlineData("a\"b", "a\\x22b")]
    [InlineData("a\\b", "a\\x5Cb")]
    [InlineData("a\r\nb\tc\0", "a\\x0D\\x0Ab\\x09c\\x00")]
    [InlineData("\u001f ~", "\\x1F ~")]
    [InlineData("\u007f", "\\x7F")]
    [InlineData("\u0080\u00ff", "\\x80\\xFF")]
    public void The_default_escape_is_nginx_s(string text, string expected)
    {
        var target = new byte[text.Length * LogEscaping.DefaultFactor];
        int length = LogEscaping.Escape(Encoding.Latin1.GetBytes(text), target);

        Assert.Equal(expected, Encoding.Latin1.GetString(target, 0, length));
        Assert.Equal("start" + expected, InPlace(text, LogEscape.Default));
    }

    [Theory]
    [InlineData("plain /text", "plain /text")]
    [InlineData("a\"b\\c", "a\\\"b\\\\c")]
    [InlineData("\n\r\t\b\f", "\\n\\r\\t\\b\\f")]
    [InlineData("\u0000\u001b\u001f", "\\u0000\\u001B\\u001F")]
    [InlineData("\u007f\u0080\u00ff", "\u007f\u0080\u00ff")]
    public void The_escape_for_json_is_nginx_s(string text, string expected)
    {
        var target = new byte[text.Length * LogEscaping.JsonFactor];
        int length = LogEscaping.EscapeJson(Encoding.Latin1.GetBytes(text), target);

        Assert.Equal(expected, Encoding.Latin1.GetString(target, 0, length));
        Assert.Equal("start" + expected, InPlace(text, LogEscape.Json));
    }

    [Fact]
    public void A_text_that_does_not_fit_is_cut_between_bytes()
    {
        var target = new byte[6];

        Assert.Equal(5, LogEscaping.Escape("a\n\n"u8, target));
        Assert.Equal("a\\x0A"u8, target.AsSpan(0, 5));
        Assert.Equal(6, LogEscaping.Escape("abcdefgh"u8, target));
    }

    [Fact]
    public void Without_an_escape_bytes_stay() =>
        Assert.Equal("starta\"\n\u00ff", InPlace("a\"\n\u00ff", LogEscape.None));

    static string InPlace(string text, LogEscape escape)
    {
        var builder = new ByteBuilder(8);
        builder.Append("start"u8);
        builder.AppendLatin1(text);
        LogEscaping.EscapeFrom(builder, 5, escape);
        return Encoding.Latin1.GetString(builder.Written);
    }
}
