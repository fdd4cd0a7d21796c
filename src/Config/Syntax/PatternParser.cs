using System.Diagnostics.CodeAnalysis;
using Sluice.Config.Syntax.Pcre;

namespace Sluice.Config.Syntax;

/// <summary>Reads the regular expressions of a configuration, which are PCRE's.</summary>
public static class PatternParser
{
    /// <summary>
    /// Reads an expression without its <c>~</c>; <paramref name="ignoreCase"/> is <c>~*</c>. The
    /// error is nginx's message without its place. Matching may throw
    /// <see cref="System.Text.RegularExpressions.RegexMatchTimeoutException"/>.
    /// </summary>
    public static bool TryParse(
        string text, bool ignoreCase, [NotNullWhen(true)] out Pattern? pattern,
        [NotNullWhen(false)] out string? error) =>
        PcreTranslator.TryTranslate(text, ignoreCase, out pattern, out error);
}
