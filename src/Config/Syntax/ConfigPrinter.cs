using System.Buffers;
using System.Collections.Immutable;
using System.Text;

namespace Sluice.Config.Syntax;

/// <summary>
/// Writes directives as text that reads back as the same words; quotes are set where a word
/// needs them.
/// </summary>
public static class ConfigPrinter
{
    static readonly SearchValues<char> special = SearchValues.Create(" \t\r\n;{\"'\\");

    public static string Print(ImmutableArray<DirectiveNode> nodes)
    {
        var text = new StringBuilder();
        Append(text, nodes, depth: 0);
        return text.ToString();
    }

    /// <summary>One word, in double quotes if it needs quotes at all.</summary>
    public static string Quote(string word)
    {
        if (!NeedsQuotes(word))
            return word;

        var quoted = new StringBuilder("\"");
        foreach (char ch in word)
        {
            if (ch is '"' or '\\')
                quoted.Append('\\');
            quoted.Append(ch);
        }

        return quoted.Append('"').ToString();
    }

    static void Append(StringBuilder text, ImmutableArray<DirectiveNode> nodes, int depth)
    {
        foreach (var node in nodes)
        {
            text.Append(' ', depth * 4).Append(Quote(node.Name));
            foreach (var word in node.Args)
                text.Append(' ').Append(Quote(word.Value));

            if (node.Block is not { } block)
            {
                text.Append(";\n");
                continue;
            }

            text.Append(" {\n");
            Append(text, block, depth + 1);
            text.Append(' ', depth * 4).Append("}\n");
        }
    }

    static bool NeedsQuotes(string word)
    {
        bool startsOdd = word.Length == 0 || word[0] is '#' or '}';
        return startsOdd || word.AsSpan().ContainsAny(special);
    }
}
