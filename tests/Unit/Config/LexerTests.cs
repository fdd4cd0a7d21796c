using Sluice.Config.Text;

namespace Sluice.Unit.Config;

public class LexerTests
{
    [Theory]
    [InlineData("a b;", "a|b;")]
    [InlineData("a \"b c\" 'd;{}';", "a|b c|d;{};")]
    [InlineData("a{", "a{")]
    [InlineData("a ${b}c{", "a|${b}c{")]
    [InlineData("a $b{", "a|$b{")]
    [InlineData("a # b;\n c;", "a|c;")]
    [InlineData("a b#c;", "a|b#c;")]
    [InlineData("a \\;b \\\"c;", "a|\\;b|\"c;")]
    [InlineData("a \"\\t\\n\\r\\x\\\\\";", "a|\t\n\r\\x\\;")]
    [InlineData("if ($a = \"b\") {", "if|($a|=|b|){")]
    [InlineData("a \"b\"{", "a|b{")]
    [InlineData("a \"\";", "a|;")]
    [InlineData("a }b;", "a!unexpected \"}\"}")]
    [InlineData("a b}c;", "a|b}c;")]
    public void Words_are_split_as_nginx_splits_them(string text, string expected) =>
        Assert.Equal(expected, First(text));

    static string First(string text)
    {
        var words = new List<Token>();
        var (end, error) = new Lexer(text).Next(words);
        string tail = end switch
        {
            StatementEnd.Terminated => ";",
            StatementEnd.BlockStart => "{",
            StatementEnd.BlockEnd => "}",
            StatementEnd.EndOfText => "EOF",
            _ => "DROPPED",
        };
        return string.Join('|', words) + (error is null ? "" : "!" + error.Message) + tail;
    }
}
