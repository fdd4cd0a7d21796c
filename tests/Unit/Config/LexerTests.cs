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

    /// <summary>The edges of nginx's buffer of 4096 bytes, each seen at nginx.</summary>
    [Theory]
    [InlineData("", 4095, ";", null)]
    [InlineData("", 4096, ";", "too long parameter \"aaaaaaaaaa...\" started")]
    [InlineData("", 4094, " ;", null)]
    [InlineData("", 4095, " ;", "too long parameter \"aaaaaaaaaa...\" started")]
    [InlineData("\"", 4094, "\";", null)]
    [InlineData("\"", 4095, "\";", "too long parameter \"aaaaaaaaaa...\" started")]
    [InlineData("\"", 4096, "\";",
        "too long parameter, probably missing terminating \"\"\" character")]
    [InlineData("#", 4094, "\nb;", null)]
    [InlineData("#", 4095, "\nb;", "too long parameter \"#aaaaaaaaa...\" started")]
    public void A_word_must_fit_into_the_buffer(
        string before, int length, string after, string? message)
    {
        var words = new List<Token>();
        var lexer = new Lexer(before + new string('a', length) + after + "\n");
        Assert.Equal(message, lexer.Next(words).Error?.Message);
    }

    [Fact]
    public void An_error_of_a_long_word_names_the_line_it_starts_on()
    {
        var words = new List<Token>();
        var lexer = new Lexer("\n\n" + new string('a', 5000) + ";");
        Assert.Equal(3, lexer.Next(words).Error?.Line);
    }

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
