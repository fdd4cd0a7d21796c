using System.Text.RegularExpressions;

namespace Sluice.Fuzz.Slow;

/// <summary>One statement of a slow lexer: its words, and the ";", "{", "}" that ended it.</summary>
public sealed record SlowStatement(List<string> Words, char End);

/// <summary>
/// Configuration text taken apart by regular expressions, up to its first error: the check of
/// the lexer.
/// </summary>
public static partial class SlowLexer
{
    /// <summary>
    /// The statements up to the first error or the end. <c>IsWhole</c> is false after an error.
    /// </summary>
    public static (List<SlowStatement> Statements, bool IsWhole) Read(string text)
    {
        var statements = new List<SlowStatement>();
        var words = new List<string>();
        var position = 0;
        while (true)
        {
            position += Blank().Match(text, position).Length;
            if (position == text.Length) return (statements, words.Count == 0);
            var first = text[position];
            if (first is ';' or '{' or '}')
            {
                if (words.Count == 0 == (first != '}')) return (statements, false);
                statements.Add(new SlowStatement(words, first));
                words = [];
                position++;
                continue;
            }

            var isQuoted = first is '"' or '\'';
            var match = (isQuoted ? Quoted() : Bare()).Match(text, position);
            if (!match.Success) return (statements, false);
            position += match.Length;
            if (position == text.Length) return (statements, false);
            if (isQuoted && !" \t\r\n;{)".Contains(text[position])) return (statements, false);
            words.Add(Unescaped(isQuoted ? match.Value[1..^1] : match.Value));
        }
    }

    static string Unescaped(string raw) => Escape().Replace(raw, match => match.Value[1] switch
    {
        't' => "\t",
        'r' => "\r",
        'n' => "\n",
        var letter => letter.ToString(),
    });

    [GeneratedRegex(@"\G([ \t\r\n]|\#[^\n]*)*")]
    private static partial Regex Blank();

    [GeneratedRegex("""\G("(\\[\s\S]|[^"\\])*"|'(\\[\s\S]|[^'\\])*')""")]
    private static partial Regex Quoted();

    [GeneratedRegex(@"\G(\\[\s\S]|\$\{*|[^ \t\r\n;{\\$])+")]
    private static partial Regex Bare();

    [GeneratedRegex("""\\["'\\trn]""")]
    private static partial Regex Escape();
}
