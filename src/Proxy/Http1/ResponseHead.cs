using System.Text;

namespace Sluice.Proxy.Http1;

/// <summary>How the end of a body is found.</summary>
public enum BodyFraming : byte
{
    /// <summary>There is no body.</summary>
    None,

    /// <summary>As many bytes as Content-Length says.</summary>
    Length,

    /// <summary>Chunks, up to the last one and the trailers.</summary>
    Chunked,

    /// <summary>Everything until the connection ends.</summary>
    UntilClose,
}

/// <summary>
/// One response head of an upstream, read from a growing buffer like <see cref="RequestHead"/>,
/// with nginx's leniency in the status line and strictness in what frames the body.
/// </summary>
public sealed class ResponseHead
{
    const LineRules Rules = LineRules.Underscores | LineRules.SkipStatusLines;

    /// <summary>No head: it has no fields, and is never parsed.</summary>
    internal static readonly ResponseHead None = new();

    readonly HeaderFieldList fields = new();
    Step step;
    int scanned;
    int lineStart;
    HeadRange offender;
    bool closes;

    enum Step : byte
    {
        StatusLine,
        Fields,
        Complete,
        Rejected,
    }

    /// <summary>Why the head is refused; None before that.</summary>
    public ResponseRejection Rejection { get; private set; }

    /// <summary>Bytes of the complete head: the body begins there.</summary>
    public int Consumed { get; private set; }

    /// <summary>Major * 1000 + minor: 1001 for HTTP/1.1.</summary>
    public int Version { get; private set; }

    /// <summary>The status code, 0 to 999 as it was sent.</summary>
    public int Status { get; private set; }

    /// <summary>
    /// Code and reason as they were sent, "404 Not Found": what nginx puts behind the version of
    /// its own status line.
    /// </summary>
    public HeadRange StatusText { get; private set; }

    /// <summary>The reason alone; empty without one.</summary>
    public HeadRange Reason { get; private set; }

    /// <summary>The header lines in their order.</summary>
    public ReadOnlySpan<HeaderField> Fields => fields.Fields;

    /// <summary>Content-Length in bytes, -1 without the header.</summary>
    public long ContentLength { get; private set; } = -1;

    /// <summary>Transfer-Encoding is "chunked".</summary>
    public bool IsChunked { get; private set; }

    /// <summary>
    /// 1xx but 101: another head of the same response follows, this one may be passed on.
    /// </summary>
    public bool IsInterim => Status is >= 100 and < 200 and not 101;

    /// <summary>
    /// HTTP/1.1 without "Connection: close": the connection can serve another request once the
    /// body has been read, if that has an end of its own.
    /// </summary>
    public bool KeepsAlive => Version > 1000 && !closes;

    public bool Has(KnownHeader header) => fields.Has(header);

    /// <summary>The first line of a header; false when there is none.</summary>
    public bool TryFind(KnownHeader header, out HeaderField field) =>
        fields.TryFind(header, out field);

    /// <summary>The value of a header's first line; empty when there is none.</summary>
    public ReadOnlySpan<byte> Value(ReadOnlySpan<byte> head, KnownHeader header) =>
        fields.TryFind(header, out var field) ? field.Value(head) : default;

    /// <summary>The body's framing in an answer to this method (RFC 9112, 6.3).</summary>
    public BodyFraming Framing(RequestMethod method)
    {
        if (method == RequestMethod.Head || Status is < 200 or 204 or 304) return BodyFraming.None;
        if (IsChunked) return BodyFraming.Chunked;
        return ContentLength switch
        {
            < 0 => BodyFraming.UntilClose,
            0 => BodyFraming.None,
            _ => BodyFraming.Length,
        };
    }

    /// <summary>
    /// Reads on in <paramref name="head"/>, whose first byte is the head's first byte; a head
    /// longer than <paramref name="headBytesMax"/> (proxy_buffer_size) is refused. After Complete
    /// or Rejected the same answer comes again until <see cref="Reset"/>.
    /// </summary>
    public HeadStatus Parse(ReadOnlySpan<byte> head, int headBytesMax)
    {
        if (head.Length > headBytesMax) head = head[..headBytesMax];
        if (step == Step.StatusLine) ReadStatusLine(head);
        if (step == Step.Fields) ReadFields(head);
        if (step is Step.StatusLine or Step.Fields)
        {
            if (head.Length < headBytesMax) return HeadStatus.NeedMore;
            Reject(ResponseRejection.TooBigHeader);
        }
        return step == Step.Complete ? HeadStatus.Complete : HeadStatus.Rejected;
    }

    /// <summary>Makes the object ready for another head.</summary>
    public void Reset()
    {
        fields.Reset();
        step = Step.StatusLine;
        scanned = lineStart = 0;
        Rejection = ResponseRejection.None;
        offender = default;
        Consumed = Version = Status = 0;
        StatusText = Reason = default;
        ContentLength = -1;
        IsChunked = closes = false;
    }

