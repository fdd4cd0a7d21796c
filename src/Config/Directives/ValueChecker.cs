using System.Globalization;
using Sluice.Config.Syntax;
using Sluice.Config.Text;

namespace Sluice.Config.Directives;

/// <summary>Holds the arguments of a directive against the kind of its row.</summary>
sealed class ValueChecker(DiagnosticList diagnostics)
{
    const string SizeForm = "a size is digits with k or m behind them";
    const string OffsetForm = "a size is digits with k, m or g behind them";
    const string MsecForm = "a time is like 30s, 500ms or 1h30m";
    const string SecForm = "a time is like 30s or 1h30m";

    /// <summary>A text as nginx prints it with %s: up to the first NUL.</summary>
    public static string Shown(string text)
    {
        int end = text.IndexOf('\0', StringComparison.Ordinal);
        return end < 0 ? text : text[..end];
    }

    public bool Check(DirectiveNode node, Directive row)
    {
        if (row.Kind is Kind.Other or Kind.None or Kind.Text)
            return true;

        var word = node.Args[0];
        bool isKeyword = row.Kind is not (Kind.Enum or Kind.Bitmask)
            && row.Keywords.Contains(word.Value);
        if (isKeyword)
            return true;

        return row.Kind switch
        {
            Kind.Flag => CheckFlag(node, row, word),
            Kind.Size => Values.TrySize(word.Value, out _) || Refuse(node, row, word, SizeForm),
            Kind.Offset =>
                Values.TryOffset(word.Value, out _) || Refuse(node, row, word, OffsetForm),
            Kind.Msec =>
                Values.TryMilliseconds(word.Value, out _) || Refuse(node, row, word, MsecForm),
            Kind.Sec => Values.TrySeconds(word.Value, out _) || Refuse(node, row, word, SecForm),
            Kind.Number => CheckNumber(node, row, word),
            Kind.Buffers => CheckBuffers(node, row),
            Kind.Enum => CheckEnum(node, row, word),
            Kind.Bitmask => CheckBitmask(node, row),
            Kind.Path => CheckLevels(node, row),
            _ => CheckTemplates(node),
        };
    }

    /// <summary>Gives false, after saying that a value is wrong.</summary>
    bool Refuse(
        DirectiveNode node, Directive row, Token word, string wayOut,
        string wrong = "invalid value")
    {
        string message = row.InvalidValue is { } own
            ? string.Format(CultureInfo.InvariantCulture, own, Shown(word.Value))
            : $"\"{row.Name}\" directive {wrong}";
        diagnostics.Emerg(node, word, message, wayOut);
        return false;
    }

    bool CheckFlag(DirectiveNode node, Directive row, Token word)
    {
        if (Values.TryFlag(word.Value, out _))
            return true;

        string message = $"invalid value \"{Shown(word.Value)}\" in \"{row.Name}\" directive, "
            + "it must be \"on\" or \"off\"";
        diagnostics.Emerg(node, word, message, Advice.Nearest(word.Value, ["on", "off"]));
        return false;
    }

    bool CheckNumber(DirectiveNode node, Directive row, Token word)
    {
        if (!Values.TryNumber(word.Value, out long number))
            return Refuse(node, row, word, NumberForm(row, word), "invalid number");

        bool isGood = number >= (row.Least ?? 0) && number <= (row.Most ?? long.MaxValue);
        if (isGood)
            return true;

        string message = row.Most is null
            ? $"value must be equal to or greater than {row.Least}"
            : $"value must be between {row.Least} and {row.Most}";
        diagnostics.Emerg(node, word, message);
        return false;
    }

    static string NumberForm(Directive row, Token word)
    {
        if (word.Value.Length > 0 && word.Value.All(char.IsAsciiDigit))
            return "the number is too large";

        return row.Keywords.IsEmpty ? "it takes digits alone"
            : $"it takes digits alone, or {string.Join(" or ", row.Keywords)}";
    }

    bool CheckBuffers(DirectiveNode node, Directive row)
    {
        var (count, size) = (node.Args[0], node.Args[1]);
        if (!Values.TryNumber(count.Value, out long number) || number == 0)
            return Refuse(node, row, count, "first comes the number of buffers");
        if (!Values.TrySize(size.Value, out long bytes) || bytes == 0)
            return Refuse(node, row, size, SizeForm);
        return true;
    }

    /// <summary>A directory for temporary files may have levels of directories below it.</summary>
    bool CheckLevels(DirectiveNode node, Directive row)
    {
        foreach (var level in node.Args.Skip(1))
        {
            if (!Values.TryNumber(level.Value, out long number) || number == 0)
                return Refuse(node, row, level, "a level is a number");
        }

        return true;
    }

    bool CheckEnum(DirectiveNode node, Directive row, Token word)
    {
        if (row.Keywords.Contains(word.Value, StringComparer.OrdinalIgnoreCase))
            return true;

        string message = row.InvalidValue is { } own
            ? string.Format(CultureInfo.InvariantCulture, own, Shown(word.Value))
            : $"invalid value \"{Shown(word.Value)}\"";
        diagnostics.Emerg(node, word, message, Advice.OneOf(word.Value, row.Keywords));
        return false;
    }

    bool CheckBitmask(DirectiveNode node, Directive row)
    {
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var word in node.Args)
        {
            if (!row.Keywords.Contains(word.Value, StringComparer.OrdinalIgnoreCase))
                return CheckEnum(node, row, word);
            if (!seen.Add(word.Value))
                diagnostics.Warn(node, word, $"duplicate value \"{word.Value}\"");
        }

        return true;
    }

    bool CheckTemplates(DirectiveNode node)
    {
        foreach (var word in node.Args)
        {
            if (!TemplateParser.TryParse(word.Value, out _, out var error))
            {
                diagnostics.Emerg(node, word, error.Message);
                return false;
            }
        }

        return true;
    }
}
