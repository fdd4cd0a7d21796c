namespace Sluice.Proxy.Http1;

/// <summary>
/// Why an upstream's response head is refused: a closed list. Each one is nginx's
/// "invalid_header" of proxy_next_upstream, and 502 in the end.
/// </summary>
public enum ResponseRejection : byte
{
    /// <summary>Not refused.</summary>
    None,

    /// <summary>
    /// Not an HTTP/1 status line. nginx passes such bytes on as HTTP/0.9; the gateway does not:
    /// a backend that speaks another protocol is an error to name.
    /// </summary>
    InvalidStatusLine,

    /// <summary>A byte that no header line may have, or a folded line.</summary>
    InvalidHeader,

    /// <summary>The head is longer than proxy_buffer_size.</summary>
    TooBigHeader,

    /// <summary>More header lines than <see cref="Http1Limits.HeaderFieldsMax"/>.</summary>
    TooManyHeaders,

    /// <summary>Two lines of Content-Length or of Transfer-Encoding.</summary>
    DuplicateHeader,

    /// <summary>Content-Length is not a number, or too large a number.</summary>
    InvalidContentLength,

    /// <summary>Any Transfer-Encoding but "chunked".</summary>
    UnknownTransferEncoding,

    /// <summary>Two ways to find the end of the body.</summary>
    LengthAndTransferEncoding,
}

/// <summary>nginx's words for a rejection.</summary>
public static class ResponseRejections
{
    /// <summary>The action of nginx's error log line, behind the text and " while ".</summary>
    public static ReadOnlySpan<byte> LogAction => "reading response header from upstream"u8;

    /// <summary>
    /// The fixed part of nginx's text; see <see cref="ResponseHead.FormatRejection"/> for the
    /// whole of it.
    /// </summary>
    public static ReadOnlySpan<byte> LogText(this ResponseRejection rejection) => rejection switch
    {
        ResponseRejection.None => [],
        ResponseRejection.InvalidStatusLine => "upstream sent no valid HTTP/1.0 header"u8,
        ResponseRejection.InvalidHeader => "upstream sent invalid header"u8,
        ResponseRejection.TooBigHeader => "upstream sent too big header"u8,
        ResponseRejection.TooManyHeaders => "upstream sent too many header lines"u8,
        ResponseRejection.DuplicateHeader => "upstream sent duplicate header line"u8,
        ResponseRejection.InvalidContentLength =>
            "upstream sent invalid \"Content-Length\" header"u8,
        ResponseRejection.UnknownTransferEncoding =>
            "upstream sent unknown \"Transfer-Encoding\""u8,
        _ => ContradictingLengths,
    };

    static ReadOnlySpan<byte> ContradictingLengths =>
        "upstream sent \"Content-Length\" and \"Transfer-Encoding\" headers at the same time"u8;
}
