namespace Sluice.Peers;

/// <summary>One thing that every proxy is measured at.</summary>
/// <param name="Name">The row's name.</param>
/// <param name="Load">Arguments of the load generator.</param>
/// <param name="IsGet">Requests instead of WebSockets.</param>
/// <param name="Target">The ratio to nginx that EpollLoop must not exceed; null without one.</param>
/// <param name="IsMemory">Memory per connection is measured, not CPU.</param>
/// <param name="Path">Where it goes: only what is below /logged/ makes a log line.</param>
sealed record Scenario(
    string Name, string Load, double? Target, bool IsGet = false, bool IsMemory = false,
    string Path = "/")
{
    public static readonly Scenario[] All =
    [
        new("echo 64 B, 100 connections", "--kind echo --connections 100 --size 64", 0.95),
        new("echo 64 B, 1,000 connections", "--kind echo --connections 1000 --size 64", 0.85),
        new("echo 64 B, 16 in flight",
            "--kind echo --connections 100 --size 64 --in-flight 16", null),
        new("echo 4 KB, 4 in flight",
            "--kind echo --connections 50 --size 4096 --in-flight 4", 0.45),
        new("echo 64 KB, 2 in flight",
            "--kind echo --connections 20 --size 65536 --in-flight 2", 0.45),
        new("handshake, connect to close", "--kind handshake --connections 20", 1.05),
        new("small GET, keep-alive", "--kind get --connections 100", 0.75, IsGet: true),
        new("small GET, keep-alive, logged", "--kind get --connections 100", 0.75, IsGet: true,
            Path: "/logged/"),
        new("idle tunnel, 8,000", "--kind idle --connections 8000", null, IsMemory: true),
    ];

    /// <summary>What Chromium sends with a fetch() from a page, beside the request line and Host.</summary>
    public static readonly string[] BrowserHeaders =
    [
        "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
            + "Chrome/142.0.0.0 Safari/537.36",
        "Accept: application/json",
        "Accept-Language: en-US,en;q=0.9",
        "Accept-Encoding: gzip, deflate, br, zstd",
        "Origin: http://app.example.com",
        "Referer: http://app.example.com/tasks",
        "Cookie: session=5b7c1d0e9a3f4c2b8d6e7f1a2b3c4d5e",
        "Sec-Fetch-Dest: empty",
        "Sec-Fetch-Mode: cors",
        "Sec-Fetch-Site: same-site",
    ];

    /// <summary>Bytes of process memory an idle tunnel may cost on EpollLoop.</summary>
    public const int IdleTunnelBytesTarget = 1536;
}

/// <summary>What one proxy needed in one round of one scenario.</summary>
/// <param name="Proxy">nginx, haproxy, sluice-epoll or sluice-sockets.</param>
/// <param name="Scenario">The scenario's name.</param>
/// <param name="Round">The round, from zero.</param>
/// <param name="CpuUsPerUnit">CPU time of the proxy per echo, handshake or answer; microseconds.</param>
/// <param name="UnitsPerSecond">Throughput.</param>
/// <param name="CpuShare">How busy the proxy's core was: 1 is all of it.</param>
/// <param name="BytesPerTunnel">Process memory per idle tunnel; 0 when not measured.</param>
/// <param name="P50Us">Latency, half of all.</param>
/// <param name="P99Us">Latency, 99 of 100.</param>
/// <param name="Discarded">Why the cell does not count; null when it does.</param>
sealed record Cell(
    string Proxy, string Scenario, int Round, double CpuUsPerUnit, double UnitsPerSecond,
    double CpuShare, double BytesPerTunnel, long P50Us, long P99Us, string? Discarded);
