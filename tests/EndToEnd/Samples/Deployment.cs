using System.Net;
using System.Text;
using Sluice.EndToEnd.Servers;

namespace Sluice.EndToEnd.Samples;

/// <summary>
/// A sample whole: its instances, and a proxy in front on the sample's own nginx.conf.
/// </summary>
sealed class Deployment : IAsyncDisposable
{
    readonly Dictionary<int, Instance> instances = [];
    readonly HttpClient http = new(new SocketsHttpHandler { AllowAutoRedirect = false });
    ProxyProcess? proxy;

    /// <summary>Where the proxy listens.</summary>
    public IPEndPoint Main { get; private set; } = null!;

    public ProxyProcess Proxy => proxy!;

    /// <summary>The address of a path behind the proxy.</summary>
    public Uri At(string path, string scheme = "http") => new($"{scheme}://{Main}{path}");

    /// <summary>The address of an instance, by its port in nginx.conf, without the proxy.</summary>
    public Uri Direct(int port, string path) =>
        new($"http://127.0.0.1:{instances[port].Port}{path}");

    /// <summary>Every proxy that samples run behind.</summary>
    public static TheoryData<ProxyKind> Proxies => [.. Enum.GetValues<ProxyKind>()];

    /// <summary>The folder of a sample.</summary>
    public static string Folder(string sample) => Path.Combine(Repository.Root, "samples", sample);

    /// <summary>Starts a sample behind a proxy.</summary>
    /// <param name="kind">The proxy.</param>
    /// <param name="sample">The sample's folder.</param>
    /// <param name="ports">The ports of its instances in nginx.conf.</param>
    /// <param name="environment">For all instances.</param>
    public static async Task<Deployment> StartAsync(
        ProxyKind kind, string sample, int[] ports, Dictionary<string, string>? environment = null)
    {
        var deployment = new Deployment();
        try
        {
            foreach (var port in ports)
                deployment.instances[port] = new Instance(
                    sample, Loopback.FreePort(IPAddress.Loopback), environment ?? []);
            await Task.WhenAll(deployment.instances.Values.Select(one => one.StartAsync()));
            await deployment.StartProxyAsync(kind, sample);
            return deployment;
        }
        catch
        {
            await deployment.DisposeAsync();
            throw;
        }
    }

    /// <summary>One request through the proxy: its status and its text.</summary>
    public async Task<(int Status, string Text)> RequestAsync(
        HttpMethod method, string path, string? json = null, string? token = null)
    {
        using var request = new HttpRequestMessage(method, At(path));
        if (json is not null)
            request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        if (token is not null)
            request.Headers.Add("Authorization", $"Bearer {token}");
        using var answer = await http.SendAsync(request);
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    public Task<(int Status, string Text)> GetAsync(string path, string? token = null) =>
        RequestAsync(HttpMethod.Get, path, token: token);

    /// <summary>Stops the instance in the place of a port of nginx.conf.</summary>
    public Task StopAsync(int port) => instances[port].StopAsync();

    /// <summary>Starts it again, on the same port as before.</summary>
    public Task RestartAsync(int port) => instances[port].StartAsync();

    /// <summary>What an instance has written so far.</summary>
    public string Output(int port) => instances[port].Output;

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        if (proxy is not null)
            await proxy.DisposeAsync();
        foreach (var instance in instances.Values)
            await instance.StopAsync();
    }

    async Task StartProxyAsync(ProxyKind kind, string sample)
    {
        var folder = Folder(sample);
        var address = Loopback.Host(30);
        Main = new IPEndPoint(address, Loopback.FreePort(address));
        var text = SampleConfiguration.Read(sample, Main, instances.ToDictionary(
            one => one.Key, one => $"127.0.0.1:{one.Value.Port}"));
        proxy = await ProxyProcess.StartAsync(kind, text, [Main], new ProxySetup
        {
            Prepare = prefix =>
            {
                if (Directory.Exists(Path.Combine(folder, "wwwroot")))
                    Directory.CreateSymbolicLink(
                        Path.Combine(prefix, "wwwroot"), Path.Combine(folder, "wwwroot"));
            },
        });
    }
}

/// <summary>One process of a sample on a port of its own.</summary>
sealed class Instance(string sample, int port, Dictionary<string, string> environment)
{
    ChildProcess? process;

    public int Port => port;

    public string Output => process?.Output ?? "";

    public async Task StartAsync()
    {
        var folder = Deployment.Folder(sample);
        var program = Path.Combine(
            folder, "bin", "Debug", "net10.0", $"Sluice.Samples.{sample}");
        process = ChildProcess.Start(program, [], new Dictionary<string, string>(environment)
        {
            ["URLS"] = $"http://127.0.0.1:{port}",
        }, folder);
        await process.OutputWithAsync("Now listening on:");
    }

    public async Task StopAsync()
    {
        if (process is not null)
            await process.DisposeAsync();
        process = null;
    }
}
