namespace Sluice.Proxy.Http1;

/// <summary>Why a request head is refused: a closed list.</summary>
public enum RequestRejection : byte
{
    /// <summary>Not refused.</summary>
    None,

    /// <summary>400: a method of other bytes than A-Z, "-" and "_".</summary>
    InvalidMethod,

    /// <summary>400: no target, or one with bytes it may not have; text behind the version.</summary>
    InvalidRequestLine,

    /// <summary>505: HTTP/2.0 and above in a request line.</summary>
    UnsupportedVersion,

    /// <summary>
    /// 400: a request line without a version. nginx answers a GET of HTTP/0.9; the gateway does
    /// not, because such an answer has no status to say that something went wrong.
    /// </summary>
    Http09,

    /// <summary>400: the host of an absolute target.</summary>
    InvalidTargetHost,

    /// <summary>414: the request line fits into no header buffer.</summary>
    TooLongRequestLine,

    /// <summary>400: a byte that no header line may have, or one that begins with a blank.</summary>
    InvalidHeaderLine,

    /// <summary>
    /// 494: a header line fits into no header buffer, or all header buffers are full. nginx has
    /// the same words for both.
    /// </summary>
    TooLongHeaderLine,

    /// <summary>494: more header lines than <see cref="Http1Limits.HeaderFieldsMax"/>.</summary>
    TooManyHeaderLines,

    /// <summary>400: a header that may be sent once was sent twice.</summary>
    DuplicateHeader,

    /// <summary>400: two Host lines.</summary>
    DuplicateHost,

    /// <summary>400: a Host that is empty or no host.</summary>
    InvalidHost,

    /// <summary>400: HTTP/1.1 without Host.</summary>
    MissingHost,

    /// <summary>400: Content-Length is not a number, or too large a number.</summary>
    InvalidContentLength,

    /// <summary>400: HTTP/1.0 does not know Transfer-Encoding.</summary>
    TransferEncodingInHttp10,

    /// <summary>400: two ways to find the end of the body.</summary>
    LengthAndTransferEncoding,

    /// <summary>
    /// 400: any Transfer-Encoding but "chunked". nginx answers 501; a request whose end cannot
    /// be found is malformed for a gateway (RFC 9112, 6.3).
    /// </summary>
    UnknownTransferEncoding,

    /// <summary>405: CONNECT is for forward proxies.</summary>
    ConnectMethod,

    /// <summary>405: TRACE would show a client the headers added on the way.</summary>
    TraceMethod,
}

/// <summary>What goes with a rejection: the status, and nginx's words for the error log.</summary>
public static class RequestRejections
{
    /// <summary>
    /// The status of the error page. 494 is nginx's own number: the client is answered 400 and
    /// the access log has 400, only error_page sees 494.
    /// </summary>
    public static int Status(this RequestRejection rejection) => rejection switch
    {
        RequestRejection.None => 0,
        RequestRejection.UnsupportedVersion => 505,
        RequestRejection.TooLongRequestLine => 414,
        RequestRejection.TooLongHeaderLine or RequestRejection.TooManyHeaderLines => 494,
        RequestRejection.ConnectMethod or RequestRejection.TraceMethod => 405,
        _ => 400,
    };

    /// <summary>
    /// The action of nginx's error log line, behind the text and " while ".
    /// </summary>
    public static ReadOnlySpan<byte> LogAction(this RequestRejection rejection) => rejection switch
    {
        RequestRejection.InvalidMethod
            or RequestRejection.InvalidRequestLine
            or RequestRejection.UnsupportedVersion
            or RequestRejection.Http09
            or RequestRejection.InvalidTargetHost
            or RequestRejection.TooLongRequestLine => "reading client request line"u8,
        _ => "reading client request headers"u8,
    };

    /// <summary>
    /// The fixed part of nginx's text; see <see cref="RequestHead.FormatRejection"/> for the
    /// whole of it.
    /// </summary>
    public static ReadOnlySpan<byte> LogText(this RequestRejection rejection) => rejection switch
    {
        RequestRejection.None => [],
        RequestRejection.InvalidMethod => "client sent invalid method"u8,
        RequestRejection.InvalidRequestLine => "client sent invalid request"u8,
        RequestRejection.UnsupportedVersion => "client sent invalid version"u8,
        RequestRejection.Http09 => "client sent HTTP/0.9 request"u8,
        RequestRejection.InvalidTargetHost => "client sent invalid host in request line"u8,
        RequestRejection.TooLongRequestLine => "client sent too long URI"u8,
        RequestRejection.InvalidHeaderLine => "client sent invalid header line"u8,
        RequestRejection.TooLongHeaderLine => "client sent too long header line"u8,
        RequestRejection.TooManyHeaderLines => "client sent too many header lines"u8,
        RequestRejection.DuplicateHeader => "client sent duplicate header line"u8,
        RequestRejection.DuplicateHost => "client sent duplicate host header"u8,
        RequestRejection.InvalidHost => "client sent invalid host header"u8,
        RequestRejection.MissingHost =>
            "client sent HTTP/1.1 request without \"Host\" header"u8,
        RequestRejection.InvalidContentLength =>
            "client sent invalid \"Content-Length\" header"u8,
        RequestRejection.TransferEncodingInHttp10 =>
            "client sent HTTP/1.0 request with \"Transfer-Encoding\" header"u8,
        RequestRejection.LengthAndTransferEncoding =>
            "client sent \"Content-Length\" and \"Transfer-Encoding\" headers at the same time"u8,
        RequestRejection.UnknownTransferEncoding =>
            "client sent unknown \"Transfer-Encoding\""u8,
        RequestRejection.ConnectMethod => "client sent CONNECT method"u8,
        _ => "client sent TRACE method"u8,
    };
}
