using System.Net;
using System.Net.Sockets;

namespace Sluice.Config.Model;

/// <summary>What a configuration is completed with: paths, the machine, name resolution.</summary>
public sealed record BuildEnvironment
{
    /// <summary>The full path of the configuration file.</summary>
    public required string ConfigPath { get; init; }

    /// <summary>The directory that relative paths start from (<c>-p</c>), ending in a slash.</summary>
    public required string Prefix { get; init; }

    /// <summary>The cores that <c>worker_processes auto</c> stands for.</summary>
    public int CoreCount { get; init; } = Environment.ProcessorCount;

    /// <summary>
    /// Bytes of a memory page: nginx's default buffers are one or two of them.
    /// </summary>
    public int PageSize { get; init; } = Environment.SystemPageSize;

    /// <summary>What <c>$hostname</c> in a server_name stands for, in lower case.</summary>
    public string HostName { get; init; } = Dns.GetHostName().ToLowerInvariant();

    /// <summary>
    /// Whether the process may bind ports below 1024: a server without <c>listen</c> takes port
    /// 80, else 8000.
    /// </summary>
    public bool IsPrivileged { get; init; } = Environment.IsPrivilegedProcess;

    /// <summary>The error log without <c>error_log</c>: a path, or "stderr" (<c>-e</c>).</summary>
    public string ErrorLogPath { get; init; } = "logs/error.log";

    /// <summary>The access log without <c>access_log</c>.</summary>
    public string AccessLogPath { get; init; } = "logs/access.log";

    /// <summary>The pid file without <c>pid</c>.</summary>
    public string PidPath { get; init; } = "logs/nginx.pid";

    /// <summary>How host names become addresses.</summary>
    public IHostResolver Resolver { get; init; } = SystemResolver.Instance;

    /// <summary>A path of the configuration, completed with the prefix when relative.</summary>
    public string FullPath(string path) => path.StartsWith('/') ? path : Prefix + path;
}

/// <summary>Turns names into addresses while a configuration is read; may block.</summary>
public interface IHostResolver
{
    /// <summary>The addresses of a host in the order to use them; none when it is unknown.</summary>
    IReadOnlyList<IPAddress> Resolve(string host);
}

/// <summary>The system's resolver: /etc/hosts, DNS, and whatever else it is set up for.</summary>
public sealed class SystemResolver : IHostResolver
{
    public static readonly SystemResolver Instance = new();

    public IReadOnlyList<IPAddress> Resolve(string host)
    {
        try
        {
            var addresses = Dns.GetHostAddresses(host);
            return [.. addresses.Where(IsUsable).Distinct()];
        }
        catch (SocketException)
        {
            return [];
        }
        catch (ArgumentException)
        {
            return [];
        }
    }

    static bool IsUsable(IPAddress address) => address.AddressFamily
        is AddressFamily.InterNetwork or AddressFamily.InterNetworkV6;
}
