using Sluice.Config.Syntax;

namespace Sluice.Config.Model.Building;

/// <summary>
/// The readers of nginx's common kinds of arguments, each with the message nginx has for a
/// wrong one (ngx_conf_set_*_slot).
/// </summary>
static class Readers
{
    /// <summary>on or off.</summary>
    public static bool Flag(BuildContext build, DirectiveNode node, out bool value)
    {
        if (Values.TryFlag(node.Arg(0), out value))
            return true;
        return build.Fail(node, 0, $"invalid value \"{node.Arg(0)}\" in \"{node.Name}\" "
            + "directive, it must be \"on\" or \"off\"");
    }

    /// <summary>A decimal number, zero or more.</summary>
    public static bool Number(BuildContext build, DirectiveNode node, out long value) =>
        Values.TryNumber(node.Arg(0), out value)
        || build.Fail(node, 0, $"\"{node.Name}\" directive invalid number");

    /// <summary>A decimal number that fits in an int.</summary>
    public static bool Count(BuildContext build, DirectiveNode node, out int value)
    {
        bool isGood = Values.TryNumber(node.Arg(0), out long number) && number <= int.MaxValue;
        value = isGood ? (int)number : 0;
        return isGood || build.Fail(node, 0, $"\"{node.Name}\" directive invalid number");
    }

    /// <summary>A size in bytes that fits in an int: memory that one connection may hold.</summary>
    public static bool Size(BuildContext build, DirectiveNode node, out int value)
    {
        bool isGood = Values.TrySize(node.Arg(0), out long bytes) && bytes <= int.MaxValue;
        value = isGood ? (int)bytes : 0;
        return isGood || InvalidValue(build, node, 0);
    }

    /// <summary>A size in bytes, gigabytes included.</summary>
    public static bool Offset(BuildContext build, DirectiveNode node, out long value) =>
        Values.TryOffset(node.Arg(0), out value) || InvalidValue(build, node, 0);

    /// <summary>A time in milliseconds.</summary>
    public static bool Milliseconds(BuildContext build, DirectiveNode node, out long value) =>
        Values.TryMilliseconds(node.Arg(0), out value) || InvalidValue(build, node, 0);

    /// <summary>A number of buffers and the bytes of each.</summary>
    public static bool Buffers(BuildContext build, DirectiveNode node, out BufferCount value)
    {
        bool isCount = Values.TryNumber(node.Arg(0), out long count)
            && count is > 0 and <= int.MaxValue;
        bool isSize = Values.TrySize(node.Arg(1), out long bytes)
            && bytes is > 0 and <= int.MaxValue;
        value = isCount && isSize ? new BufferCount((int)count, (int)bytes) : default;
        return isCount && isSize || InvalidValue(build, node, isCount ? 1 : 0);
    }

    /// <summary>A text without variables.</summary>
    public static bool Text(BuildContext build, DirectiveNode node, out string value)
    {
        value = node.Arg(0);
        return true;
    }

    /// <summary>A text with variables.</summary>
    public static bool Template(BuildContext build, DirectiveNode node, out Template value) =>
        build.TryTemplate(node, 0, out value);

    /// <summary>One of a list of words.</summary>
    public static SettingReader<T> Word<T>(params (string Word, T Value)[] words) =>
        (BuildContext build, DirectiveNode node, out T value) =>
        {
            foreach (var (word, meaning) in words)
            {
                if (!node.Arg(0).Equals(word, StringComparison.OrdinalIgnoreCase))
                    continue;
                value = meaning;
                return true;
            }

            value = default!;
            return build.Fail(node, 0, $"invalid value \"{node.Arg(0)}\"",
                "one of " + string.Join(", ", words.Select(pair => pair.Word)));
        };

    static bool InvalidValue(BuildContext build, DirectiveNode node, int arg) =>
        build.Fail(node, arg, $"\"{node.Name}\" directive invalid value");
}

/// <summary>Buffers: how many, and the bytes of each.</summary>
readonly record struct BufferCount(int Count, int Size);
