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
        source.CopyTo(target);
        foreach (ref char ch in target)
        {
            if (char.IsAsciiLetterUpper(ch))
                ch |= (char)0x20;
        }
    }
}
