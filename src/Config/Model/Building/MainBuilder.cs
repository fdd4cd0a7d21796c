using System.Collections.Immutable;
using Sluice.Config.Directives;
using Sluice.Config.Syntax;
using Sluice.Config.Text;

namespace Sluice.Config.Model.Building;

/// <summary>Builds the main level: processes, paths, logs, and the two blocks in it.</summary>
sealed class MainBuilder(BuildContext build, ConfigTree tree)
{
    static readonly Setting<int> workerProcesses = new("worker_processes", 1, ReadProcesses);
    static readonly Setting<int> rlimitNofile = new("worker_rlimit_nofile", 0, Readers.Count);
    static readonly Setting<string> pid = new("pid", "", Readers.Text);
    static readonly ListSetting<ErrorLogTarget> errorLogs = new("error_log", LogReaders.ErrorLog);
    static readonly Setting<bool> daemon = new("daemon", false, Readers.Flag);
    static readonly Setting<bool> masterProcess = new("master_process", true, Readers.Flag);
    static readonly Setting<long> shutdownTimeout =
        new("worker_shutdown_timeout", 0, Readers.Milliseconds);
    static readonly ListSetting<EnvVariable> env = new("env", ReadEnv);
    static readonly Setting<UserValue> user = new("user", default, ReadUser);
    static readonly Setting<int> workerConnections =
        new("worker_connections", 512, ReadConnections);

    static readonly Dictionary<string, Setting> settings = Setting.Table(
        workerProcesses, rlimitNofile, pid, errorLogs, daemon, masterProcess, shutdownTimeout,
        env, user);

    readonly Level level = new(null);
    DirectiveNode? events;
    DirectiveNode? http;

    public MainConfig Build()
    {
        foreach (var node in tree.Directives)
            Read(node);

        var written = level.GetAll(errorLogs);
        if (written.Count > 0)
            build.Logs.MainErrorLogs = [.. written];

        var config = http is null ? null : new HttpBuilder(build, http).Build();
        if (config is not null)
            CheckConnections(config.Listens.Length);
        build.Zones.Finish(build);
        NoteTuning(tree.Directives, Contexts.Main);
        return Finish(config);
    }

    void Read(DirectiveNode node)
    {
        if (node.Name == "events")
            ReadEvents(node);
        else if (node.Name == "http")
            OpenBlock(ref http, node);
        else if (!node.IsBroken && settings.TryGetValue(node.Name, out var setting))
            setting.Read(build, level, node);
    }

    void ReadEvents(DirectiveNode node)
    {
        OpenBlock(ref events, node);
        foreach (var child in node.Children)
        {
            if (!child.IsBroken && child.Name == workerConnections.Name)
                workerConnections.Read(build, level, child);
        }
    }

    void OpenBlock(ref DirectiveNode? block, DirectiveNode node)
    {
        if (block is not null && !node.IsBroken)
            build.IsDuplicate(node);
        block ??= node;
    }

    /// <summary>Each listening socket is one of a worker's connections, as in nginx.</summary>
    void CheckConnections(int listens)
    {
        var cause = events?.Children.FirstOrDefault(child => child.Name == workerConnections.Name);
        int most = level.Get(workerConnections);
        if (cause is { IsBroken: false } && most <= listens)
            build.SayAtEnd(
                http!, Severity.Emerg, cause, cause.NameToken,
                $"{most} worker_connections are not enough for {listens} listening sockets");
    }

    MainConfig Finish(HttpConfig? config) => new()
    {
        ConfigPath = build.Environment.ConfigPath,
        Prefix = build.Environment.Prefix,
        WorkerProcesses = Math.Max(1, level.Get(workerProcesses)),
        WorkerConnections = level.Get(workerConnections),
        RlimitNofile = level.Writes(rlimitNofile) ? level.Get(rlimitNofile) : null,
        PidPath = build.Environment.FullPath(
            level.Writes(pid) ? level.Get(pid) : build.Environment.PidPath),
        ErrorLogs = build.Logs.MainErrorLogs,
        Daemon = level.Get(daemon),
        MasterProcess = level.Get(masterProcess),
        ShutdownTimeoutMs = level.Writes(shutdownTimeout) ? level.Get(shutdownTimeout) : null,
        Env = [.. level.GetAll(env)],
        User = level.Get(user).Value,
        IgnoredTuning = [.. build.Ignored],
        Http = config,
        Files = [.. tree.Files.Select(file => new ConfigFile(file.Name, file.Text))],
    };

    /// <summary>Notes what is accepted without effect, in file order.</summary>
    void NoteTuning(ImmutableArray<DirectiveNode> nodes, Contexts context)
    {
        foreach (var node in nodes)
        {
            if (DirectiveTable.Find(node.Name, context) is not { } row)
                continue;
            if (row.Status == Status.AcceptedTuning)
                build.Ignore(row.Name);
            if (row.Block == BlockForm.Directives)
                NoteTuning(node.Children, row.Opens);
        }
    }

    static bool ReadProcesses(BuildContext build, DirectiveNode node, out int value)
    {
        value = build.Environment.CoreCount;
        if (node.Arg(0) == "auto")
            return true;
        bool isNumber = Values.TryNumber(node.Arg(0), out long number) && number <= int.MaxValue;
        value = isNumber ? (int)number : 0;
        return isNumber || build.Fail(node, 0, $"\"{node.Name}\" directive invalid value");
    }

    static bool ReadConnections(BuildContext build, DirectiveNode node, out int value)
    {
        bool isNumber = Values.TryNumber(node.Arg(0), out long number) && number <= int.MaxValue;
        value = isNumber ? (int)number : 0;
        return isNumber || build.Fail(node, 0, $"invalid number \"{node.Arg(0)}\"");
    }

    static bool ReadEnv(BuildContext build, DirectiveNode node, out EnvVariable value)
    {
        string text = node.Arg(0);
        int equals = text.IndexOf('=', StringComparison.Ordinal);
        value = equals < 0
            ? new EnvVariable(text, null)
            : new EnvVariable(text[..equals], text[(equals + 1)..]);
        return true;
    }

    static bool ReadUser(BuildContext build, DirectiveNode node, out UserValue value)
    {
        string? group = node.Args.Length > 1 ? node.Arg(1) : null;
        var position = BuildContext.PositionOf(node);
        value = new UserValue(new UserConfig(node.Arg(0), group, position));
        return true;
    }

    readonly record struct UserValue(UserConfig? Value);
}
