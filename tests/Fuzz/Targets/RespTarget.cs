using System.Globalization;
using System.Text;
using Sluice.SocketIO.Redis;

namespace Sluice.Fuzz.Targets;

/// <summary>
/// Answers of Redis: the values are the same whatever the pieces, and where reading stops too.
/// </summary>
public sealed class RespTarget : IFuzzTarget
{
    public string Name => "resp";

    public IReadOnlyList<string> Words { get; } =
    [
        "\r\n", "+OK\r\n", "-ERR\r\n", ":1\r\n", "$-1\r\n", "*-1\r\n", "$0\r\n\r\n", "*0\r\n",
        "$3\r\nabc\r\n", "*2\r\n", "*3\r\n$7\r\nmessage\r\n", "*1\r\n*1\r\n", "$67108865\r\n",
        "*1000001\r\n", ":9223372036854775808\r\n", "$99999999999\r\n",
    ];

    public void Run(ReadOnlySpan<byte> input)
    {
        var parts = new FuzzInput(input);
        var bytes = parts.Bytes;
        var inPieces = Read(bytes, parts.PieceEnds());
        Promise.Same(Read(bytes, [bytes.Length]), inPieces, "in pieces");
        Promise.Same(
            Read(bytes, [.. Enumerable.Range(1, bytes.Length)]), inPieces, "byte by byte");
    }

    static string Read(ReadOnlySpan<byte> bytes, List<int> ends)
    {
        var reader = new RespReader();
        var found = new StringBuilder();
        var start = 0;
        foreach (var end in ends)
        {
            var piece = bytes[start..end];
            start = end;
            while (true)
            {
                var status = reader.Read(ref piece, out var value);
                if (status == RespStatus.Rejected)
                    return found.Append("rejected").ToString();
                if (status == RespStatus.NeedMore)
                {
                    Promise.Holds(piece.IsEmpty, "all of a piece is taken");
                    break;
                }

                Show(value, found);
            }
        }

        return found.ToString();
    }

    static void Show(RedisValue value, StringBuilder text)
    {
        text.Append(value.Kind).Append(' ')
            .Append(value.Number.ToString(CultureInfo.InvariantCulture)).Append(' ')
            .Append(Convert.ToHexString(value.Bytes.Span)).Append('[');
        foreach (var item in value.Items)
            Show(item, text);
        text.Append(']');
    }
}
