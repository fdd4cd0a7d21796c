using Sluice.Config.Text;
using Sluice.Fuzz.Slow;

namespace Sluice.Fuzz.Targets;

/// <summary>
/// Configuration text: the lexer comes to the end whatever it reads, its words lie where it says,
/// they are those of the slow lexer up to the first error, and what was read is read again after
/// it was written down with quotes.
/// </summary>
public sealed class ConfigLexerTarget : IFuzzTarget
{
    public string Name => "config-lexer";

    public IReadOnlyList<string> Words { get; } =
    [
        ";", "{", "}", "${", "${x}", "\"", "'", "\\", "\\\"", "\\n", "#", "# c\n", "\n", "\r\n",
        ") ", "server {", "listen 80;", "location ~ \\.(a|b)$ {", "if ($x ~ \"a b\") {",
        "return 200 'x';", "log_format a '$b';",
    ];

    public void Run(ReadOnlySpan<byte> input)
    {
        var parts = new FuzzInput(input);
        var text = HeadChecks.Text(parts.Bytes);
        var slow = SlowLexer.Read(text);
        var isCommandLine = parts.Has(0);
        var lexer = new Lexer(text, isCommandLine);
        var words = new List<Token>();
        var agrees = true;
        for (var index = 0; ; index++)
        {
            Promise.Holds(index <= text.Length + 1, "the lexer comes to the end");
            var statement = lexer.Next(words);
            CheckPlaces(text, words, statement.Error);
            agrees = agrees && Agrees(statement, words, slow, index);
            if (statement.End == StatementEnd.EndOfText) break;
        }
        CheckAgain(slow.Statements);
    }

    static void CheckPlaces(string text, List<Token> words, LexError? error)
    {
        var position = 0;
        foreach (var word in words)
        {
            Promise.Holds(word.Start >= position && word.Length > 0, "words follow each other");
            Promise.Holds(word.End <= text.Length, "words lie in the text");
            Promise.Same(1 + text.AsSpan(0, word.Start).Count('\n'), word.Line, "line of a word");
            position = word.End;
        }
        if (error is null) return;
        Promise.Holds(error.Start >= 0 && error.Start <= text.Length, "an error lies in the text");
        Promise.Holds(error.Length >= 0 && error.Line >= 1, "an error has a place");
        Promise.Holds(error.Message.Length > 0, "an error has words");
    }

    // False once the texts have come to an error: behind it the slow lexer does not go on.
    static bool Agrees(
        Statement statement,
        List<Token> words,
        (List<SlowStatement> Statements, bool IsWhole) slow,
        int index)
    {
        var isTooLong = statement.Error is { } error
            && error.Message.StartsWith("too long", StringComparison.Ordinal);
        if (isTooLong) return false;
        if (index == slow.Statements.Count)
        {
            Promise.Same(slow.IsWhole, statement.Error is null, "the text is right to its end");
            return false;
        }
        var expected = slow.Statements[index];
        Promise.Holds(statement.Error is null, $"statement {index}: {statement.Error?.Message}");
        var end = statement.End switch
        {
            StatementEnd.Terminated => ';',
            StatementEnd.BlockStart => '{',
            StatementEnd.BlockEnd => '}',
            _ => '.',
        };
        Promise.Same(expected.End, end, "end of a statement");
        Promise.Same(
            string.Join('\0', expected.Words), string.Join('\0', words.Select(one => one.Value)),
            "words");
        return true;
    }

    static void CheckAgain(List<SlowStatement> statements)
    {
        var quoted = statements.Select(statement =>
            string.Concat(statement.Words.Select(word => Quoted(word) + " ")) + statement.End);
        var text = string.Concat(quoted);

        // Quoting makes words longer, and the lexer refuses one that fills nginx's buffer.
        if (text.Length >= ConfigLimits.BufferBytes) return;
        var lexer = new Lexer(text);
        var words = new List<Token>();
        foreach (var statement in statements)
        {
            Promise.Same(null, lexer.Next(words).Error?.Message, "error when read again");
            Promise.Same(
                string.Join('\0', statement.Words),
                string.Join('\0', words.Select(word => word.Value)),
                "words read again");
        }
    }

    static string Quoted(string word) =>
        '"' + word.Replace("\\", "\\\\", StringComparison.Ordinal)
            .Replace("\"", "\\\"", StringComparison.Ordinal) + '"';
}
