namespace Sluice.Proxy.Http1;

/// <summary>
/// The bounds of the HTTP/1 codec: unit, default, the directive that changes it where there is
/// one, and what happens at the limit.
/// </summary>
public static class Http1Limits
{
    /// <summary>
    /// Bytes of a request head that need no large buffer (client_header_buffer_size, 1k). Beyond
    /// it the lines are accounted to large buffers.
    /// </summary>
    public const int HeaderBufferBytes = 1024;

    /// <summary>
    /// Bytes of the longest line of a request head (large_client_header_buffers, the size).
    /// A longer request line is refused with 414, a longer header line with 494.
    /// </summary>
    public const int LargeBufferBytes = 8 * 1024;

    /// <summary>
    /// Large buffers a request head may fill (large_client_header_buffers, the number). A head
    /// that needs one more is refused with 494.
    /// </summary>
    public const int LargeBufferCount = 4;

    /// <summary>
    /// Header lines of one head, as many as nginx's max_headers has by default; each costs a
    /// record of 20 bytes besides its text. A request with more is refused with 494, a response
    /// with 502.
    /// </summary>
    public const int HeaderFieldsMax = 1000;

    /// <summary>
    /// Header records a pooled head keeps when it is reset. An unusual head must not make the
    /// pool large for good; beyond this the array goes back to its first size.
    /// </summary>
    public const int HeaderFieldsKept = 64;

    /// <summary>
    /// Bytes of empty lines before a request line. nginx skips any number; the bytes stay in the
    /// caller's buffer here, so a client that sends nothing else is refused with 400.
    /// </summary>
    public const int LeadingEmptyBytesMax = 1024;

    /// <summary>
    /// Bytes of an upstream's response head (proxy_buffer_size, one page). A longer one is
    /// refused: "upstream sent too big header", 502.
    /// </summary>
    public const int ResponseHeadBytes = 4 * 1024;

    /// <summary>
    /// Hexadecimal digits of a chunk size, leading zeros included. More are refused: a size of 16
    /// digits already overflows.
    /// </summary>
    public const int ChunkSizeDigitsMax = 32;

    /// <summary>Bytes of the extension of one chunk. More end the exchange (400 or 502).</summary>
    public const int ChunkExtensionBytesMax = 1024;

    /// <summary>
    /// Bytes of extensions that a chunked body may be ahead of its data. Each extension byte
    /// counts up, each data byte counts down, so that signed uploads pass and a body that is all
    /// extensions does not. More end the exchange (400 or 502).
    /// </summary>
    public const int ChunkExtensionExcessMax = 16 * 1024;

    /// <summary>
    /// Bytes of the trailer section of a chunked body; it is the one part that is kept. More end
    /// the exchange (400 or 502).
    /// </summary>
    public const int TrailerBytesMax = 8 * 1024;

    /// <summary>Fields of a trailer section. More end the exchange (400 or 502).</summary>
    public const int TrailerFieldsMax = 64;

    /// <summary>
    /// Bytes that one line of text for the error log may have (NGX_MAX_ERROR_STR). Longer text is
    /// cut.
    /// </summary>
    public const int LogTextBytesMax = 2048;
}
