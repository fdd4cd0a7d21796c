using Sluice.Config.Syntax.Pcre;

namespace Sluice.Unit.Config;

public class PcreTranslatorTests
{
    /// <summary>What PCRE2 10.42 says, through nginx -t, about each of these expressions.</summary>
    [Theory]
    [InlineData("a**", "quantifier does not follow a repeatable item in \"a**\" at \"*\"")]
    [InlineData("*a", "quantifier does not follow a repeatable item in \"*a\" at \"*a\"")]
    [InlineData("a{2}{3}", "quantifier does not follow a repeatable item in \"a{2}{3}\" at \"}\"")]
    [InlineData("^*", "quantifier does not follow a repeatable item in \"^*\" at \"*\"")]
    [InlineData("\\b+", "quantifier does not follow a repeatable item in \"\\b+\" at \"+\"")]
    [InlineData("a|*", "quantifier does not follow a repeatable item in \"a|*\" at \"*\"")]
    [InlineData("(*)", "quantifier does not follow a repeatable item in \"(*)\" at \"*)\"")]
    [InlineData("(+a)", "quantifier does not follow a repeatable item in \"(+a)\" at \"+a)\"")]
    [InlineData("x*+*", "quantifier does not follow a repeatable item in \"x*+*\" at \"*\"")]
    [InlineData("{2}", "quantifier does not follow a repeatable item in \"{2}\" at \"}\"")]
    [InlineData("(a", "missing closing parenthesis in \"(a\"")]
    [InlineData("(?", "missing closing parenthesis in \"(?\"")]
    [InlineData("(?P", "missing closing parenthesis in \"(?P\"")]
    [InlineData("(?i", "missing closing parenthesis in \"(?i\"")]
    [InlineData("(?P<n>", "missing closing parenthesis in \"(?P<n>\"")]
    [InlineData("a)b", "unmatched closing parenthesis in \"a)b\" at \")b\"")]
    [InlineData("[a", "missing terminating ] for character class in \"[a\"")]
    [InlineData("[]", "missing terminating ] for character class in \"[]\"")]
    [InlineData("[^]", "missing terminating ] for character class in \"[^]\"")]
    [InlineData("[a-", "missing terminating ] for character class in \"[a-\"")]
    [InlineData("[a\\]", "missing terminating ] for character class in \"[a\\]\"")]
    [InlineData("[z-a]b", "range out of order in character class in \"[z-a]b\" at \"a]b\"")]
    [InlineData("[b-\\x61]", "range out of order in character class in \"[b-\\x61]\" at \"1]\"")]
    [InlineData("[\\d-z]", "invalid range in character class in \"[\\d-z]\" at \"-z]\"")]
    [InlineData("[b-\\d]", "invalid range in character class in \"[b-\\d]\" at \"]\"")]
    [InlineData("[a-[:digit:]]",
        "invalid range in character class in \"[a-[:digit:]]\" at \":digit:]]\"")]
    [InlineData("[[:digit:]-z]",
        "invalid range in character class in \"[[:digit:]-z]\" at \"-z]\"")]
    [InlineData("[[:foo:]]x", "unknown POSIX class name in \"[[:foo:]]x\" at \"foo:]]x\"")]
    [InlineData("[[.a.]]",
        "POSIX collating elements are not supported in \"[[.a.]]\" at \"[.a.]]\"")]
    [InlineData("[:alpha:]",
        "POSIX named classes are supported only within a class in \"[:alpha:]\" at \"[:alpha:]\"")]
    [InlineData("[\\B]", "escape sequence is invalid in character class in \"[\\B]\" at \"B]\"")]
    [InlineData("a{3,2}x", "numbers out of order in {} quantifier in \"a{3,2}x\" at \"}x\"")]
    [InlineData("a{70000}", "number too big in {} quantifier in \"a{70000}\" at \"}\"")]
    [InlineData("a\\", "\\ at end of pattern in \"a\\\"")]
    [InlineData("\\j", "unrecognized character follows \\ in \"\\j\" at \"j\"")]
    [InlineData("\\5x", "reference to non-existent subpattern in \"\\5x\" at \"5x\"")]
    [InlineData("(a)\\2", "reference to non-existent subpattern in \"(a)\\2\" at \"2\"")]
    [InlineData("\\g{3}a", "reference to non-existent subpattern in \"\\g{3}a\" at \"}a\"")]
    [InlineData("\\g{-1}", "reference to non-existent subpattern in \"\\g{-1}\" at \"{-1}\"")]
    [InlineData("\\k<no>a", "reference to non-existent subpattern in \"\\k<no>a\" at \"no>a\"")]
    [InlineData("(?P<n>a)(?P=m)",
        "reference to non-existent subpattern in \"(?P<n>a)(?P=m)\" at \"m)\"")]
    [InlineData("\\k",
        "\\k is not followed by a braced, angle-bracketed, or quoted name in \"\\k\"")]
    [InlineData("\\k{n",
        "syntax error in subpattern name (missing terminator?) in \"\\k{n\"")]
    [InlineData("(?<ax)",
        "syntax error in subpattern name (missing terminator?) in \"(?<ax)\" at \")\"")]
    [InlineData("(?<1a>x)",
        "subpattern name must start with a non-digit in \"(?<1a>x)\" at \"1a>x)\"")]
    [InlineData("(?<>a)", "subpattern name expected in \"(?<>a)\" at \">a)\"")]
    [InlineData("(?<a>x)(?<a>y)", "two named subpatterns have the same name"
        + " (PCRE2_DUPNAMES not set) in \"(?<a>x)(?<a>y)\" at \"y)\"")]
    [InlineData("(?z)", "unrecognized character after (? or (?- in \"(?z)\" at \"z)\"")]
    [InlineData("(?i-z)a", "unrecognized character after (? or (?- in \"(?i-z)a\" at \"z)a\"")]
    [InlineData("(?Px)", "unrecognized character after (?P in \"(?Px)\" at \"x)\"")]
    [InlineData("(?#abc", "missing ) after (?# comment in \"(?#abc\"")]
    [InlineData("(?<=a*)b",
        "lookbehind assertion is not fixed length in \"(?<=a*)b\" at \"(?<=a*)b\"")]
    [InlineData("(?<=(a|bc))d",
        "lookbehind assertion is not fixed length in \"(?<=(a|bc))d\" at \"(?<=(a|bc))d\"")]
    [InlineData("\\x{100}",
        "character code point value in \\x{} or \\o{} is too large in \"\\x{100}\" at \"}\"")]
    [InlineData("\\x{zz}",
        "non-hex character in \\x{} (closing brace missing?) in \"\\x{zz}\" at \"zz}\"")]
    [InlineData("\\777",
        "octal value is greater than \\377 in 8-bit non-UTF-8 mode in \"\\777\"")]
    [InlineData("\\c", "\\c at end of pattern in \"\\c\"")]
    [InlineData("\\p", "malformed \\P or \\p sequence in \"\\p\"")]
    [InlineData("\\p{Foo}", "unknown property after \\P or \\p in \"\\p{Foo}\"")]
    [InlineData("\\u0041", "PCRE2 does not support \\F, \\L, \\l, \\N{name}, \\U, or \\u"
        + " in \"\\u0041\" at \"0041\"")]
    public void What_pcre_refuses_is_refused_in_its_words(string source, string expected)
    {
        Assert.False(PcreTranslator.TryTranslate(source, false, out _, out string? error));
        Assert.Equal("pcre2_compile() failed: " + expected, error);
    }

