namespace Sluice.Config.Text;

/// <summary>The bounds of reading a configuration: unit, and what happens at the limit.</summary>
public static class ConfigLimits
{
    /// <summary>
    /// Bytes nginx reads at a time (NGX_CONF_BUFFER); a word or comment that fills them all is
    /// refused with "too long parameter".
    /// </summary>
    public const int BufferBytes = 4096;

    /// <summary>
    /// Bytes of one message before its place (NGX_MAX_CONF_ERRSTR); the rest is cut off.
    /// </summary>
    public const int MessageBytes = 1024;

    /// <summary>
    /// Includes within includes. nginx has no bound and runs out of file descriptors; a file
    /// that includes itself is refused here instead, with the chain that leads to it.
    /// </summary>
    public const int IncludeDepth = 64;

    /// <summary>Blocks within blocks; nginx has no bound and runs out of stack.</summary>
    public const int BlockDepth = 128;

    /// <summary>Files read for one configuration, each inclusion counted; refused beyond.</summary>
    public const int Files = 10_000;

    /// <summary>Bytes of one file; refused beyond, since nobody writes that by hand.</summary>
    public const int FileBytes = 64 * 1024 * 1024;

    /// <summary>Errors kept in one run; reading ends at the limit.</summary>
    public const int Errors = 200;

    /// <summary>
    /// Longest time one match of a regular expression may take before it counts as no match
    /// (nginx bounds PCRE by its match limit).
    /// </summary>
    public const int RegexTimeoutMs = 250;
}
