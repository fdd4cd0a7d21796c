using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Sluice.Config.Model;
using Sluice.Net;

namespace Sluice.Proxy.Log;

/// <summary>
/// What <c>error_log</c> means at one level of the configuration: files, each with the least
/// severe level that it takes.
/// </summary>
public sealed partial class ErrorLog
{
    [ThreadStatic]
    static int threadId;

    readonly ImmutableArray<(LogTarget Log, LogLevel Level)> targets;
    readonly TimeProvider clock;
    readonly LogLevel leastSevere;

    /// <summary>The files are among those of <paramref name="files"/>.</summary>
    public ErrorLog(ImmutableArray<ErrorLogTarget> targets, LogFiles files)
    {
        this.targets = [.. targets.Select(target =>
            (files.Find(target.Syslog?.Source ?? target.Path), target.Level))];
        clock = files.Writer.Clock;
        foreach (var target in this.targets)
        {
            if (target.Level > leastSevere)
                leastSevere = target.Level;
        }
    }

    /// <summary>Whether any file takes this level: asked before a message is put together.</summary>
    public bool IsEnabled(LogLevel level) => level <= leastSevere;

    /// <summary>A message about the process.</summary>
    /// <param name="level">How severe it is.</param>
    /// <param name="message">The text, one char a byte.</param>
    /// <param name="errno">A positive errno that is added in words; zero for none.</param>
    public void Write(LogLevel level, string message, int errno = 0)
    {
        if (!IsEnabled(level))
            return;
        var line = Begin(stackalloc byte[LogLimits.ErrorLineBytes], level, Now(), connection: 0);
        line.AddLatin1(message);
        line.AddErrno(errno);
        Append(level, line.End());
    }

    /// <summary>A message about a client that has not sent a request.</summary>
    /// <param name="level">How severe it is.</param>
    /// <param name="message">The text.</param>
    /// <param name="errno">A positive errno that is added in words; zero for none.</param>
    /// <param name="action">What was being done: "waiting for request"; or nothing.</param>
    /// <param name="client">The client's connection.</param>
    /// <param name="listen">The listening address as nginx writes it: "0.0.0.0:80".</param>
    public void Write(
        LogLevel level, ReadOnlySpan<byte> message, int errno, ReadOnlySpan<byte> action,
        Connection client, ReadOnlySpan<byte> listen)
    {
        if (!IsEnabled(level))
            return;
        var line = Begin(
            stackalloc byte[LogLimits.ErrorLineBytes], level, client.Loop.UnixMs, client.Serial);
        line.Add(message);
        line.AddErrno(errno);
        AddAction(ref line, action);
        line.Add(", client: "u8);
        line.Add(client.RemoteAddress.IpText.Span);
        line.Add(", server: "u8);
        line.Add(listen);
        Append(level, line.End());
    }

    /// <summary>"2026/11/20 21:36:26 [error] 12#34: *56 ".</summary>
    internal static ErrorLine Begin(
        Span<byte> buffer, LogLevel level, long unixMs, long connection)
    {
        var line = new ErrorLine(buffer);
        line.Add(TimeText.At(unixMs).ErrorLog);
        line.Add(" ["u8);
        line.Add(NameOf(level));
        line.Add("] "u8);
        line.Add(Environment.ProcessId);
        line.Add("#"u8);
        line.Add(threadId == 0 ? threadId = GetThreadId() : threadId);
        line.Add(": "u8);
        if (connection > 0)
        {
            line.Add("*"u8);
            line.Add(connection);
            line.Add(" "u8);
        }
        return line;
    }

    internal static void AddAction(ref ErrorLine line, ReadOnlySpan<byte> action)
    {
        if (action.IsEmpty)
            return;
        line.Add(" while "u8);
        line.Add(action);
    }

    internal void Append(LogLevel level, ReadOnlySpan<byte> line)
    {
        foreach (var target in targets)
        {
            if (level <= target.Level)
                target.Log.Append(level, line);
        }
    }

    long Now() => clock.GetUtcNow().ToUnixTimeMilliseconds();

    static ReadOnlySpan<byte> NameOf(LogLevel level) => level switch
    {
        LogLevel.Emerg => "emerg"u8,
        LogLevel.Alert => "alert"u8,
        LogLevel.Crit => "crit"u8,
        LogLevel.Error => "error"u8,
        LogLevel.Warn => "warn"u8,
        LogLevel.Notice => "notice"u8,
        LogLevel.Info => "info"u8,
        _ => "debug"u8,
    };

    /// <summary>The kernel's number of the thread, as ps and strace show it.</summary>
    static int GetThreadId() =>
        OperatingSystem.IsLinux() ? NativeThreadId() : Environment.CurrentManagedThreadId;

    [LibraryImport("libc", EntryPoint = "gettid")]
    private static partial int NativeThreadId();
}
