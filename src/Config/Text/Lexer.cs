using System.Text;

namespace Sluice.Config.Text;

/// <summary>What ended the words that one call of <see cref="Lexer.Next"/> gave.</summary>
public enum StatementEnd
{
    /// <summary>A semicolon: a simple directive.</summary>
    Terminated,

    /// <summary>An opening brace; the words before it are the block's head.</summary>
    BlockStart,

    /// <summary>A closing brace.</summary>
    BlockEnd,

    /// <summary>The end of the text.</summary>
    EndOfText,

    /// <summary>The words were given up after an error; reading goes on behind them.</summary>
    Dropped,
}

/// <summary>A violation of the grammar, in nginx's words, without its place.</summary>
/// <param name="Message">nginx's message.</param>
/// <param name="Line">The line nginx names, from 1.</param>
/// <param name="Start">The offset of the cause; at most the text's length.</param>
/// <param name="Length">The bytes of the cause; 0 at the end of the text.</param>
/// <param name="Suggestion">A way out, or null.</param>
public sealed record LexError(string Message, int Line, int Start, int Length, string? Suggestion);

/// <summary>One statement: how it ended, and what was wrong with it.</summary>
public readonly record struct Statement(StatementEnd End, LexError? Error);

/// <summary>
/// Splits a text into words by nginx's rules (ngx_conf_read_token), a statement a call. nginx
/// ends at the first error; this reader goes on behind it, and gives at most one error for a
/// statement.
/// </summary>
public sealed class Lexer
{
    readonly string text;
    readonly bool isCommandLine;

    int position;
    int line = 1;

    /// <summary>Where nginx's buffer of 4096 bytes would end, as an offset of the text.</summary>
    int bufferLast;

    /// <summary>Where nginx's copy in its buffer starts: the last word, or what follows it.</summary>
    int start;

    // The state of the word that is being read.
    int wordStart;
    int wordLine;
    bool inWord;
    bool inComment;
    bool afterQuote;
    bool afterDollar;
    bool escaped;
    char quote;
    LexError? error;

    public Lexer(string text, bool isCommandLine = false)
    {
        this.text = text;
        this.isCommandLine = isCommandLine;
        bufferLast = isCommandLine ? text.Length : 0;
    }

    /// <summary>The line that reading has come to, from 1: the line of nginx's messages.</summary>
    public int Line => line;

    /// <summary>The offset that reading has come to.</summary>
    public int Position => position;

    /// <summary>The text ended within a statement, and that was said.</summary>
    public bool EndReported { get; private set; }

    /// <summary>
    /// Reads the words up to the next semicolon or brace into <paramref name="words"/>, which is
    /// cleared first.
    /// </summary>
    public Statement Next(List<Token> words)
    {
        words.Clear();
        inWord = inComment = afterQuote = afterDollar = escaped = false;
        quote = '\0';
        error = null;
        start = position;
        wordLine = line;

        while (true)
        {
            if (position >= bufferLast && Refill(words) is { } end)
                return end;

            char ch = text[position++];
            if (ch == '\n')
            {
                line++;
                inComment = false;
            }

            if (inComment)
                continue;

            if (escaped)
                escaped = false;
            else if ((inWord ? Within(ch, words) : Between(ch, words)) is { } statement)
                return statement;
        }
    }

    /// <summary>
    /// nginx's buffer is used up: takes the next bytes behind the word that is being read, and
    /// refuses a word that fills the buffer alone. Gives a statement when there is no going on.
    /// </summary>
    Statement? Refill(List<Token> words)
    {
        if (bufferLast >= text.Length)
            return AtEnd(words);

        if (position - start >= ConfigLimits.BufferBytes && error is null)
        {
            error = TooLong();
            if (quote != '\0')
                return GiveUpLine();
        }

        int bufferStart = error is null ? start : position;
        bufferLast = Math.Min(text.Length, bufferStart + ConfigLimits.BufferBytes);
        return null;
    }

    /// <summary>A char between words: it may start one, or end the statement.</summary>
    Statement? Between(char ch, List<Token> words)
    {
        if (afterQuote)
        {
            afterQuote = false;
            if (IsSpace(ch))
                return null;
            if (ch is not (';' or '{' or ')') && error is null && AfterQuote(ch, words[^1]))
                return GiveUpLine();
        }

        start = wordStart = position - 1;
        wordLine = line;
        switch (ch)
        {
            case ' ' or '\t' or '\r' or '\n':
                return null;
            case ';' or '{':
                return AtTerminator(ch, words);
            case '}':
                return AtClosingBrace(words);
            case '#':
                inComment = true;
                return null;
            case '"' or '\'':
                start++;
                quote = ch;
                break;
        }

        inWord = true;
        escaped = ch == '\\';
        afterDollar = ch == '$';
        return null;
    }

