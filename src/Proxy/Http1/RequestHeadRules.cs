namespace Sluice.Proxy.Http1;

/// <summary>
/// The directives that say how a request head is read. A head is read before its server is
/// known, so they come from the default server of the address.
/// </summary>
public readonly record struct RequestHeadRules()
{
    /// <summary>nginx's defaults.</summary>
    public static RequestHeadRules Default { get; } = new();

    /// <summary>ignore_invalid_headers: lines whose names have unusual letters are dropped.</summary>
    public bool IgnoreInvalidHeaders { get; init; } = true;

    /// <summary>underscores_in_headers: "_" is a usual letter of a name.</summary>
    public bool UnderscoresInHeaders { get; init; }

    /// <summary>merge_slashes: "//" in a path is read as "/".</summary>
    public bool MergeSlashes { get; init; } = true;

    /// <summary>client_header_buffer_size, in bytes.</summary>
    public int HeaderBufferBytes { get; init; } = Http1Limits.HeaderBufferBytes;

    /// <summary>The size of large_client_header_buffers, in bytes.</summary>
    public int LargeBufferBytes { get; init; } = Http1Limits.LargeBufferBytes;

    /// <summary>The number of large_client_header_buffers.</summary>
    public int LargeBufferCount { get; init; } = Http1Limits.LargeBufferCount;

    /// <summary>
    /// The bytes a caller's buffer has to hold at most: a head is refused before it is longer.
    /// </summary>
    public int HeadBytesMax =>
        Http1Limits.LeadingEmptyBytesMax + HeaderBufferBytes + LargeBufferBytes * LargeBufferCount;
}
