using Sluice.Config.Syntax;
using Sluice.Proxy.Log;
using Sluice.Proxy.Matching;

namespace Sluice.Proxy.Variables;

/// <summary>Keeps what the regular expressions of an exchange captured.</summary>
static class CaptureStore
{
    /// <summary>
    /// An expression has matched: $1 to $9 are its groups from now on, and its named groups are
    /// the values of their variables.
    /// </summary>
    public static void Add(
        Exchange x, Pattern pattern, ReadOnlySpan<byte> subject, ReadOnlySpan<GroupRange> groups)
    {
        // As in nginx, an expression without groups leaves no captures, not those before it.
        x.CaptureCount = 0;
        if (groups.Length <= 1 && pattern.Names.Count == 0)
            return;
        int start = KeptValues.Add(x, subject).Offset;
        x.CaptureCount = Math.Min(groups.Length, x.Captures.Length);
        for (int i = 0; i < x.CaptureCount; i++)
            x.Captures[i] = RangeOf(groups[i], start);
        for (int i = 0; i < pattern.Names.Count; i++)
        {
            var (name, group) = pattern.Names[i];
            if (group < groups.Length && x.Snapshot.Variables.TryFindSlot(name, out int slot))
                x.Values[slot] = new(ValueState.Found, RangeOf(groups[group], start));
        }
    }

    static ArenaRange RangeOf(GroupRange group, int start) =>
        group.IsMatched ? new(start + group.Start, group.Length) : default;
}

/// <summary><c>$1</c> to <c>$9</c>: a group of the last expression that matched.</summary>
sealed class CaptureVariable : Variable
{
    static readonly CaptureVariable[] all =
        [.. Enumerable.Range(0, 10).Select(number => new CaptureVariable(number))];

    readonly int number;

    CaptureVariable(int number) : base(number.ToString()) => this.number = number;

    public static CaptureVariable Of(int number) => all[number];

    public override ExchangeParts Reads => ExchangeParts.Captures;

    public override bool Append(Exchange exchange, ByteBuilder to)
    {
        if (number >= exchange.CaptureCount)
            return false;
        to.Append(KeptValues.Get(exchange, exchange.Captures[number]));
        return true;
    }
}
