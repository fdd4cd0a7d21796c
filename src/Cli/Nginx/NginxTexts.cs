using System.Runtime.InteropServices;
using System.Text;
using Sluice.Config.Model;

namespace Sluice.Cli.Nginx;

/// <summary>What <c>-v</c>, <c>-V</c> and <c>-h</c> print.</summary>
internal static class NginxTexts
{
    /// <summary>What nginx builds unless told not to, and whether Sluice has it.</summary>
    static readonly (string Name, bool Present)[] modules =
    [
        ("access", false), ("auth_basic", false), ("autoindex", false), ("browser", false),
        ("charset", false), ("empty_gif", false), ("fastcgi", false), ("geo", false),
        ("grpc", false), ("gzip", false), ("limit_conn", false), ("limit_req", false),
        ("map", true), ("memcached", false), ("mirror", false), ("proxy", true),
        ("referer", false), ("rewrite", true), ("scgi", false), ("split_clients", false),
        ("ssi", false), ("upstream_hash", true), ("upstream_ip_hash", true),
        ("upstream_keepalive", true), ("upstream_least_conn", true), ("upstream_random", true),
        ("upstream_sticky", false), ("upstream_zone", true), ("userid", false), ("uwsgi", false),
    ];

    /// <summary>Sluice's own version, as the build has it.</summary>
    public static string SluiceVersion { get; } =
        typeof(NginxTexts).Assembly.GetName().Version?.ToString(3) ?? "0";

    /// <summary>The first line of all three.</summary>
    public static string Version =>
        $"nginx version: nginx/{NginxVersion.Number} (sluice/{SluiceVersion})\n";

    /// <summary>The further lines of <c>-V</c>, for tools that look for a module.</summary>
    public static string Configure
    {
        get
        {
            var text = new StringBuilder()
                .Append("built by ").Append(RuntimeInformation.FrameworkDescription)
                .Append(" for ").Append(RuntimeInformation.RuntimeIdentifier)
                .Append("\nconfigure arguments: --prefix=")
                .Append(NginxPaths.DefaultPrefix.AsSpan().TrimEnd('/'))
                .Append(" --conf-path=").Append(NginxPaths.DefaultConfigFile)
                .Append(" --error-log-path=").Append(NginxPaths.DefaultErrorLog)
                .Append(" --http-log-path=").Append(NginxPaths.DefaultAccessLog)
                .Append(" --pid-path=").Append(NginxPaths.DefaultPid);
            foreach (var (name, present) in modules)
            {
                text.Append(present ? " --with-http_" : " --without-http_")
                    .Append(name).Append("_module");
            }
            return text.Append('\n').ToString();
        }
    }

    /// <summary>The further lines of <c>-h</c>.</summary>
    public static string Help =>
        $"""
        Usage: nginx [-?hvVtTq] [-s signal] [-p prefix]
                     [-e filename] [-c filename] [-g directives]

        Options:
          -?,-h         : this help
          -v            : show version and exit
          -V            : show version and configure options then exit
          -t            : test configuration and exit
          -T            : test configuration, dump it and exit
          -q            : suppress non-error messages during configuration testing
          -s signal     : send signal to a master process: stop, quit, reopen, reload
          -p prefix     : set prefix path (default: {NginxPaths.DefaultPrefix})
          -e filename   : set error log file (default: {NginxPaths.DefaultErrorLog})
          -c filename   : set configuration file (default: {NginxPaths.DefaultConfigFile})
          -g directives : set global directives out of configuration file


        """;
}
