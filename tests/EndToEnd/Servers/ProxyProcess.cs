using System.Globalization;
using System.Net;
using System.Text;

namespace Sluice.EndToEnd.Servers;

/// <summary>Which proxy a test drives.</summary>
public enum ProxyKind
{
    /// <summary>Debian's nginx.</summary>
    Nginx,

    /// <summary>Sluice on its epoll loop.</summary>
    Epoll,

    /// <summary>Sluice on its System.Net.Sockets loop.</summary>
    Sockets,
}

/// <summary>
/// A proxy on a given configuration, in a prefix folder of its own under the temporary folder
/// (conf/nginx.conf, logs/, html/, temp/), started and gone with the test.
/// </summary>
public sealed class ProxyProcess : IAsyncDisposable
{
    readonly ProxySetup setup;
    ChildProcess process;

    ProxyProcess(ProxySetup setup, string prefix)
    {
        this.setup = setup;
        Prefix = prefix;
        process = null!;
    }

    /// <summary>Its prefix folder, without a slash at the end.</summary>
    public string Prefix { get; }

    public string ConfigurationFile => Path.Combine(Prefix, "conf", "nginx.conf");

    public int Pid => process.Pid;

    public bool HasExited => process.HasExited;

    /// <summary>What it has written to standard error so far.</summary>
    public string Errors => process.Errors;

    /// <summary>logs/error.log so far.</summary>
    public string ErrorLog => ReadLog("error.log");

    /// <summary>The lines of logs/access.log so far.</summary>
    public string[] AccessLog => Lines("access.log");

    /// <summary>Writes the configuration, starts the proxy, and waits until it accepts.</summary>
    /// <param name="kind">nginx, or Sluice on one of its loops.</param>
    /// <param name="configuration">
    /// The whole nginx.conf; <c>%prefix%</c> in it is this proxy's prefix folder.
    /// </param>
    /// <param name="listens">Where it must accept before the test goes on.</param>
    /// <param name="setup">What is not usual; may be left out.</param>
    public static async Task<ProxyProcess> StartAsync(
        ProxyKind kind, string configuration, IReadOnlyList<EndPoint> listens,
        ProxySetup? setup = null)
    {
        setup = (setup ?? new ProxySetup()) with { Kind = kind };
        var proxy = new ProxyProcess(setup, setup.Prefix ?? NewPrefix());
        proxy.CreateFolders();
        proxy.Configure(configuration);
        setup.Prepare?.Invoke(proxy.Prefix);
        proxy.process = proxy.Launch(proxy.RunArguments());
        try
        {
            await proxy.AcceptsAsync(listens);
        }
        catch
        {
            await proxy.DisposeAsync();
            throw;
        }
        return proxy;
    }

