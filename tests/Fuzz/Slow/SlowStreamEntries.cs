using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.RegularExpressions;
using Sluice.SocketIO.Redis;

namespace Sluice.Fuzz.Slow;

/// <summary>What an answer to XREAD of one stream says, read by hand into text.</summary>
static partial class SlowStreamEntries
{
    public const string Refused = "refused";

    public static string Describe(RedisValue answer)
    {
        if (answer.Items.Count == 0)
            return "";
        if (answer.Items.Count != 1 || answer.Items[0].Items.Count != 2)
            return Refused;
        var text = new StringBuilder();
        foreach (var entry in answer.Items[0].Items[1].Items)
        {
            if (entry.Items.Count != 2 || Id(entry.Items[0].Text) is not { } id)
                return Refused;
            var fields = new Dictionary<string, RedisValue>(StringComparer.Ordinal);
            string? name = null;
            foreach (var item in entry.Items[1].Items)
            {
                if (name is not null)
                    fields[name] = item;
                name = name is null ? item.Text : null;
            }

            text.Append(Line(
                id, Text(fields, "uid"), Text(fields, "nsp"), Type(fields),
                fields.GetValueOrDefault("data").Bytes));
        }

        return text.ToString();
    }

    public static string Line(
        string id, string uid, string name, int type, ReadOnlyMemory<byte> data) => string.Create(
        CultureInfo.InvariantCulture,
        $"{id} {uid} {name} {type} {Convert.ToHexString(data.Span)}\n");

    static string Text(Dictionary<string, RedisValue> fields, string name) =>
        fields.GetValueOrDefault(name).Text;

    static string? Id(string text)
    {
        if (IdPattern().Match(text) is not { Success: true } match)
            return null;
        BigInteger[] numbers = [.. match.Groups.Values.Skip(1)
            .Select(group => BigInteger.Parse(group.Value, CultureInfo.InvariantCulture))];
        return numbers.All(number => number <= ulong.MaxValue)
            ? $"{numbers[0]}-{numbers[1]}" : null;
    }

    static int Type(Dictionary<string, RedisValue> fields)
    {
        var value = fields.GetValueOrDefault("type");
        var text = value.Kind == RedisValueKind.Number
            ? value.Number.ToString(CultureInfo.InvariantCulture)
            : value.Kind == RedisValueKind.Bytes ? value.Text : "";
        return NumberPattern().IsMatch(text)
            && BigInteger.Parse(text, CultureInfo.InvariantCulture) is var number
            && number > 0 && number < 100 ? (int)number : 0;
    }

    [GeneratedRegex(@"\A([0-9]+)-([0-9]+)\z")]
    private static partial Regex IdPattern();

    [GeneratedRegex(@"\A[+-]?[0-9]+\z")]
    private static partial Regex NumberPattern();
}
