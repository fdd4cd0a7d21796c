using System.Buffers;
using System.Text.Json;
using Sluice.SocketIO.Protocol;

namespace Sluice.SocketIO.MessagePack;

/// <summary>
/// Writes a packet's data as MessagePack: JSON value by value, and each attachment as a binary
/// where its placeholder stands. Numbers become what JavaScript would make of the same JSON.
/// </summary>
static class JsonToMessagePack
{
    static readonly JsonReaderOptions readerOptions = new() { MaxDepth = Limits.DepthMax };

    /// <summary>A container that pass 1 is in.</summary>
    struct Frame
    {
        /// <summary>Where its count stands.</summary>
        public int Index;

        /// <summary>It has the mark of a placeholder.</summary>
        public bool IsMarked;

        /// <summary>The number of the attachment; -1 until there is one.</summary>
        public int Number;
    }

    /// <summary>
    /// Twice over the text, because MessagePack says how many values follow before they do:
    /// 1 count, and find the placeholders → 2 write.
    /// </summary>
    /// <param name="writer">Takes the value.</param>
    /// <param name="json">One JSON value that is well formed.</param>
    /// <param name="attachments">What its placeholders stand for.</param>
    /// <exception cref="JsonException">It is not well formed, or nested too deeply.</exception>
    public static void Write(
        MessagePackWriter writer, ReadOnlySpan<byte> json,
        IReadOnlyList<ReadOnlyMemory<byte>> attachments)
    {
        var counts = new List<int>();
        Count(json, attachments.Count, counts);
        var reader = new Utf8JsonReader(json, readerOptions);
        var next = 0;
        while (reader.Read())
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.StartObject when counts[next] < 0:
                    writer.WriteBinary(attachments[~counts[next++]].Span);
                    reader.Skip();
                    break;
                case JsonTokenType.StartObject:
                    writer.WriteMap(counts[next++]);
                    break;
                case JsonTokenType.StartArray:
                    writer.WriteArray(counts[next++]);
                    break;
                case JsonTokenType.PropertyName or JsonTokenType.String:
                    WriteText(writer, ref reader);
                    break;
                case JsonTokenType.Number:
                    WriteNumber(writer, ref reader);
                    break;
                case JsonTokenType.True or JsonTokenType.False:
                    writer.Write(reader.TokenType == JsonTokenType.True);
                    break;
                case JsonTokenType.Null:
                    writer.WriteNil();
                    break;
                default:
                    // The ends of objects and arrays: MessagePack has none.
                    break;
            }
        }
    }

    /// <summary>
    /// How many values or members each container has, in the order in which they begin; of a
    /// placeholder the complement of its number.
    /// </summary>
    static void Count(ReadOnlySpan<byte> json, int attachmentsCount, List<int> counts)
    {
        var reader = new Utf8JsonReader(json, readerOptions);
        // One more than containers nest, for the value outside of them.
        Span<Frame> frames = stackalloc Frame[Limits.DepthMax + 1];
        var depth = 0;
        counts.Add(0);
        while (reader.Read())
        {
            ref var frame = ref frames[depth];
            switch (reader.TokenType)
            {
                case JsonTokenType.PropertyName:
                    Notice(ref reader, ref frame);
                    break;
                case JsonTokenType.StartObject or JsonTokenType.StartArray:
                    counts[frame.Index]++;
                    frames[++depth] = new Frame { Index = counts.Count, Number = -1 };
                    counts.Add(0);
                    break;
                case JsonTokenType.EndObject or JsonTokenType.EndArray:
                    depth--;
                    if (!frame.IsMarked || (uint)frame.Number >= (uint)attachmentsCount)
                        break;
                    counts.RemoveRange(frame.Index + 1, counts.Count - frame.Index - 1);
                    counts[frame.Index] = ~frame.Number;
                    break;
                default:
                    counts[frame.Index]++;
                    break;
            }
        }

        counts.RemoveAt(0);
    }

    /// <summary>
    /// Looks whether a member makes its object a placeholder: the rules of
    /// <see cref="Placeholder.Read"/>, without reading anything twice.
    /// </summary>
    static void Notice(ref Utf8JsonReader reader, ref Frame frame)
    {
        var isMark = JsonText.Equals(reader, "_placeholder"u8);
        if (!isMark && !JsonText.Equals(reader, "num"u8))
            return;
        var value = reader;
        value.Read();
        if (isMark)
            frame.IsMarked = value.TokenType == JsonTokenType.True;
        else
            frame.Number = value.TokenType == JsonTokenType.Number
                && value.TryGetInt32(out var number) ? number : -1;
    }

    static void WriteNumber(MessagePackWriter writer, ref Utf8JsonReader reader)
    {
        // Above this a double has no halves, and JavaScript no exact integers.
        const double safeMax = 1L << 53;
        if (reader.TryGetInt64(out var integer))
        {
            writer.Write(integer);
            return;
        }

        if (reader.TryGetUInt64(out var big))
        {
            writer.Write(big);
            return;
        }

        var value = reader.GetDouble();
        if (Math.Abs(value) <= safeMax && Math.Floor(value) == value)
            writer.Write((long)value);
        else
            writer.Write(value);
    }

    static void WriteText(MessagePackWriter writer, ref Utf8JsonReader reader)
    {
        writer.WriteString(JsonText.Read(reader, out var rented));
        if (rented is not null)
            ArrayPool<byte>.Shared.Return(rented);
    }
}