    /// <summary>A char of a word: it may end it, and the statement with it.</summary>
    Statement? Within(char ch, List<Token> words)
    {
        if (ch == '{' && afterDollar)
            return null;

        afterDollar = ch == '$';
        escaped = ch == '\\';
        if (afterDollar || escaped)
            return null;

        bool ends = quote == '\0' ? IsSpace(ch) || ch is ';' or '{' : ch == quote;
        if (!ends)
            return null;

        words.Add(Word());
        afterQuote = quote != '\0';
        inWord = false;
        quote = '\0';
        return ch is ';' or '{' ? AtTerminator(ch, words) : null;
    }

    static bool IsSpace(char ch) => ch is ' ' or '\t' or '\r' or '\n';

    Token Word()
    {
        string value = Unescape(text.AsSpan(start, position - 1 - start));
        int end = quote == '\0' ? position - 1 : position;
        return new Token(value, wordStart, end - wordStart, wordLine, quote);
    }

    /// <summary>Resolves nginx's escapes: \" \' \\ \t \r \n; any other pair stays as it is.</summary>
    static string Unescape(ReadOnlySpan<char> raw)
    {
        if (!raw.Contains('\\'))
            return raw.ToString();

        var value = new StringBuilder(raw.Length);
        for (int at = 0; at < raw.Length; at++)
        {
            char next = at + 1 < raw.Length ? raw[at + 1] : '\0';
            char resolved = raw[at] != '\\' ? '\0' : next switch
            {
                '"' or '\'' or '\\' => next,
                't' => '\t',
                'r' => '\r',
                'n' => '\n',
                _ => '\0',
            };

            value.Append(resolved == '\0' ? raw[at] : resolved);
            if (resolved != '\0')
                at++;
        }

        return value.ToString();
    }

    Statement AtTerminator(char ch, List<Token> words)
    {
        var end = ch == '{' ? StatementEnd.BlockStart : StatementEnd.Terminated;
        if (words.Count > 0)
            return new Statement(end, error);

        error = new LexError($"unexpected \"{ch}\"", line, position - 1, 1,
            ch == ';' ? "remove it: there is no directive before it"
                : "a block needs a directive's name before it");
        return new Statement(ch == '{' ? end : StatementEnd.Dropped, error);
    }

    Statement AtClosingBrace(List<Token> words)
    {
        if (words.Count > 0 && error is null)
        {
            var last = words[^1];
            error = new LexError("unexpected \"}\"", line, position - 1, 1,
                $"is a \";\" missing after \"{last.Value}\" on line {LineOfEnd(last)}?");
        }

        return new Statement(StatementEnd.BlockEnd, error);
    }

    Statement AtEnd(List<Token> words)
    {
        if (words.Count == 0 && !inWord)
            return new Statement(StatementEnd.EndOfText, error);

        EndReported = true;
        if (error is not null)
            return new Statement(StatementEnd.EndOfText, error);

        string message = isCommandLine
            ? "unexpected end of parameter, expecting \";\""
            : "unexpected end of file, expecting \";\" or \"}\"";

        if (inWord && quote != '\0')
        {
            error = new LexError(message, line, wordStart, 1,
                "the quote that opens here is not closed");
            return GiveUpLine();
        }

        int causeStart = inWord ? wordStart : words[^1].Start;
        int length = inWord ? text.AsSpan(wordStart).TrimEnd().Length : words[^1].Length;
        error = new LexError(message, line, causeStart, length, "is a \";\" missing here?");
        return new Statement(StatementEnd.EndOfText, error);
    }

    LexError TooLong()
    {
        if (quote != '\0')
        {
            return new LexError(
                $"too long parameter, probably missing terminating \"{quote}\" character",
                wordLine, wordStart, 1, "the quote that opens here is not closed in time");
        }

        string head = text.Substring(start, 10);
        return new LexError($"too long parameter \"{head}...\" started", wordLine, start, 10,
            inComment ? "break this comment into several lines"
                : $"a parameter may have {ConfigLimits.BufferBytes - 1} bytes");
    }

    /// <summary>
    /// What nginx allows behind a closing quote is not there. Gives true when the quoted word
    /// spans lines: then a quote is missing above, and this line is out of step.
    /// </summary>
    bool AfterQuote(char ch, Token word)
    {
        bool spansLines = word.Value.Contains('\n', StringComparison.Ordinal);
        error = spansLines
            ? new LexError($"unexpected \"{ch}\"", line, word.Start, 1,
                $"is the quote that opens here not closed? It closes on line {LineOfEnd(word)}")
            : new LexError($"unexpected \"{ch}\"", line, position - 1, 1,
                "a space or \";\" must follow the closing quote");
        wordStart = word.Start;
        wordLine = word.Line;
        return spansLines;
    }

    /// <summary>
    /// A quote that is not closed on its line was probably meant to be: reading goes on with the
    /// line after the one it opened on, so that the rest of the file keeps its errors.
    /// </summary>
    Statement GiveUpLine()
    {
        int feed = text.IndexOf('\n', wordStart);
        position = feed < 0 ? text.Length : feed + 1;
        line = feed < 0 ? wordLine : wordLine + 1;
        bufferLast = Math.Min(text.Length, position + ConfigLimits.BufferBytes);
        return new Statement(StatementEnd.Dropped, error);
    }

    int LineOfEnd(Token word) =>
        word.Line + word.Value.AsSpan().Count('\n');
}
