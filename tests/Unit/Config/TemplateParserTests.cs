using Sluice.Config.Syntax;

namespace Sluice.Unit.Config;

public class TemplateParserTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("abc", "'abc'")]
    [InlineData("$host", "host")]
    [InlineData("a$Host/b", "'a' host '/b'")]
    [InlineData("${host}name", "host 'name'")]
    [InlineData("$1$2x", "#1 #2 'x'")]
    [InlineData("$10", "#1 '0'")]
    [InlineData("$0", "0")]
    [InlineData("${1}", "1")]
    [InlineData("$a-$b", "a '-' b")]
    [InlineData("a}b", "'a}b'")]
    public void A_text_is_split_into_its_parts(string source, string expected)
    {
        Assert.True(TemplateParser.TryParse(source, out var template, out _));
        Assert.Equal(expected, string.Join(' ', template.Parts.Select(Show)));
        Assert.Equal(source, template.Source);
    }

    [Theory]
    [InlineData("a$", "invalid variable name", 1)]
    [InlineData("$-", "invalid variable name", 0)]
    [InlineData("${}", "invalid variable name", 0)]
    [InlineData("a ${", "invalid variable name", 2)]
    [InlineData("${ab", "the closing bracket in \"ab\" variable is missing", 0)]
    [InlineData("${a-b}", "the closing bracket in \"a\" variable is missing", 0)]
    public void What_nginx_refuses_is_refused(string source, string message, int start)
    {
        Assert.False(TemplateParser.TryParse(source, out _, out var error));
        Assert.Equal(new TemplateError(message, start), error);
    }

    [Fact]
    public void Without_captures_a_digit_is_a_name()
    {
        Assert.True(TemplateParser.TryParse("$1", out var template, out _, captures: false));
        Assert.Equal("1", Show(Assert.Single(template.Parts)));
    }

    static string Show(TemplatePart part) => part.Kind switch
    {
        TemplatePartKind.Literal => $"'{part.Text}'",
        TemplatePartKind.Capture => $"#{part.Capture}",
        _ => part.Text,
    };
}
