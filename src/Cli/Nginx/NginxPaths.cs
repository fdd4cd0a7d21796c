namespace Sluice.Cli.Nginx;

/// <summary>
/// Where things are: what nginx compiles in, then what <c>-p</c>, <c>-c</c> and <c>-e</c> change.
/// </summary>
/// <remarks>Why these defaults: docs/decisions/0004-default-paths.md.</remarks>
internal sealed record NginxPaths
{
    /// <summary>The name that <c>-e</c> and <c>error_log</c> have for standard error.</summary>
    public const string StandardError = "stderr";

    public const string DefaultPrefix = "/usr/share/nginx/";
    public const string DefaultConfigFile = "/etc/nginx/nginx.conf";
    public const string DefaultErrorLog = StandardError;
    public const string DefaultAccessLog = "/var/log/nginx/access.log";
    public const string DefaultPid = "/run/nginx.pid";

    /// <summary>The directory relative paths start from, ending in a slash.</summary>
    public required string Prefix { get; init; }

    /// <summary>The configuration file. Relative only when the prefix given is.</summary>
    public required string ConfigFile { get; init; }

    /// <summary>The directory of the file, ending in a slash: includes start from here.</summary>
    public required string ConfigPrefix { get; init; }

    /// <summary>The error log before and without <c>error_log</c>; null for standard error.</summary>
    public required string? ErrorLog { get; init; }

    /// <summary>
    /// The access log without <c>access_log</c>. Nowhere when its directory does not exist: a
    /// gateway that is tried out in a container should not fail for a log nobody asked for.
    /// </summary>
    public static string AccessLog =>
        Directory.Exists(Path.GetDirectoryName(DefaultAccessLog)) ? DefaultAccessLog : "/dev/null";

    public static NginxPaths From(NginxOptions options)
    {
        string prefix = options.Prefix ?? DefaultPrefix;
        if (!prefix.EndsWith('/'))
        {
            prefix += '/';
        }
        string file = Full(prefix, options.ConfigFile ?? DefaultConfigFile);
        string log = options.ErrorLog ?? DefaultErrorLog;
        return new NginxPaths
        {
            Prefix = prefix,
            ConfigFile = file,
            ConfigPrefix = file[..(file.LastIndexOf('/') + 1)],
            ErrorLog = log is StandardError or "" ? null : Full(prefix, log),
        };
    }

    /// <summary>A path as nginx completes it: joined, not normalised.</summary>
    static string Full(string prefix, string path) => path.StartsWith('/') ? path : prefix + path;
}
