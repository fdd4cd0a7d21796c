namespace Sluice.Config.Model.Building;

/// <summary>Text whose letters are ASCII's alone: bytes above 127 have no case.</summary>
static class AsciiText
{
    public static string ToLowerAscii(this string text)
    {
        foreach (char ch in text)
        {
            if (char.IsAsciiLetterUpper(ch))
                return string.Create(text.Length, text, Fill);
        }

        return text;
    }

    static void Fill(Span<char> target, string source)
    {
        for (int at = 0; at < target.Length; at++)
            target[at] = char.IsAsciiLetterUpper(source[at]) ? (char)(source[at] | 0x20) : source[at];
    }
}
