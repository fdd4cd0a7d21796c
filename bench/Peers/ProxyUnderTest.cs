using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;

namespace Sluice.Peers;

/// <summary>A proxy process on core 0, and what the kernel says of it.</summary>
sealed class ProxyUnderTest : IDisposable
{
    /// <summary>Ticks of /proc/PID/stat a second (sysconf _SC_CLK_TCK).</summary>
    const double TicksPerSecond = 100;

    readonly Process launcher;
    readonly int workerId;

    ProxyUnderTest(string name, int port, Process launcher, int workerId)
    {
        Name = name;
        Port = port;
        this.launcher = launcher;
        this.workerId = workerId;
    }

    public string Name { get; }

    public int Port { get; }

    public bool IsSluice => Name.StartsWith("sluice-", StringComparison.Ordinal);

    /// <summary>Starts a proxy of this kind in front of a backend.</summary>
    public static ProxyUnderTest Start(
        string name, string folder, string sluice, int port, int backendPort)
    {
        Directory.CreateDirectory(Path.Combine(folder, name, "logs"));
        var file = Path.Combine(folder, name, "proxy.conf");
        File.WriteAllText(file, name == "haproxy"
            ? Configurations.HaProxy(port, backendPort)
            : Configurations.Nginx(port, backendPort, isNginx: name == "nginx"));
        var command = name switch
        {
            "nginx" => $"nginx -p {folder}/nginx -c {file}",
            "haproxy" => $"sh -c \"exec haproxy -db -f {file} > {folder}/haproxy/logs/access.log\"",
            _ => $"{sluice} -p {folder}/{name} -c {file}",
        };
        var start = new ProcessStartInfo("setsid", $"taskset -c 0 {command}");
        if (name.StartsWith("sluice-", StringComparison.Ordinal))
            start.Environment["SLUICE_LOOP"] = name["sluice-".Length..];
        var process = Process.Start(start)!;
        WaitFor(port);
        int pid = name == "nginx" ? ChildOf(process.Id) : process.Id;
        return new ProxyUnderTest(name, port, process, pid);
    }

    /// <summary>CPU time so far, user and system, in microseconds.</summary>
    public double CpuUs()
    {
        var stat = File.ReadAllText($"/proc/{workerId}/stat");
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        var ticks = double.Parse(fields[11], CultureInfo.InvariantCulture)
            + double.Parse(fields[12], CultureInfo.InvariantCulture);
        return ticks / TicksPerSecond * 1e6;
    }

    /// <summary>Memory of the process that nobody shares: Private_Clean + Private_Dirty, in bytes.</summary>
    public long PrivateBytes() => File.ReadLines($"/proc/{workerId}/smaps_rollup")
        .Where(line => line.StartsWith("Private_", StringComparison.Ordinal))
        .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1])
        .Sum(text => long.Parse(text, CultureInfo.InvariantCulture)) * 1024;

    public void Dispose()
    {
        using var kill = Process.Start("kill", $"-TERM {launcher.Id}");
        kill.WaitForExit();
        if (!launcher.WaitForExit(5_000))
            launcher.Kill(entireProcessTree: true);
        launcher.Dispose();
    }

    internal static void WaitFor(int port)
    {
        for (var i = 0; i < 200; i++)
        {
            try
            {
                using var probe = new TcpClient("127.0.0.1", port);
                return;
            }
            catch (SocketException)
            {
                Thread.Sleep(50);
            }
        }
        throw new InvalidOperationException($"nothing listens on port {port}");
    }

    static int ChildOf(int id)
    {
        for (var i = 0; i < 100; i++)
        {
            var children = File.ReadAllText($"/proc/{id}/task/{id}/children").Trim();
            if (children.Length > 0)
                return int.Parse(children.Split(' ')[0], CultureInfo.InvariantCulture);
            Thread.Sleep(20);
        }
        throw new InvalidOperationException("nginx has no worker");
    }
}
