using System.Text.RegularExpressions;

namespace Sluice.Unit.Tidy;

/// <summary>How long files, methods and lines may be.</summary>
public static partial class LengthRules
{
    /// <summary>Lines: 500 is a room, 800 a hall.</summary>
    public const int FileLinesMax = 800;

    /// <summary>Lines, from the first of the head to the closing brace.</summary>
    public const int MethodLinesMax = 70;

    /// <summary>Columns. An address cannot be broken, and tags of documentation do not count.</summary>
    public const int LineColumnsMax = 100;

    public static IEnumerable<string> LongFiles(TreeFile file)
    {
        int lines = file.Lines.Length - 1;
        return lines > FileLinesMax ? [$"{file.Path}: {lines} lines"] : [];
    }

    public static IEnumerable<string> LongLines(TreeFile file) => file.Lines
        .Select((line, index) => (Text: line.TrimEnd('\r'), Number: index + 1))
        .Where(line => Columns(line.Text) > LineColumnsMax && !line.Text.Contains("://"))
        .Select(line => $"{file.Path}:{line.Number}: {Columns(line.Text)} columns");

    /// <summary>
    /// The members of types, and functions of top-level statements, that are too long. A block
    /// is a member when it stands directly in a type or at the top, and is neither a type nor the
    /// value of a field.
    /// </summary>
    public static IEnumerable<string> LongMethods(TreeFile file)
    {
        string code = file.Code;
        var blocks = new Stack<(bool IsType, int MemberStart)>();
        int head = 0;
        for (int at = 0; at < code.Length; at++)
        {
            switch (code[at])
            {
                case ';':
                    head = at + 1;
                    break;
                case '{':
                    string text = code[head..at];
                    bool isInType = blocks.Count == 0 || blocks.Peek().IsType;
                    bool isType = isInType && TypeHead().IsMatch(text);
                    bool isMember = isInType && !isType && !IsValue(text);
                    blocks.Push((isType, isMember ? Start(code, head, at) : -1));
                    head = at + 1;
                    break;
                case '}' when blocks.Count > 0:
                    var (_, start) = blocks.Pop();
                    int lines = start < 0 ? 0 : code.AsSpan(start..at).Count('\n') + 1;
                    if (lines > MethodLinesMax)
                    {
                        int number = code.AsSpan(0, start).Count('\n') + 1;
                        yield return $"{file.Path}:{number}: {lines} lines";
                    }
                    head = at + 1;
                    break;
            }
        }
    }

    static int Columns(string line) =>
        line.AsSpan().TrimStart().StartsWith("///") ? Tag().Replace(line, "").Length : line.Length;

    /// <summary>Whether a head assigns, outside parentheses: what follows is a field's value.</summary>
    static bool IsValue(string head)
    {
        string outside = head;
        while (Parentheses().IsMatch(outside))
        {
            outside = Parentheses().Replace(outside, "");
        }
        return Assignment().IsMatch(outside) && !outside.Contains(" operator ");
    }

    /// <summary>Where a member begins, its attributes left out: rows of test data are no code.</summary>
    static int Start(string code, int head, int end)
    {
        int depth = 0;
        while (head < end && (char.IsWhiteSpace(code[head]) || code[head] == '[' || depth > 0))
        {
            depth += code[head] == '[' ? 1 : code[head] == ']' ? -1 : 0;
            head++;
        }
        return head;
    }

    [GeneratedRegex(@"\b(class|struct|record|interface|enum|namespace)\s+\w")]
    private static partial Regex TypeHead();

    [GeneratedRegex(@"\([^()]*\)")]
    private static partial Regex Parentheses();

    [GeneratedRegex(@"[^=!<>]=(?![=>])")]
    private static partial Regex Assignment();

    [GeneratedRegex(@"</?[a-z][^<>]*>")]
    private static partial Regex Tag();
}
