namespace Sluice.Config.Text;

/// <summary>
/// One reading of a configuration text: a file, or what <c>-g</c> gave. The text is bytes: one
/// char is one byte (Latin-1), so that everything round-trips.
/// </summary>
public sealed class SourceFile
{
    int[]? lineStarts;

    public SourceFile(string name, string text, IncludeSite? includedFrom = null)
    {
        Name = name;
        Text = text;
        IncludedFrom = includedFrom;
    }

    /// <summary>The name as nginx prints it: the full path, or "command line".</summary>
    public string Name { get; }

    /// <summary>The whole content, one char a byte.</summary>
    public string Text { get; }

    /// <summary>The include that made nginx read this file; null for the first file.</summary>
    public IncludeSite? IncludedFrom { get; }

    /// <summary>The text of the <c>-g</c> option, which has no line numbers.</summary>
    public bool IsCommandLine { get; init; }

    /// <summary>The files on the way to this one, the nearest first.</summary>
    public IEnumerable<IncludeSite> IncludeChain
    {
        get
        {
            for (var site = IncludedFrom; site is not null; site = site.File.IncludedFrom)
                yield return site;
        }
    }

    /// <summary>How many includes lie between the first file and this one.</summary>
    public int Depth => IncludedFrom is null ? 0 : IncludedFrom.File.Depth + 1;

    /// <summary>Lines of the text; a text that ends in a line feed has an empty last one.</summary>
    public int LineCount => LineStarts.Length;

    /// <summary>The text of a line (from 1) without its line feed; empty beyond the end.</summary>
    public string Line(int line)
    {
        if (line < 1 || line > LineCount)
            return "";

        int start = LineStarts[line - 1];
        int end = line < LineCount ? LineStarts[line] - 1 : Text.Length;
        return Text[start..end];
    }

    /// <summary>The line (from 1) that the char at <paramref name="offset"/> stands on.</summary>
    public int LineAt(int offset)
    {
        int found = Array.BinarySearch(LineStarts, offset);
        return found >= 0 ? found + 1 : ~found;
    }

    /// <summary>The column (from 1, in bytes) of <paramref name="offset"/> on its line.</summary>
    public int ColumnAt(int offset) => offset - LineStarts[LineAt(offset) - 1] + 1;

    /// <summary>Where <paramref name="line"/> (from 1) starts; the text's end beyond it.</summary>
    public int StartOf(int line) => line <= LineCount ? LineStarts[line - 1] : Text.Length;

    int[] LineStarts => lineStarts ??= FindLines(Text);

    static int[] FindLines(string text)
    {
        var starts = new List<int> { 0 };
        for (int at = text.IndexOf('\n', StringComparison.Ordinal); at >= 0;
            at = text.IndexOf('\n', at + 1))
            starts.Add(at + 1);

        return [.. starts];
    }
}

/// <summary>Where an include stands: its file and the line nginx counts for it.</summary>
public sealed record IncludeSite(SourceFile File, int Line);