    /// <summary>
    /// Writes nginx's error log text for the rejection and answers its length; what does not fit
    /// is cut. <paramref name="head"/> is the buffer last parsed.
    /// </summary>
    public int FormatRejection(ReadOnlySpan<byte> head, Span<byte> destination)
    {
        var text = new LogText(destination);
        text.Add(Rejection.LogText());
        switch (Rejection)
        {
            case ResponseRejection.InvalidHeader:
                text.AddInvalidLine(head, offender);
                break;
            case ResponseRejection.DuplicateHeader:
                text.AddDuplicate(head, fields.Last, fields.FirstLikeLast);
                break;
            case ResponseRejection.InvalidContentLength
                when fields.TryFind(KnownHeader.ContentLength, out var length):
                text.AddLine(head, length);
                break;
            case ResponseRejection.UnknownTransferEncoding:
                text.AddQuoted(Value(head, KnownHeader.TransferEncoding));
                break;
        }
        return text.Length;
    }

    void ReadStatusLine(ReadOnlySpan<byte> head)
    {
        // What does not begin like a status line is refused at once, not when a line ends.
        var start = head[..Math.Min(head.Length, 5)];
        if (!"HTTP/"u8.StartsWith(start))
        {
            Reject(ResponseRejection.InvalidStatusLine);
            return;
        }
        var found = head[scanned..].IndexOf((byte)'\n');
        if (found < 0)
        {
            scanned = head.Length;
            return;
        }
        var next = scanned + found + 1;
        var end = next - 1;
        if (end > 0 && head[end - 1] == '\r') end--;
        if (!TryParseStatusLine(head, end))
        {
            Reject(ResponseRejection.InvalidStatusLine);
            return;
        }
        scanned = lineStart = next;
        step = Step.Fields;
    }

    // "HTTP/" 1*3DIGIT "." 1*3DIGIT 1*SP 3DIGIT, then nothing, a space with a reason, or a dot as
    // IIS writes it ("403.1"). The first digit is 1 to 9.
    bool TryParseStatusLine(ReadOnlySpan<byte> head, int end)
    {
        var index = 5;
        if (end > index && head[index] == '0') return false;
        if (!TryReadNumber(head[..end], ref index, out var major)) return false;
        if (index >= end || head[index++] != '.') return false;
        if (!TryReadNumber(head[..end], ref index, out var minor)) return false;
        var spaces = index;
        while (index < end && head[index] == ' ') index++;
        if (index == spaces) return false;

        var start = index;
        if (!TryReadNumber(head[..end], ref index, out var status) || index - start != 3)
            return false;
        if (index < end && head[index] is not ((byte)' ' or (byte)'.')) return false;
        if (head[..end].ContainsAny((byte)'\r', (byte)0)) return false;

        Version = major * 1000 + minor;
        Status = status;
        StatusText = HeadRange.Between(start, end);
        Reason = HeadRange.Between(Math.Min(index + 1, end), end);
        return true;
    }

    // At most three digits.
    static bool TryReadNumber(ReadOnlySpan<byte> text, ref int index, out int number)
    {
        number = 0;
        var start = index;
        while (index < text.Length && char.IsAsciiDigit((char)text[index]))
        {
            if (index - start == 3) return false;
            number = number * 10 + text[index++] - '0';
        }
        return index > start;
    }

    void ReadFields(ReadOnlySpan<byte> head)
    {
        while (true)
        {
            var kind = HeaderLine.Scan(head, lineStart, ref scanned, Rules, out var line);
            switch (kind)
            {
                case LineKind.Field:
                    if (!TakeField(head, line)) return;
                    break;
                case LineKind.NeedMore:
                    return;
                case LineKind.Invalid:
                    offender = HeadRange.Between(lineStart, line.ErrorAt);
                    Reject(ResponseRejection.InvalidHeader);
                    return;
                case LineKind.End:
                    Consumed = line.Next;
                    if (CheckLength(head)) step = Step.Complete;
                    return;
            }
            lineStart = line.Next;
        }
    }

    bool TakeField(ReadOnlySpan<byte> head, in HeaderLine line)
    {
        if (fields.Count == Http1Limits.HeaderFieldsMax)
            return Reject(ResponseRejection.TooManyHeaders);
        var isRepeated = fields.Add(line).IsRepeated;
        switch (line.Known)
        {
            case KnownHeader.Connection:
                if (HeaderText.HasToken(line.Value.Of(head), "close"u8)) closes = true;
                return true;
            case KnownHeader.ContentLength or KnownHeader.TransferEncoding when isRepeated:
                return Reject(ResponseRejection.DuplicateHeader);
            default:
                return true;
        }
    }

    bool CheckLength(ReadOnlySpan<byte> head)
    {
        if (fields.TryFind(KnownHeader.ContentLength, out var lengthField))
        {
            if (!HeaderText.TryParseDecimal(lengthField.Value(head), out var length))
                return Reject(ResponseRejection.InvalidContentLength);
            ContentLength = length;
        }
        if (!fields.TryFind(KnownHeader.TransferEncoding, out var encodingField)) return true;
        if (!Ascii.EqualsIgnoreCase(encodingField.Value(head), "chunked"u8))
            return Reject(ResponseRejection.UnknownTransferEncoding);
        if (ContentLength >= 0) return Reject(ResponseRejection.LengthAndTransferEncoding);
        IsChunked = true;
        return true;
    }

    bool Reject(ResponseRejection rejection)
    {
        Rejection = rejection;
        step = Step.Rejected;
        return false;
    }
}