    [Theory]
    [InlineData("(?<=ab|c)d")]
    [InlineData("(?<=a{2})")]
    [InlineData("(?=a)*")]
    [InlineData("a{,3}")]
    [InlineData("a{")]
    [InlineData("a{2,")]
    [InlineData("[--a]")]
    [InlineData("[]a]")]
    [InlineData("()*")]
    [InlineData("a||b")]
    [InlineData("|")]
    [InlineData("\\377")]
    [InlineData("\\18")]
    [InlineData("\\pL")]
    [InlineData("[\\h\\v]")]
    public void What_pcre_takes_is_taken(string source)
    {
        PcreTranslator.TryTranslate(source, false, out _, out string? error);
        Assert.Null(error);
    }

    [Theory]
    [InlineData("^/a$", "/a", "/a")]
    [InlineData("\\d+", "a12", "12")]
    [InlineData("\\w+", "\u00e9ab", "ab")]
    [InlineData("\\bab", "\u00e9ab", "ab")]
    [InlineData("[[:alpha:]]+", "1ab2", "ab")]
    [InlineData("[[:^digit:]]", "1a", "a")]
    [InlineData("[^\\d\\s]", "1 a", "a")]
    [InlineData("\\Qa.b\\E+", "a.bb", "a.bb")]
    [InlineData("a++b", "aaab", "aaab")]
    [InlineData("a++ab", "aaab", null)]
    [InlineData("(?:a|ab)?+c", "abc", "c")]
    [InlineData("\\x41\\101\\x{42}", "AAB", "AAB")]
    [InlineData("(a)(?<n>b)\\2", "abb", "abb")]
    [InlineData("(a)(?<n>b)\\k<n>", "abb", "abb")]
    [InlineData("(?|(a)|(b))\\1", "bb", "bb")]
    [InlineData("a(?#c)+", "aa", "aa")]
    [InlineData("\\N{2}", "ab", "ab")]
    [InlineData("(?i)AB", "ab", "ab")]
    [InlineData("(?i:A)B", "aB", "aB")]
    [InlineData("(?i:A)B", "ab", null)]
    [InlineData("((?i)a)b", "AB", null)]
    [InlineData("(?x) a b # c", "ab", "ab")]
    [InlineData("(?s)a.b", "a\nb", "a\nb")]
    [InlineData("a.b", "a\nb", null)]
    [InlineData("(?m)^b", "a\nb", "b")]
    [InlineData("a$", "a\n", "a")]
    [InlineData("(?U)a+", "aaa", "a")]
    [InlineData("\\R", "\r\n", "\r\n")]
    [InlineData("[]a]+", "]a]", "]a]")]
    [InlineData("[\\b]", "\b", "\b")]
    [InlineData("\\e\\cA", "\u001b\u0001", "\u001b\u0001")]
    [InlineData("a{,3}", "a{,3}", "a{,3}")]
    [InlineData("\\.(js|css)$", "/x.js", ".js")]
    public void A_translation_matches_what_pcre_matches(string source, string text, string? match)
    {
        Assert.True(PcreTranslator.TryTranslate(source, false, out var pattern, out _));
        var found = pattern.Regex.Match(text);
        Assert.Equal(match, found.Success ? found.Value : null);
    }

