using System.Text;
using Sluice.Fuzz.Slow;
using Sluice.Proxy.Http1;

namespace Sluice.Fuzz.Targets;

/// <summary>What the targets of heads have in common.</summary>
public static class HeadChecks
{
    public static string Text(ReadOnlySpan<byte> bytes) => Encoding.Latin1.GetString(bytes);

    /// <summary>The same lines in the same order, and every known header found as one.</summary>
    public static void SameFields(
        List<SlowField> expected, ReadOnlySpan<HeaderField> fields, ReadOnlySpan<byte> head)
    {
        Promise.Same(expected.Count, fields.Length, "header lines");
        var seen = new HashSet<KnownHeader>();
        for (var index = 0; index < fields.Length; index++)
        {
            var field = fields[index];
            var name = Text(field.Name(head));
            Promise.Same(expected[index].Name, name, "header name");
            Promise.Same(expected[index].Value, Text(field.Value(head)), "header value");
            Promise.Same(SlowKnown(name), field.Known, $"header \"{name}\"");
            var isRepeated = field.Known != KnownHeader.Other && !seen.Add(field.Known);
            Promise.Same(isRepeated, field.IsRepeated, $"\"{name}\" is repeated");
        }
    }

    static KnownHeader SlowKnown(string name)
    {
        for (var header = KnownHeader.Other + 1; (int)header < KnownHeaders.Count; header++)
            if (SlowHeaders.Same(Text(KnownHeaders.Name(header)), name)) return header;
        return KnownHeader.Other;
    }
}
