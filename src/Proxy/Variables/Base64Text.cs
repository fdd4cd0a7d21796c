namespace Sluice.Proxy.Variables;

/// <summary>
/// Base64 (RFC 4648) as nginx reads it: padding may be missing, and what follows "=" is ignored.
/// </summary>
static class Base64Text
{
    /// <summary>Appends the decoded bytes; false, with nothing appended, for any other text.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> text, ByteBuilder to)
    {
        int end = text.IndexOf((byte)'=');
        if (end >= 0)
            text = text[..end];
        if (text.IsEmpty || text.Length % 4 == 1)
            return false;
        int start = to.Length;
        int bits = 0, bitsCount = 0;
        foreach (byte letter in text)
        {
            int value = ValueOf(letter);
            if (value < 0)
            {
                to.Truncate(start);
                return false;
            }
            bits = ((bits << 6) | value) & 0xFFFF;
            bitsCount += 6;
            if (bitsCount < 8)
                continue;
            bitsCount -= 8;
            to.Append((byte)(bits >> bitsCount));
        }
        return true;
    }

    static int ValueOf(byte letter) => letter switch
    {
        >= (byte)'A' and <= (byte)'Z' => letter - 'A',
        >= (byte)'a' and <= (byte)'z' => letter - 'a' + 26,
        >= (byte)'0' and <= (byte)'9' => letter - '0' + 52,
        (byte)'+' => 62,
        (byte)'/' => 63,
        _ => -1,
    };
}
