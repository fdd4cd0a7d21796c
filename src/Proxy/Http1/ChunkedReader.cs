namespace Sluice.Proxy.Http1;

/// <summary>What <see cref="ChunkedReader.Read"/> answers.</summary>
public enum ChunkedStatus
{
    /// <summary>The input is used up; the body goes on.</summary>
    NeedMore,

    /// <summary>A piece of the body is in the input; call again behind it.</summary>
    Data,

    /// <summary>The body and its trailers have ended; the rest of the input is not theirs.</summary>
    Done,

    /// <summary>The body is malformed; the reader's rejection says how.</summary>
    Rejected,
}

/// <summary>Why a chunked body is refused: a closed list.</summary>
public enum ChunkedRejection : byte
{
    /// <summary>Not refused.</summary>
    None,

    /// <summary>A size without digits, with other letters, or beyond 2^63 - 1.</summary>
    InvalidSize,

    /// <summary>A control character in an extension, or an end of line that is not CR LF.</summary>
    InvalidLine,

    /// <summary>A chunk's data is not followed by CR LF.</summary>
    InvalidDataEnd,

    /// <summary>Extensions beyond <see cref="Http1Limits"/>.</summary>
    TooMuchExtension,

    /// <summary>A trailer line that is no header line.</summary>
    InvalidTrailer,

    /// <summary>Trailers beyond <see cref="Http1Limits"/>.</summary>
    TooLargeTrailer,
}

/// <summary>
/// Reads a chunked body (RFC 9112, 7.1) from pieces of any size. Data is not copied: each call
/// answers where in its input the next piece of the body lies. Lines end with CR LF and nothing
/// else, as in nginx 1.31. Trailers are kept, up to a bound. One object serves any number of
/// bodies; <see cref="Reset"/> is called between them.
/// </summary>
public sealed class ChunkedReader
{
    // Fields that belong to the head: in a trailer they would change what has been decided.
    static readonly KnownHeaderSet ForbiddenTrailers = KnownHeaderSet.Of(
        KnownHeader.TransferEncoding, KnownHeader.ContentLength, KnownHeader.Host,
        KnownHeader.Connection, KnownHeader.KeepAlive, KnownHeader.ProxyConnection,
        KnownHeader.Upgrade, KnownHeader.TE, KnownHeader.Trailer, KnownHeader.Expect,
        KnownHeader.Authorization, KnownHeader.Cookie, KnownHeader.SetCookie,
        KnownHeader.ContentType, KnownHeader.ContentEncoding, KnownHeader.ContentRange);

    // A pooled reader keeps the room for a usual trailer section, not for the largest.
    const int TrailerBytesKept = 1024;

    Step step;
    long remaining;
    int digits;
    int extensionBytes;
    long extensionExcess;
    byte[] trailers = [];
    int trailerBytes;
    int trailerLine;
    int trailerScanned;
    HeaderFieldList? trailerFields;

    enum Step : byte
    {
        Size,
        Extension,
        SizeLf,
        Data,
        DataCr,
        DataLf,
        Trailers,
        Done,
        Rejected,
    }

    public ChunkedRejection Rejection { get; private set; }

    /// <summary>Bytes of the body so far, without the chunks' lines.</summary>
    public long BodyBytes { get; private set; }

    /// <summary>Bytes of the present chunk that are still to come.</summary>
    public long ChunkRemaining => step == Step.Data ? remaining : 0;

    /// <summary>
    /// The trailer fields, complete after Done, without those that must not be in a trailer
    /// (RFC 9110, 6.5.1). Their offsets are into <see cref="TrailerBytes"/>.
    /// </summary>
    public ReadOnlySpan<HeaderField> Trailers => trailerFields is null ? [] : trailerFields.Fields;

    public ReadOnlySpan<byte> TrailerBytes => trailers.AsSpan(0, trailerBytes);

    /// <summary>
    /// Reads on. <paramref name="consumed"/> is how much of the input is done with, up to and
    /// with <paramref name="data"/> when the answer is Data. After Done and Rejected nothing is
    /// consumed any more.
    /// </summary>
    public ChunkedStatus Read(ReadOnlySpan<byte> input, out int consumed, out HeadRange data)
    {
        data = default;
        var index = 0;
        while (index < input.Length && step < Step.Done)
        {
            switch (step)
            {
                case Step.Data:
                    var length = (int)Math.Min(remaining, input.Length - index);
                    data = new HeadRange(index, length);
                    TakeData(length);
                    consumed = index + length;
                    return ChunkedStatus.Data;
                case Step.Size:
                    TakeSize(input[index++]);
                    break;
                case Step.Extension:
                    index += TakeExtension(input[index..]);
                    break;
                case Step.Trailers:
                    index += TakeTrailers(input[index..]);
                    break;
                default:
                    TakeLineEnd(input[index++]);
                    break;
            }
        }
        consumed = index;
        return step switch
        {
            Step.Done => ChunkedStatus.Done,
            Step.Rejected => ChunkedStatus.Rejected,
            _ => ChunkedStatus.NeedMore,
        };
    }

