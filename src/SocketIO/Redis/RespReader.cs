using System.Buffers.Text;

namespace Sluice.SocketIO.Redis;

/// <summary>What became of the bytes.</summary>
enum RespStatus
{
    /// <summary>All bytes are taken; the value goes on in the next.</summary>
    NeedMore,

    /// <summary>A value is complete.</summary>
    Complete,

    /// <summary>This is not RESP 2, or passes a limit: the link is of no use any more.</summary>
    Rejected,
}

/// <summary>
/// Reads the answers of Redis, RESP 2, from bytes in pieces of any size. It can stop at any byte;
/// an announced length is believed only as far as the bytes for it come.
/// </summary>
sealed class RespReader
{
    /// <summary>A value of up to this many bytes gets its memory at once.</summary>
    const int FirstBytesMax = 64 * 1024;

    readonly Stack<Open> arrays = new();
    readonly byte[] line = new byte[Limits.LineBytesMax];
    int lineLength;
    byte[]? bytes;
    int bytesFilled;

    /// <summary>Bytes of the value (and the line end behind it) that are still to come.</summary>
    long bytesLeft;
    long bytesTotal;

    /// <summary>The line was the head of an array or of bytes: no value yet.</summary>
    bool isOpening;

    /// <summary>An array whose items are coming.</summary>
    sealed record Open(List<RedisValue> Items, int Count);

    /// <summary>Takes bytes until a value is complete or there are no more.</summary>
    /// <param name="input">What is left of the bytes afterwards.</param>
    /// <param name="value">The value, when it is complete.</param>
    public RespStatus Read(ref ReadOnlySpan<byte> input, out RedisValue value)
    {
        value = default;
        while (!input.IsEmpty)
        {
            var status = bytesTotal > 0
                ? ReadBytes(ref input, out value) : ReadLine(ref input, out value);
            if (status != RespStatus.Complete)
                return status;
            if (Close(ref value))
                return RespStatus.Complete;
        }

        return RespStatus.NeedMore;
    }

    /// <summary>Puts a value where it belongs; true when nothing is open around it.</summary>
    bool Close(ref RedisValue value)
    {
        if (isOpening)
        {
            isOpening = false;
            return false;
        }

        while (arrays.TryPeek(out var open))
        {
            open.Items.Add(value);
            if (open.Items.Count < open.Count)
                return false;
            arrays.Pop();
            value = RedisValue.FromItems(open.Items);
        }

        return true;
    }

    RespStatus ReadLine(ref ReadOnlySpan<byte> input, out RedisValue value)
    {
        value = default;
        var end = input.IndexOf((byte)'\n');
        var length = end < 0 ? input.Length : end + 1;
        if (lineLength + length > line.Length)
            return RespStatus.Rejected;
        input[..length].CopyTo(line.AsSpan(lineLength));
        lineLength += length;
        input = input[length..];
        if (end < 0)
            return RespStatus.NeedMore;
        var text = line.AsSpan(0, lineLength);
        lineLength = 0;
        return text is [_, .., (byte)'\r', (byte)'\n']
            ? ReadHead(text[0], text[1..^2], out value) : RespStatus.Rejected;
    }

    RespStatus ReadHead(byte type, ReadOnlySpan<byte> text, out RedisValue value)
    {
        value = default;
        switch (type)
        {
            case (byte)'+':
                value = RedisValue.FromBytes(text.ToArray());
                return RespStatus.Complete;
            case (byte)'-':
                value = RedisValue.FromError(text.ToArray());
                return RespStatus.Complete;
        }

        if (!Utf8Parser.TryParse(text, out long number, out var used) || used != text.Length)
            return RespStatus.Rejected;
        switch (type)
        {
            case (byte)':':
                value = RedisValue.FromNumber(number);
                return RespStatus.Complete;
            case (byte)'$' or (byte)'*' when number == -1:
                return RespStatus.Complete;
            case (byte)'$' when number >= 0:
                return BeginBytes(number);
            case (byte)'*' when number is >= 0 and <= Limits.ArrayItemsMax
                && arrays.Count < Limits.ArrayDepthMax:
                if (number == 0)
                {
                    value = RedisValue.FromItems([]);
                    return RespStatus.Complete;
                }

                arrays.Push(new Open([], (int)number));
                isOpening = true;
                return RespStatus.Complete;
            default:
                return RespStatus.Rejected;
        }
    }

    RespStatus BeginBytes(long length)
    {
        // With the line end: even an empty value has bytes to come. The loop of Read goes on.
        bytesTotal = length + 2;
        bytesLeft = bytesTotal;
        bytesFilled = 0;
        bytes = length <= Limits.ValueBytesMax
            ? new byte[Math.Min(bytesTotal, FirstBytesMax)] : null;
        isOpening = true;
        return RespStatus.Complete;
    }

    RespStatus ReadBytes(ref ReadOnlySpan<byte> input, out RedisValue value)
    {
        value = default;
        var length = (int)Math.Min(bytesLeft, input.Length);
        if (bytes is not null)
        {
            if (bytesFilled + length > bytes.Length)
                Array.Resize(ref bytes, (int)Math.Min(
                    bytesTotal, Math.Max(bytes.Length * 2L, bytesFilled + length)));
            input[..length].CopyTo(bytes.AsSpan(bytesFilled));
            bytesFilled += length;
        }

        input = input[length..];
        bytesLeft -= length;
        if (bytesLeft > 0)
            return RespStatus.NeedMore;
        if (bytes is not null)
        {
            if (bytes.AsSpan(0, bytesFilled) is not [.., (byte)'\r', (byte)'\n'])
                return RespStatus.Rejected;
            value = RedisValue.FromBytes(bytes.AsMemory(0, bytesFilled - 2));
        }

        bytes = null;
        bytesTotal = 0;
        return RespStatus.Complete;
    }
}
