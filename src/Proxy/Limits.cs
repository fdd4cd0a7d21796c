namespace Sluice.Proxy;

/// <summary>
/// The bounds of the data path that no directive of nginx sets: unit, default, and what happens
/// at the limit. Those of the HTTP parsers are in Http1/Http1Limits.cs.
/// </summary>
public static class Limits
{
    /// <summary>Bytes a pooled builder may keep between exchanges; a larger array is given up.</summary>
    public const int BuilderKeptBytes = 64 * 1024;

    /// <summary>Objects of one kind a worker keeps for reuse; the rest goes to the collector.</summary>
    public const int PooledObjects = 2048;

    /// <summary>Buffers of one size a worker keeps for reuse.</summary>
    public const int PooledBuffers = 256;

    /// <summary>
    /// Internal redirects of one request (try_files, error_page, index), as nginx's
    /// NGX_HTTP_MAX_URI_CHANGES: then 500, "rewrite or internal redirection cycle".
    /// </summary>
    public const int InternalRedirects = 10;

    /// <summary>Requests that may follow each other on a connection within one turn of the loop.</summary>
    public const int RequestsPerTurn = 16;

    /// <summary>
    /// How long the last connection of an ended tunnel is read away, so that what was sent to
    /// it arrives (lingering_timeout has the same value by default); then it is closed.
    /// </summary>
    public const int TunnelLingerMs = 5_000;

    /// <summary>Reads of unwanted bytes in one turn; the rest waits for the next.</summary>
    public const int DiscardReadsPerTurn = 4;

    /// <summary>
    /// How long a worker that stops waits for files that exchanges wait for; then they are left,
    /// and not logged.
    /// </summary>
    public const int StopMs = 1_000;

    /// <summary>Threads for work that may block; one slow disk must not stop the other's files.</summary>
    public const int OffloadThreads = 2;

    /// <summary>Room behind a head below which a chunked body gets a larger buffer to read into.</summary>
    public const int ReadAheadBytesMin = 512;

    /// <summary>How much larger that buffer is.</summary>
    public const int ReadAheadBytes = 8 * 1024;

    /// <summary>
    /// Addresses that a worker remembers of proxy_pass with variables; beyond that it forgets
    /// all of them, what they knew of failures, and their idle connections.
    /// </summary>
    public const int AddressGroups = 1024;

    /// <summary>
    /// Ranges of one request for a file. Each is a part with a head of its own and a way to the
    /// disk; with more the whole file is sent, as nginx does beyond max_ranges.
    /// </summary>
    public const int RangesOfFile = 1000;

    /// <summary>
    /// Roots of which a worker remembers the real path ($realpath_root); beyond that it forgets
    /// all of them.
    /// </summary>
    public const int RealRoots = 256;

    /// <summary>How old such a path may be before the file system is asked again.</summary>
    public const int RealRootMs = 1_000;
}
