using System.Diagnostics;
using System.Globalization;

namespace Sluice.SocketIOBench;

/// <summary>A server process on core 0, and what the kernel says of it.</summary>
sealed class ServerUnderTest : IDisposable
{
    /// <summary>Ticks of /proc/PID/stat a second (sysconf _SC_CLK_TCK).</summary>
    const double TicksPerSecond = 100;

    readonly Process process;

    ServerUnderTest(string name, Process process, int port)
    {
        Name = name;
        this.process = process;
        Port = port;
    }

    public string Name { get; }

    public int Port { get; }

    public Dialect Dialect => Name == "signalr" ? Dialect.SignalR : Dialect.SocketIO;

    public static ServerUnderTest Start(string name, int? redisPort = null)
    {
        string[] command = name == "socket.io"
            ? ["node", "--expose-gc", OfficialServer()]
            // Another build's executable, to compare with: what it serves is Sluice.
            : name.Contains('/') ? [name, "serve", "sluice"]
            : [Environment.ProcessPath!, "serve", name];
        var start = new ProcessStartInfo("taskset", ["-c", "0", .. command])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        if (redisPort is { } port)
            start.ArgumentList.Add(port.ToString(CultureInfo.InvariantCulture));
        start.Environment["NODE_ENV"] = "production";
        var process = Children.Start(start);
        try
        {
            var line = process.StandardOutput.ReadLine();
            if (line?.Split(' ') is not ["listening", var text])
                throw new InvalidOperationException($"{name} said: {line}");
            return new ServerUnderTest(
                name, process, int.Parse(text, CultureInfo.InvariantCulture));
        }
        catch
        {
            Children.Stop(process);
            throw;
        }
    }

    /// <summary>CPU time so far, user and system, in microseconds.</summary>
    public double CpuUs()
    {
        var stat = File.ReadAllText($"/proc/{process.Id}/stat");
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        var ticks = double.Parse(fields[11], CultureInfo.InvariantCulture)
            + double.Parse(fields[12], CultureInfo.InvariantCulture);
        return ticks / TicksPerSecond * 1e6;
    }

    /// <summary>Memory of the process that is in RAM (VmRSS), in bytes.</summary>
    public long ResidentBytes() => long.Parse(
        File.ReadLines($"/proc/{process.Id}/status")
            .First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal))
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)[1],
        CultureInfo.InvariantCulture) * 1024;

    /// <summary>Lets the server throw away what nobody refers to.</summary>
    public void CollectGarbage()
    {
        using var http = new HttpClient();
        http.GetStringAsync(new Uri($"http://127.0.0.1:{Port}/gc")).GetAwaiter().GetResult();
    }

    /// <summary>Waits until it has nothing to do any more: closed connections cost time too.</summary>
    public void Settle()
    {
        for (var i = 0; i < 50; i++)
        {
            var before = CpuUs();
            Thread.Sleep(150);
            if (CpuUs() - before < 15_000)
                return;
        }
    }

    public void Dispose() => Children.Stop(process);

    static string OfficialServer()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory);
            folder is not null; folder = folder.Parent)
        {
            var file = Path.Combine(folder.FullName, "official-server.mjs");
            if (File.Exists(file))
                return file;
        }
        throw new FileNotFoundException("official-server.mjs");
    }
}