    [Fact]
    public void Case_is_ignored_for_ascii_letters_alone()
    {
        Assert.True(PcreTranslator.TryTranslate("a\u00e9[b\u00e8]", true, out var pattern, out _));
        Assert.Matches(pattern.Regex, "A\u00e9B");
        Assert.DoesNotMatch(pattern.Regex, "A\u00c9B");
        Assert.DoesNotMatch(pattern.Regex, "A\u00e9\u00c8");
    }

    [Fact]
    public void Groups_are_numbered_in_the_order_of_their_parentheses()
    {
        const string source = "(?<a>1)(2)(?'b'3)";
        Assert.True(PcreTranslator.TryTranslate(source, false, out var pattern, out _));
        var match = pattern.Regex.Match("123");
        Assert.Equal(["123", "1", "2", "3"], match.Groups.Values.Select(g => g.Value));
        Assert.Equal([("a", 1), ("b", 3)], pattern.Names);
    }

    [Theory]
    [InlineData("(?R)")]
    [InlineData("a\\Kb")]
    [InlineData("(*UTF8)a")]
    [InlineData("\\X")]
    [InlineData("(a)(?1)")]
    [InlineData("(a)?(?(1)b|c)")]
    public void What_net_cannot_do_is_named(string source)
    {
        Assert.False(PcreTranslator.TryTranslate(source, false, out _, out string? error));
        Assert.EndsWith("which Sluice does not support", error);
    }
}
