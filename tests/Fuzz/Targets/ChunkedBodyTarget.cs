using System.Text;
using Sluice.Fuzz.Slow;
using Sluice.Proxy.Http1;

namespace Sluice.Fuzz.Targets;

/// <summary>
/// A chunked body in pieces: data, trailers and end are those of the slow reader whatever the
/// pieces; and what it decodes to, written as chunks again, decodes to the same.
/// </summary>
public sealed class ChunkedBodyTarget : IFuzzTarget
{
    public string Name => "chunked-body";

    public IReadOnlyList<string> Words { get; } =
    [
        "\r\n", "\n", "0\r\n\r\n", "5\r\nhello\r\n", "a\r\n0123456789\r\n", "0000000000000005",
        "7fffffffffffffff", "8000000000000000", "10000000000000000", ";name=value", " ; x=\"y\"",
        "X-Trailer: 1\r\n", "Content-Length: 5\r\n", "-1\r\n", "0x5\r\n",
    ];

    public void Run(ReadOnlySpan<byte> input)
    {
        var parts = new FuzzInput(input);
        var bytes = parts.Bytes;
        var (status, data, consumed, reader) = Decode(bytes, parts.PieceEnds());
        var (wholeStatus, wholeData, wholeConsumed, whole) = Decode(bytes, [bytes.Length]);
        Promise.Same(wholeStatus, status, "status in pieces");
        Promise.Same(whole.Rejection, reader.Rejection, "rejection in pieces");
        Promise.Same(wholeData, data, "data in pieces");
        if (status == ChunkedStatus.Done)
            Promise.Same(wholeConsumed, consumed, "consumed in pieces");

        var slow = SlowChunkedBody.Read(HeadChecks.Text(bytes));
        var isLimit = reader.Rejection
            is ChunkedRejection.TooMuchExtension or ChunkedRejection.TooLargeTrailer
            || HasLongSize(bytes);
        if (status != ChunkedStatus.Done)
        {
            Promise.Holds(slow is null || isLimit, "refused, but the slow reader accepts it");
            return;
        }
        Promise.Holds(slow is not null, "accepted, but the slow reader refuses it");
        Promise.Same(slow!.Data, data, "data");
        Promise.Same(slow.Consumed, consumed, "consumed");
        HeadChecks.SameFields(slow.Trailers, reader.Trailers, reader.TrailerBytes);
        CheckWriter(data);
    }

    static (ChunkedStatus Status, string Data, int Consumed, ChunkedReader Reader) Decode(
        ReadOnlySpan<byte> bytes, List<int> ends)
    {
        var reader = new ChunkedReader();
        var data = new StringBuilder();
        var status = ChunkedStatus.NeedMore;
        var start = 0;
        foreach (var end in ends)
        {
            do
            {
                var piece = bytes[start..end];
                status = reader.Read(piece, out var consumed, out var range);
                Promise.Holds(range.End <= consumed && consumed <= piece.Length, "ranges");
                Promise.Holds(
                    status == ChunkedStatus.Data == !range.Of(piece).IsEmpty, "data is not empty");
                data.Append(HeadChecks.Text(range.Of(piece)));
                start += consumed;
            }
            while (status == ChunkedStatus.Data);
            if (status != ChunkedStatus.NeedMore) break;
            Promise.Same(end, start, "all of a piece is taken");
        }
        Promise.Same(data.Length, (int)reader.BodyBytes, "body bytes");
        return (status, data.ToString(), start, reader);
    }

    static void CheckWriter(string data)
    {
        var body = new List<byte>();
        var line = new byte[ChunkedWriter.SizeLineMax];
        if (data.Length > 0)
        {
            var length = ChunkedWriter.WriteSizeLine(data.Length, line);
            body.AddRange(line.AsSpan(0, length));
            body.AddRange(Encoding.Latin1.GetBytes(data));
            body.AddRange(ChunkedWriter.DataEnd);
        }
        body.AddRange(ChunkedWriter.LastChunk);
        var (status, again, consumed, _) = Decode([.. body], [body.Count]);
        Promise.Same(ChunkedStatus.Done, status, "status of what was written");
        Promise.Same(data, again, "data of what was written");
        Promise.Same(body.Count, consumed, "length of what was written");
    }

    static bool HasLongSize(ReadOnlySpan<byte> bytes) =>
        HeadChecks.Text(bytes).Contains(
            new string('0', Http1Limits.ChunkSizeDigitsMax - 16), StringComparison.Ordinal);
}