    /// <summary>Makes the object ready for another body.</summary>
    public void Reset()
    {
        step = Step.Size;
        remaining = BodyBytes = extensionExcess = 0;
        digits = extensionBytes = trailerBytes = trailerLine = trailerScanned = 0;
        trailerFields?.Reset();
        if (trailers.Length > TrailerBytesKept) trailers = [];
        Rejection = ChunkedRejection.None;
    }

    void TakeSize(byte letter)
    {
        var digit = UriPath.HexValue(letter);
        if (digit >= 0)
        {
            if (remaining > long.MaxValue >> 4 || ++digits > Http1Limits.ChunkSizeDigitsMax)
                Reject(ChunkedRejection.InvalidSize);
            remaining = remaining << 4 | (long)digit;
            return;
        }
        if (digits == 0) Reject(ChunkedRejection.InvalidSize);
        else if (letter == '\r') step = Step.SizeLf;
        else if (letter is (byte)';' or (byte)' ' or (byte)'\t') StartExtension();
        else Reject(ChunkedRejection.InvalidSize);
    }

    void StartExtension()
    {
        step = Step.Extension;
        extensionBytes = 1;
    }

    int TakeExtension(ReadOnlySpan<byte> input)
    {
        var index = 0;
        while (index < input.Length && (input[index] is >= 0x20 and not 0x7f or (byte)'\t'))
            index++;
        extensionBytes += index;
        if (extensionBytes > Http1Limits.ChunkExtensionBytesMax
            || extensionExcess + extensionBytes > Http1Limits.ChunkExtensionExcessMax)
        {
            Reject(ChunkedRejection.TooMuchExtension);
            return index;
        }
        if (index == input.Length) return index;
        if (input[index] != '\r')
        {
            Reject(ChunkedRejection.InvalidLine);
            return index;
        }
        extensionExcess += extensionBytes;
        step = Step.SizeLf;
        return index + 1;
    }

    void TakeLineEnd(byte letter)
    {
        switch (step)
        {
            case Step.SizeLf when letter == '\n':
                step = remaining == 0 ? Step.Trailers : Step.Data;
                digits = 0;
                break;
            case Step.SizeLf:
                Reject(ChunkedRejection.InvalidLine);
                break;
            case Step.DataCr when letter == '\r':
                step = Step.DataLf;
                break;
            case Step.DataLf when letter == '\n':
                step = Step.Size;
                break;
            default:
                Reject(ChunkedRejection.InvalidDataEnd);
                break;
        }
    }

    void TakeData(int length)
    {
        remaining -= length;
        BodyBytes += length;
        extensionExcess = Math.Max(0, extensionExcess - length);
        if (remaining == 0) step = Step.DataCr;
    }

    // Trailers are copied up to the end of each line, and the line is read from the copy.
    int TakeTrailers(ReadOnlySpan<byte> input)
    {
        var found = input.IndexOf((byte)'\n');
        var length = found < 0 ? input.Length : found + 1;
        if (trailerBytes + length > Http1Limits.TrailerBytesMax)
        {
            Reject(ChunkedRejection.TooLargeTrailer);
            return 0;
        }
        EnsureTrailerRoom(trailerBytes + length);
        input[..length].CopyTo(trailers.AsSpan(trailerBytes));
        trailerBytes += length;

        var rules = LineRules.NoControls | LineRules.CrLfOnly | LineRules.Underscores;
        var kind = HeaderLine.Scan(
            TrailerBytes, trailerLine, ref trailerScanned, rules, out var line);
        switch (kind)
        {
            case LineKind.End:
                step = Step.Done;
                break;
            case LineKind.Field:
                TakeTrailer(line);
                break;
            case LineKind.Invalid:
                Reject(ChunkedRejection.InvalidTrailer);
                break;
        }
        return length;
    }

    void TakeTrailer(in HeaderLine line)
    {
        trailerLine = line.Next;
        if (line.HasInvalidName || ForbiddenTrailers.Contains(line.Known)) return;
        trailerFields ??= new HeaderFieldList();
        if (trailerFields.Count == Http1Limits.TrailerFieldsMax)
            Reject(ChunkedRejection.TooLargeTrailer);
        else
            trailerFields.Add(line);
    }

    void EnsureTrailerRoom(int length)
    {
        if (trailers.Length >= length) return;
        var size = Math.Clamp(length * 2, 256, Http1Limits.TrailerBytesMax);
        Array.Resize(ref trailers, size);
    }

    void Reject(ChunkedRejection rejection)
    {
        Rejection = rejection;
        step = Step.Rejected;
    }
}
