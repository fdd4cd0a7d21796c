using System.Collections.Immutable;
using Sluice.Config.Syntax;

namespace Sluice.Config.Model.Building;

/// <summary>
/// A directive whose lines rewrite a response's header, or <c>off</c>, which cannot stand
/// beside others.
/// </summary>
sealed class RewriteSetting<T>(string name, SettingReader<T> read) : Setting(name)
    where T : class
{
    public override void Read(BuildContext build, Level level, DirectiveNode node)
    {
        var rules = level.OwnValue(this) as List<T>;
        bool isOff = node.Args.Length == 1 && node.Arg(0) == "off";
        if (level.Writes(this) && (isOff || rules!.Count == 0))
            build.IsDuplicate(node);
        else if (isOff)
            level.Write(this, new List<T>(), node);
        else if (read(build, node, out var rule))
            level.Write(this, (List<T>)[.. rules ?? [], rule], node);
    }

    /// <summary>Whether the nearest level that writes it says <c>off</c>.</summary>
    public bool IsOff(Level level)
    {
        for (var at = level; at is not null; at = at.Outer)
        {
            if (at.OwnValue(this) is List<T> rules)
                return rules.Count == 0;
        }

        return false;
    }

    /// <summary>What the level writes, else what holds outside it.</summary>
    public ImmutableArray<T> Resolve(Level level, ImmutableArray<T>? outer) =>
        level.OwnValue(this) is List<T> own ? [.. own] : outer ?? [];
}

/// <summary><c>proxy_next_upstream</c>: several lines of a level add up.</summary>
sealed class NextUpstreamSetting() : Setting("proxy_next_upstream")
{
    /// <summary>Notes that off is written; it outweighs the rest of its level.</summary>
    const int OffBit = 1 << 30;

    /// <summary>A word of nginx about caches, without effect.</summary>
    const int UpdatingBit = 1 << 29;

    static readonly (string Word, int Bit)[] words =
    [
        ("error", (int)NextUpstream.Error), ("timeout", (int)NextUpstream.Timeout),
        ("non_idempotent", (int)NextUpstream.NonIdempotent),
        ("invalid_header", (int)NextUpstream.InvalidHeader),
        ("http_500", (int)NextUpstream.Http500), ("http_502", (int)NextUpstream.Http502),
        ("http_503", (int)NextUpstream.Http503), ("http_504", (int)NextUpstream.Http504),
        ("http_403", (int)NextUpstream.Http403), ("http_404", (int)NextUpstream.Http404),
        ("http_429", (int)NextUpstream.Http429), ("updating", UpdatingBit), ("off", OffBit),
    ];

    public override void Read(BuildContext build, Level level, DirectiveNode node)
    {
        int bits = level.OwnValue(this) as int? ?? 0;
        for (int arg = 0; arg < node.Args.Length; arg++)
        {
            string word = node.Arg(arg);
            int bit = words.FirstOrDefault(
                pair => pair.Word.Equals(word, StringComparison.OrdinalIgnoreCase)).Bit;
            if (bit == 0)
            {
                build.Fail(node, arg, $"invalid value \"{word}\"",
                    "one of " + string.Join(", ", words.Select(pair => pair.Word)));
                return;
            }

            bits |= bit;
        }

        level.Write(this, bits, node);
    }

    public NextUpstream Resolve(Level level)
    {
        for (var at = level; at is not null; at = at.Outer)
        {
            if (at.OwnValue(this) is not int bits)
                continue;
            bool isOff = (bits & OffBit) != 0;
            return isOff ? NextUpstream.Off : (NextUpstream)(bits & ~UpdatingBit);
        }

        return NextUpstream.Error | NextUpstream.Timeout;
    }
}
