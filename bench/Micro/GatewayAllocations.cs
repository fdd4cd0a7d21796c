using System.Net;
using System.Net.Sockets;
using Sluice.Cli.Bench;
using Sluice.Cli.Nginx;
using Sluice.Net;
using Sluice.Proxy;

namespace Sluice.Micro;

/// <summary>
/// The whole gateway in this process, on its own thread and real sockets: bytes its worker
/// allocates per message or request, after everything is warm and connected.
/// </summary>
static class GatewayAllocations
{
    /// <summary>
    /// A queue that grows because the machine was busy elsewhere grows once; what a message
    /// allocates, every run allocates.
    /// </summary>
    const int Runs = 3;

    public static IEnumerable<(string Name, double Bytes)> Measure()
    {
        yield return Least("relayed message, 64 bytes", LoadKind.Echo, size: 64, isLogged: false);
        yield return Least("relayed message, 64 KB", LoadKind.Echo, size: 65536, isLogged: false);
        yield return Least("proxied GET", LoadKind.Get, size: 1, isLogged: false);
        yield return Least("proxied GET, logged", LoadKind.Get, size: 1, isLogged: true);
    }

    static (string Name, double Bytes) Least(string name, LoadKind kind, int size, bool isLogged)
    {
        var least = double.MaxValue;
        for (var run = 0; run < Runs && least > 0; run++)
            least = Math.Min(least, Run(name, kind, size, isLogged));
        return (name, least);
    }

    static double Run(string name, LoadKind kind, int size, bool isLogged)
    {
        var folder = Directory.CreateTempSubdirectory("sluice-micro-").FullName;
        var backendPort = FreePort();
        var port = FreePort();
        using var backendLoop = Loops.Create();
        backendLoop.Listen(
            new Address(new IPEndPoint(IPAddress.Loopback, backendPort)), new ListenOptions(),
            new BenchServer(backendLoop), out _);
        var backend = new Thread(backendLoop.Run);
        backend.Start();
        using var gateway = Start(folder, port, backendPort, isLogged);
        var worker = gateway.Workers[0];
        long before = 0;
        using var loop = Loops.Create();
        var load = new Load(
            new LoadOptions
            {
                Url = new Uri($"{(kind == LoadKind.Get ? "http" : "ws")}://127.0.0.1:{port}/"),
                Kind = kind,
                Connections = 20,
                Size = size,
                Duration = TimeSpan.FromSeconds(1),
            },
            loop,
            onMeasuring: () => before = AllocatedBy(worker));
        var result = load.Run();
        var bytes = AllocatedBy(worker) - before;
        gateway.Stop();
        gateway.Wait();
        backendLoop.Stop();
        backend.Join();
        Directory.Delete(folder, recursive: true);
        if (result.Errors > 0 || result.Count == 0)
            throw new InvalidOperationException(
                $"{name}: {result.Count} done, {result.Errors} errors: {result.FirstError}");
        // The two questions themselves allocate a little; below a byte it is not the messages.
        return Math.Floor((double)bytes / result.Count);
    }

    /// <summary>Asked on the worker's thread, whose count it is.</summary>
    static long AllocatedBy(Worker worker)
    {
        var question = new Question();
        worker.Loop.Post(question);
        question.Answered.Wait();
        return question.Bytes;
    }

    static Gateway Start(string folder, int port, int backendPort, bool isLogged)
    {
        Directory.CreateDirectory(Path.Combine(folder, "logs"));
        var file = Path.Combine(folder, "nginx.conf");
        File.WriteAllText(file, $$"""
            worker_processes 1;
            error_log logs/error.log;
            events { worker_connections 1000; }
            http {
                access_log {{(isLogged ? "logs/access.log" : "off")}};
                keepalive_requests 100000000;
                upstream backend {
                    server 127.0.0.1:{{backendPort}};
                    keepalive_requests 100000000;
                }
                server {
                    listen 127.0.0.1:{{port}};
                    location / {
                        proxy_pass http://backend;
                        proxy_set_header Host $host;
                        proxy_set_header X-Real-IP $remote_addr;
                        proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
                        proxy_set_header X-Forwarded-Proto $scheme;
                    }
                }
            }
            """);
        var options = NginxOptions.Parse(["-p", folder, "-c", file], out _)!;
        var read = Configuration.Load(NginxPaths.From(options), directives: null);
        var gatewayOptions = new GatewayOptions { MakeLoop = Loops.Create };
        return Gateway.Start(read.Config!, gatewayOptions, out var failure)
            ?? throw new InvalidOperationException(failure);
    }

    static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    sealed class Question : ILoopWork
    {
        public ManualResetEventSlim Answered { get; } = new();

        public long Bytes { get; private set; }

        public void Run(Loop loop)
        {
            Bytes = GC.GetAllocatedBytesForCurrentThread();
            Answered.Set();
        }
    }
}
