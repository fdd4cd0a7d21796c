using Sluice.Proxy.Http1;
using static Sluice.Unit.Proxy.Http1.HeadText;

namespace Sluice.Unit.Proxy.Http1;

public class UriEscapeTests
{
    const string Printable = " !\"#$%&'()*+,-./09:;<=>?@AZ[\\]^_`az{|}~";

    // The escapes of the printable letters are those a real nginx sends upstream.
    [Theory]
    [InlineData(EscapeUse.Uri, "%20!%22%23$%25&'()*+,-./09:;%3C=%3E%3F@AZ[%5C]%5E_%60az%7B%7C%7D~")]
    [InlineData(
        EscapeUse.Args,
        "%20!%22%23$%25%26'()*%2B,-./09:%3B%3C=%3E%3F@AZ[%5C]%5E_%60az%7B%7C%7D~")]
    [InlineData(
        EscapeUse.Component,
        "%20%21%22%23%24%25%26%27%28%29%2A%2B%2C-.%2F09%3A%3B%3C%3D%3E%3F%40AZ%5B%5C%5D%5E_%60az"
        + "%7B%7C%7D~")]
    [InlineData(
        EscapeUse.Html, "%20!%22%23$%25&%27()*+,-./09:;%3C=%3E?@AZ[%5C]%5E_%60az%7B%7C%7D~")]
    public void Letters_are_escaped_by_use(EscapeUse use, string expected) =>
        Assert.Equal(expected, Escaped(Printable, use));

    [Fact]
    public void Control_bytes_and_bytes_above_ASCII_are_escaped_for_every_use()
    {
        foreach (var use in Enum.GetValues<EscapeUse>())
            Assert.Equal("%00%0A%1F%7F%80%FF", Escaped("\0\n\x1f\x7f\x80\xff", use));
    }

    [Fact]
    public void Plain_text_stays_as_it_is()
    {
        foreach (var use in Enum.GetValues<EscapeUse>())
        {
            Assert.Equal(5, UriEscape.EscapedLength("a-b_9"u8, use));
            Assert.Equal("a-b_9", Escaped("a-b_9", use));
        }
    }

    [Theory]
    [InlineData("a%20b", "a b")]
    [InlineData("%41%4a%4A", "AJJ")]
    [InlineData("%00", "\0")]
    [InlineData("a+b", "a+b")]
    [InlineData("%", "%")]
    [InlineData("%4", "%4")]
    [InlineData("%4g%41", "%4gA")]
    [InlineData("%%41", "%A")]
    [InlineData("100%", "100%")]
    [InlineData("", "")]
    public void Escapes_are_decoded_and_other_text_stays(string text, string expected)
    {
        var bytes = Bytes(text);
        Assert.Equal(expected, Of(bytes.AsSpan(0, UriEscape.Decode(bytes, bytes))));
    }

    static string Escaped(string text, EscapeUse use)
    {
        var escaped = new byte[UriEscape.EscapedLength(Bytes(text), use)];
        Assert.Equal(escaped.Length, UriEscape.Escape(Bytes(text), use, escaped));
        return Of(escaped);
    }
}
