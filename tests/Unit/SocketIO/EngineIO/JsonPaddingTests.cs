using System.Text;
using Sluice.SocketIO.EngineIO;

namespace Sluice.Unit.SocketIO.EngineIO;

public class JsonPaddingTests
{
    [Theory]
    [InlineData("0", "40", "___eio[0](\"40\");")]
    [InlineData("12", "4\"\\é\n", "___eio[12](\"4\\\"\\\\é\\n\");")]
    [InlineData("1](alert(2", "6", "___eio[12](\"6\");")]
    [InlineData("", "6", "___eio[](\"6\");")]
    [InlineData("0", "a\u2028b\u2029", "___eio[0](\"a\\u2028b\\u2029\");")]
    public void An_answer_is_a_script_whose_index_has_digits_alone(
        string index, string body, string script) => Assert.Equal(
        script, Encoding.UTF8.GetString(JsonPadding.Wrap(index, Encoding.UTF8.GetBytes(body))));

    [Theory]
    [InlineData("d=40", "40")]
    [InlineData("d=4%5B1%5D+x", "4[1] x")]
    [InlineData("x=1&d=a%5Cnb", "a\nb")]
    [InlineData("d=a%5C%5Cnb", "a\\nb")]
    [InlineData("d=%C3%A9", "é")]
    [InlineData("x=40", null)]
    [InlineData("d=1&d=2", null)]
    [InlineData("", null)]
    public void A_form_has_its_text_in_one_field(string form, string? text)
    {
        var read = JsonPadding.Unwrap(Encoding.UTF8.GetBytes(form));
        Assert.Equal(text, read is null ? null : Encoding.UTF8.GetString(read));
    }
}
