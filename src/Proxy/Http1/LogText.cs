namespace Sluice.Proxy.Http1;

/// <summary>Builds the text of one log message in a span; what does not fit is cut.</summary>
internal ref struct LogText
{
    readonly Span<byte> destination;

    public LogText(Span<byte> destination)
    {
        this.destination = destination;
        Length = 0;
    }

    public int Length { get; private set; }

    public void Add(scoped ReadOnlySpan<byte> text)
    {
        var length = Math.Min(text.Length, destination.Length - Length);
        text[..length].CopyTo(destination[Length..]);
        Length += length;
    }

    /// <summary>: "Name\x20..." with the wrong byte, the one behind the range, in hexadecimal.</summary>
    public void AddInvalidLine(ReadOnlySpan<byte> head, HeadRange line)
    {
        Add(": \""u8);
        Add(line.Of(head));
        var wrong = head[line.End];
        Add([(byte)'\\', (byte)'x', Digit(wrong >> 4), Digit(wrong & 15)]);
        Add("...\""u8);
    }

    /// <summary>: "Name: the beginning of its value..."</summary>
    public void AddStartOfLine(ReadOnlySpan<byte> line)
    {
        // As much as nginx prints of it: its longest message less room for the rest of the line.
        const int lengthMax = Http1Limits.LogTextBytesMax - 300;
        Add(": \""u8);
        Add(line[..Math.Min(line.Length, lengthMax)]);
        Add("...\""u8);
    }

    /// <summary>: "Name: value", previous value: "Name: value"</summary>
    public void AddDuplicate(ReadOnlySpan<byte> head, HeaderField field, HeaderField earlier)
    {
        Add(": \""u8);
        AddField(head, field);
        Add("\", previous value: \""u8);
        AddField(head, earlier);
        Add("\""u8);
    }

    /// <summary>: "Name: value"</summary>
    public void AddLine(ReadOnlySpan<byte> head, HeaderField field)
    {
        Add(": \""u8);
        AddField(head, field);
        Add("\""u8);
    }

    /// <summary>: "value"</summary>
    public void AddQuoted(ReadOnlySpan<byte> value)
    {
        Add(": \""u8);
        Add(value);
        Add("\""u8);
    }

    void AddField(ReadOnlySpan<byte> head, HeaderField field)
    {
        Add(field.Name(head));
        Add(": "u8);
        Add(field.Value(head));
    }

    static byte Digit(int value) => (byte)(value < 10 ? '0' + value : 'a' + value - 10);
}
