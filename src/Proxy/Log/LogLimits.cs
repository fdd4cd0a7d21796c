namespace Sluice.Proxy.Log;

/// <summary>The bounds of logging: unit, and what happens at the limit.</summary>
public static class LogLimits
{
    /// <summary>
    /// Bytes of one file that wait for the writer; a line that does not fit is dropped and
    /// counted. A second's stall of the disk at 20,000 lines of 200 bytes; as much again may be
    /// under way to the disk.
    /// </summary>
    public const int PendingBytes = 4 * 1024 * 1024;

    /// <summary>
    /// Bytes of access_log's buffer= at most; a larger one is taken for this. They are allowed on
    /// top of <see cref="PendingBytes"/>.
    /// </summary>
    public const int BufferBytes = 64 * 1024 * 1024;

    /// <summary>From this many pending bytes on the writer does not wait for more.</summary>
    public const int UrgentBytes = 256 * 1024;

    /// <summary>Bytes a file's buffer keeps once it is written; a larger array is given up.</summary>
    public const int KeptBytes = 512 * 1024;

    /// <summary>
    /// How long the writer gathers lines before it writes: a write for many lines costs the
    /// workers' cores less than one for each, and a person who follows the file sees no delay.
    /// </summary>
    public const int GatherMs = 10;

    /// <summary>How long a file that could not be written is left alone, as in nginx.</summary>
    public const int RetryMs = 1000;

    /// <summary>
    /// How often a syslog server that does not take messages is told of: each lost message, as
    /// nginx does, would fill one log because another is gone.
    /// </summary>
    public const int SyslogReportMs = 60_000;

    /// <summary>
    /// How long a stopping process waits for its last lines; a disk that hangs does not hold it.
    /// </summary>
    public const int StopMs = 5000;

    /// <summary>
    /// Files whose path has variables that are open at once; the one not used for the longest
    /// time is closed. While twice as many have lines waiting, lines for yet another are dropped.
    /// </summary>
    public const int VariableFiles = 256;

    /// <summary>How long a file whose path has variables stays open without a line.</summary>
    public const int VariableFileIdleMs = 10_000;

    /// <summary>
    /// Bytes of a path with variables, once evaluated (PATH_MAX): the line is dropped beyond it.
    /// </summary>
    public const int PathBytes = 4096;

    /// <summary>Bytes of a line of the error log, as nginx's NGX_MAX_ERROR_STR; the rest is cut.</summary>
    public const int ErrorLineBytes = 2048;
}
