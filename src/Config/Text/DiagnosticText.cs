using System.Globalization;
using System.Text;

namespace Sluice.Config.Text;

/// <summary>
/// Writes a diagnostic for people: nginx's line, then the line of the configuration with a caret
/// under the cause and a way out, then the includes that lead there.
/// </summary>
public static class DiagnosticText
{
    const int LineCharsMax = 100;
    const int IncludesMax = 8;

    /// <summary>
    /// The whole text, each line with its line feed. <paramref name="program"/> is what nginx
    /// puts before its messages on a console.
    /// </summary>
    public static string Render(Diagnostic diagnostic, string program = "nginx")
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture,
            $"{program}: [{diagnostic.Level}] {diagnostic.Message}\n");
        AppendExplanation(text, diagnostic);
        return text.ToString();
    }

    /// <summary>What <see cref="Render"/> adds to nginx's own line; empty when there is nothing.</summary>
    public static string Explain(Diagnostic diagnostic)
    {
        var text = new StringBuilder();
        AppendExplanation(text, diagnostic);
        return text.ToString();
    }

    static void AppendExplanation(StringBuilder text, Diagnostic diagnostic)
    {
        string gutter = diagnostic.SourceLine.ToString(CultureInfo.InvariantCulture);
        string margin = new(' ', Math.Max(5, gutter.Length + 2));
        if (diagnostic.File is { } file && diagnostic.SourceLine > 0)
        {
            text.Append(gutter.PadLeft(margin.Length)).Append(" | ");
            string line = file.Line(diagnostic.SourceLine).TrimEnd('\r');
            AppendSource(text, line, margin, diagnostic);
        }
        else if (diagnostic.Suggestion is not null)
        {
            text.Append(margin).Append(' ').Append(diagnostic.Suggestion).Append('\n');
        }

        foreach (var site in diagnostic.IncludeChain.Take(IncludesMax))
        {
            text.Append(CultureInfo.InvariantCulture,
                $"{margin} included from {site.File.Name}:{site.Line}\n");
        }

        if (diagnostic.IncludeChain.Skip(IncludesMax).Any())
            text.Append(margin).Append(" ...\n");
    }

    static void AppendSource(
        StringBuilder text, string line, string margin, Diagnostic diagnostic)
    {
        // A long line is shown around its cause.
        int column = Math.Min(diagnostic.Column - 1, line.Length);
        int start = column > LineCharsMax * 3 / 4 ? column - LineCharsMax / 4 : 0;
        int end = Math.Min(line.Length, start + LineCharsMax);
        string lead = start > 0 ? "..." : "";
        string tail = end < line.Length ? "..." : "";
        text.Append(lead).Append(Printable(line[start..end])).Append(tail).Append('\n');

        text.Append(margin).Append(" | ").Append(' ', lead.Length);
        foreach (char ch in line[start..column])
            text.Append(ch == '\t' ? '\t' : ' ');

        int length = Math.Clamp(diagnostic.Length, 1, Math.Max(1, end - column));
        text.Append('^', length);
        if (diagnostic.Suggestion is not null)
            text.Append(' ').Append(diagnostic.Suggestion);
        text.Append('\n');
    }

    /// <summary>Control bytes would move the cursor of a terminal, and the caret with it.</summary>
    static string Printable(string line)
    {
        char[] chars = line.ToCharArray();
        for (int at = 0; at < chars.Length; at++)
        {
            if (chars[at] is < ' ' and not '\t' or '\u007F')
                chars[at] = '?';
        }

        return new string(chars);
    }
}
