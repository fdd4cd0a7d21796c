using System.Globalization;
using System.Net;
using Sluice.EndToEnd.Servers;

namespace Sluice.EndToEnd.CommandLine;

/// <summary>The life of a gateway that others control: its pid file, signals, the background.</summary>
public sealed class ServiceTests : IAsyncDisposable
{
    readonly string folder = Directory.CreateTempSubdirectory("sluice-service-").FullName;
    readonly IPEndPoint address = new(Loopback.Host(17), Loopback.FreePort(Loopback.Host(17)));
    readonly HttpClient http = new() { Timeout = Patience.Event };
    ChildProcess? service;

    string PidFile => Path.Combine(folder, "sluice.pid");

    string ErrorLog => Path.Combine(folder, "error.log");

    public async ValueTask DisposeAsync()
    {
        if (service is not null)
            await service.DisposeAsync();
        http.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task The_pid_file_names_the_process_that_serves()
    {
        await StartAsync("one");
        Assert.Equal(service!.Pid, ReadPid());
        Assert.Equal("one", await AnswerAsync());
    }

    [Fact]
    public async Task A_reload_takes_on_the_new_configuration()
    {
        await StartAsync("one");
        Configure("two");
        Assert.Equal(0, await ControlAsync("reload"));
        await LoggedAsync("reconfigured");
        Assert.Equal("two", await AnswerAsync());
        Assert.False(service!.HasExited);
    }

    [Fact]
    public async Task A_reload_with_an_error_keeps_the_old_configuration_and_says_why()
    {
        await StartAsync("one");
        Configure("two", "nonsense on;");
        service!.Signal(Signals.Hup);
        await LoggedAsync("[emerg]");
        Assert.Contains("unknown directive \"nonsense\"", File.ReadAllText(ErrorLog));
        Assert.Equal("one", await AnswerAsync());
    }

    [Theory]
    [InlineData("reload", "reconfigured")]
    [InlineData("quit", "shutting down")]
    [InlineData("stop", "exiting")]
    public async Task Signals_that_the_parent_ignores_are_taken(string signal, string logged)
    {
        // As under nohup, and behind a "&" of a shell without job control.
        Configure("one");
        service = ChildProcess.Start(
            "bash",
            ["-c", "trap '' HUP INT QUIT TERM; exec \"$@\"", "-", Repository.Sluice,
                "-c", Path.Combine(folder, "nginx.conf")]);
        await WaitUntilItServesAsync();
        Assert.Equal(0, await ControlAsync(signal));
        await LoggedAsync(logged);
    }

    [Fact]
    public async Task A_reload_moves_the_pid_file()
    {
        await StartAsync("one");
        string before = File.ReadAllText(PidFile);
        Configure("one", pidFile: PidFile + ".moved");
        service!.Signal(Signals.Hup);
        await Patience.ForAsync(() => !File.Exists(PidFile), () => "the old pid file to go");
        Assert.Equal(before, File.ReadAllText(PidFile + ".moved"));
    }

    [Fact]
    public async Task Reopen_begins_a_new_log_file()
    {
        await StartAsync("one");
        File.Move(ErrorLog, ErrorLog + ".1");
        Assert.Equal(0, await ControlAsync("reopen"));
        await Patience.ForAsync(() => File.Exists(ErrorLog), () => "a new error log");
        service!.Signal(Signals.Hup);
        await LoggedAsync("reconfigured");
    }

    [Theory]
    [InlineData("stop")]
    [InlineData("quit")]
    public async Task An_end_removes_the_pid_file_and_is_a_success(string signal)
    {
        await StartAsync("one");
        Assert.Equal(0, await ControlAsync(signal));
        Assert.Equal(0, await service!.ExitAsync());
        Assert.False(File.Exists(PidFile));
    }

    [Fact]
    public async Task The_limit_of_open_files_is_the_configuration_s()
    {
        Configure("one", globals: "worker_rlimit_nofile 777;");
        await RunUntilItServesAsync();
        string limits = File.ReadAllText($"/proc/{service!.Pid}/limits");
        Assert.Matches(@"Max open files +777 ", limits);
    }

    [Fact]
    public async Task Signals_of_a_master_process_change_nothing()
    {
        await StartAsync("one");
        service!.Signal(Signals.Usr2);
        await LoggedAsync("SIGUSR2");
        Assert.Equal("one", await AnswerAsync());
    }

    [Fact]
    public async Task In_the_background_it_serves_once_the_command_has_ended()
    {
        Configure("one");
        await using var command = Run("-g", "daemon on;");
        Assert.Equal(0, await command.ExitAsync());
        int pid = ReadPid();
        Assert.NotEqual(command.Pid, pid);
        Assert.Equal("one", await AnswerAsync());
        Assert.Equal(0, await ControlAsync("stop"));
        await Patience.ForAsync(() => !File.Exists(PidFile), () => "the background to end");
    }

    [Fact]
    public async Task In_the_background_a_failure_is_still_told()
    {
        Configure("one", pidFile: Path.Combine(folder, "none", "sluice.pid"));
        await using var command = Run("-g", "daemon on;");
        Assert.Equal(1, await command.ExitAsync());
        Assert.Contains("[emerg] open()", command.Errors);
    }

    [Fact]
    public async Task A_loop_that_does_not_exist_is_refused()
    {
        Configure("one");
        await using var command = ChildProcess.Start(
            Repository.Sluice, ["-c", Path.Combine(folder, "nginx.conf")],
            new Dictionary<string, string> { ["SLUICE_LOOP"] = "nonsense" });
        Assert.Equal(1, await command.ExitAsync());
        Assert.Contains("[emerg] SLUICE_LOOP=nonsense", command.Errors);
    }

    async Task StartAsync(string answer)
    {
        Configure(answer);
        await RunUntilItServesAsync();
    }

    async Task RunUntilItServesAsync()
    {
        service = Run();
        await WaitUntilItServesAsync();
    }

    Task WaitUntilItServesAsync() => Patience.ForAsync(
        () => File.Exists(PidFile) && File.ReadAllText(PidFile).EndsWith('\n'),
        () => service!.Errors);

    void Configure(
        string answer, string more = "", string? pidFile = null, string globals = "") =>
        File.WriteAllText(Path.Combine(folder, "nginx.conf"),
        $$"""
        {{globals}}
        pid {{pidFile ?? PidFile}};
        error_log {{ErrorLog}} notice;
        events { }
        http {
            access_log off;
            server { listen {{address}}; location / { return 200 {{answer}}; } {{more}} }
        }
        """);

    ChildProcess Run(params string[] more) => ChildProcess.Start(
        Repository.Sluice, ["-c", Path.Combine(folder, "nginx.conf"), .. more]);

    async Task<int> ControlAsync(string signal)
    {
        await using var command = Run("-s", signal);
        return await command.ExitAsync();
    }

    Task LoggedAsync(string text) => Patience.ForAsync(
        () => File.Exists(ErrorLog) && File.ReadAllText(ErrorLog).Contains(text),
        () => $"\"{text}\" in the error log");

    async Task<string> AnswerAsync() => await http.GetStringAsync(new Uri($"http://{address}/"));

    int ReadPid() => int.Parse(File.ReadAllText(PidFile), CultureInfo.InvariantCulture);
}
