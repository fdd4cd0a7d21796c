using System.Collections.Immutable;
using Sluice.Config.Syntax;

namespace Sluice.Config.Model;

/// <summary>
/// A whole configuration, checked and immutable: what a file says, with nginx's defaults and
/// inheritance applied. Times are in milliseconds and sizes in bytes unless a name says otherwise.
/// Text is Latin-1: one character is one byte of the file.
/// </summary>
public sealed class MainConfig
{
    /// <summary>The full path of the file that was read (<c>-c</c>).</summary>
    public required string ConfigPath { get; init; }

    /// <summary>The directory relative paths start from (<c>-p</c>), ending in a slash.</summary>
    public required string Prefix { get; init; }

    /// <summary><c>worker_processes</c>; <c>auto</c> has become the number of cores.</summary>
    public int WorkerProcesses { get; init; } = 1;

    /// <summary><c>worker_connections</c>: connections of one worker, both sides counted.</summary>
    public int WorkerConnections { get; init; } = 512;

    /// <summary><c>worker_rlimit_nofile</c>; null leaves the process's limit alone.</summary>
    public int? RlimitNofile { get; init; }

    /// <summary><c>pid</c>: the full path.</summary>
    public required string PidPath { get; init; }

    /// <summary><c>error_log</c> of the main level, or the default one.</summary>
    public ImmutableArray<ErrorLogTarget> ErrorLogs { get; init; } = [];

    /// <summary><c>daemon</c>. Off unless written: Sluice runs in the foreground.</summary>
    public bool Daemon { get; init; }

    /// <summary><c>master_process</c>.</summary>
    public bool MasterProcess { get; init; } = true;

    /// <summary><c>worker_shutdown_timeout</c>; null waits for the last tunnel.</summary>
    public long? ShutdownTimeoutMs { get; init; }

    /// <summary><c>env</c>: the variables to keep (value null) or to set, in file order.</summary>
    public ImmutableArray<EnvVariable> Env { get; init; } = [];

    /// <summary><c>user</c>; accepted, and named in a notice.</summary>
    public UserConfig? User { get; init; }

    /// <summary>
    /// Directives that only tune nginx's own processes, in the order they were met, each once:
    /// accepted, without effect, listed in one notice.
    /// </summary>
    public ImmutableArray<string> IgnoredTuning { get; init; } = [];

    /// <summary>The <c>http</c> block; null when the file has none.</summary>
    public HttpConfig? Http { get; init; }

    /// <summary>Every file that was read, in reading order: what <c>-T</c> prints.</summary>
    public ImmutableArray<ConfigFile> Files { get; init; } = [];

    /// <summary>What to bind: the sockets of <see cref="Http"/>, or none.</summary>
    public ImmutableArray<ListenConfig> Listens => Http?.Listens ?? [];
}

/// <summary>A configuration file as it was read.</summary>
public sealed record ConfigFile(string Path, string Text);

/// <summary>One <c>env</c> directive: a name, and a value unless it is taken from outside.</summary>
public sealed record EnvVariable(string Name, string? Value);

/// <summary>The <c>user</c> directive.</summary>
public sealed record UserConfig(string Name, string? Group, Position Position);