    /// <summary>A fresh folder under the temporary folder; all have equally long names.</summary>
    public static string NewPrefix()
    {
        var name = "sluice-" + Random.Shared.NextInt64(1L << 40).ToString("x10", null);
        return Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), name)).FullName;
    }

    /// <summary>Replaces the configuration file; the proxy reads it at its next reload.</summary>
    public void Configure(string configuration) =>
        File.WriteAllBytes(
            ConfigurationFile,
            Encoding.Latin1.GetBytes(configuration.Replace("%prefix%", Prefix)));

    public bool Signal(Signals signal) => process.Signal(signal);

    /// <summary>Runs the executable once more with other arguments, on the same prefix.</summary>
    public async Task<(int Exit, string Output, string Errors)> RunAsync(params string[] arguments)
    {
        await using var run = Launch(
            ["-p", Prefix + "/", "-c", ConfigurationFile, .. ErrorFile(), .. arguments]);
        run.CloseInput();
        var exit = await run.ExitAsync();
        return (exit, run.Output, run.Errors);
    }

    /// <summary>Waits until the process has ended; its exit code.</summary>
    public Task<int> ExitAsync(TimeSpan? bound = null) => process.ExitAsync(bound);

    /// <summary>
    /// Waits until a line of logs/<paramref name="file"/> holds <paramref name="text"/>.
    /// </summary>
    public Task LogsAsync(string text, string file = "error.log") => Patience.ForAsync(
        () => ReadLog(file).Contains(text, StringComparison.Ordinal),
        () => $"\"{text}\" in {file}, which has:\n{ReadLog(file)}\n{Errors}");

    /// <summary>The whole lines so far: a line that is being written may be seen in part.</summary>
    public string[] Lines(string log)
    {
        var text = ReadLog(log);
        return text[..(text.LastIndexOf('\n') + 1)]
            .Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>A file below logs/ so far, as Latin-1; empty while it does not exist.</summary>
    public string ReadLog(string file)
    {
        var path = Path.Combine(Prefix, "logs", file);
        if (!File.Exists(path))
            return "";
        using var stream = new FileStream(
            path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var reader = new StreamReader(stream, Encoding.Latin1);
        return reader.ReadToEnd();
    }

    public async ValueTask DisposeAsync()
    {
        await process.DisposeAsync();
        if (setup.Prefix is null)
            Directory.Delete(Prefix, recursive: true);
    }

    void CreateFolders()
    {
        foreach (var folder in new[] { "conf", "logs", "html", "temp" })
            Directory.CreateDirectory(Path.Combine(Prefix, folder));
        // A proxy started as somebody else writes its logs, its pid file and its temporary files.
        foreach (var folder in new[] { "logs", "temp" })
            File.SetUnixFileMode(Path.Combine(Prefix, folder), (UnixFileMode)0b111_111_111);
    }

    string[] RunArguments() =>
    [
        "-p", Prefix + "/", "-c", ConfigurationFile, .. ErrorFile(),
        // nginx's workers change to the user nobody, who cannot read a private prefix.
        .. IsNginx ? (string[])["-g", setup.NginxGlobals] : [],
        .. setup.Arguments,
    ];

    /// <summary>Where start-up errors go before the configuration names a file.</summary>
    string[] ErrorFile() => setup.Arguments.Contains("-e") ? [] : ["-e", "stderr"];

    /// <summary>
    /// True for nginx, also when SLUICE_BIN names it: that way the tests check themselves.
    /// </summary>
    public bool IsNginx => Path.GetFileName(Executable) == "nginx";

    string Executable => setup.Kind == ProxyKind.Nginx ? Repository.Nginx : Repository.Sluice;

    ChildProcess Launch(IEnumerable<string> arguments)
    {
        var environment = new Dictionary<string, string>();
        if (setup.Kind != ProxyKind.Nginx)
            environment["SLUICE_LOOP"] = setup.Kind == ProxyKind.Epoll ? "epoll" : "sockets";
        string[] command = [.. setup.RunAs, Executable, .. arguments];
        return ChildProcess.Start(command[0], command[1..], environment, Prefix);
    }

    async Task AcceptsAsync(IReadOnlyList<EndPoint> listens)
    {
        foreach (var endpoint in listens.OfType<IPEndPoint>())
            if (!await Patience.UntilAsync(
                    () => HasExited || Loopback.Accepts(endpoint), Patience.Event)
                || HasExited)
                throw new ProxyStartException(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{Executable} does not accept on {endpoint}:\n{Errors}\n{ErrorLog}"));
    }
}

/// <summary>What a proxy's start may have beside its configuration.</summary>
public sealed record ProxySetup
{
    public ProxyKind Kind { get; init; }

    /// <summary>A prefix folder that outlives the proxy; null for a temporary one.</summary>
    public string? Prefix { get; init; }

    /// <summary>Puts files into the prefix before the start.</summary>
    public Action<string>? Prepare { get; init; }

    /// <summary>Further arguments of the executable.</summary>
    public string[] Arguments { get; init; } = [];

    /// <summary>A command that runs the rest as somebody else; empty for the tests' own user.</summary>
    public string[] RunAs { get; init; } = [];

    /// <summary>Global directives nginx needs to behave as a foreground process.</summary>
    public string NginxGlobals { get; init; } = "daemon off; master_process on; user root;";
}

/// <summary>A proxy ended, or did not listen, instead of starting.</summary>
public sealed class ProxyStartException(string message) : Exception(message);
