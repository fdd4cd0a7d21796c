using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;

namespace Sluice.EndToEnd.Servers;

/// <summary>A process the tests started: its output, its end, and no trace of it afterwards.</summary>
public sealed class ChildProcess : IAsyncDisposable
{
    static readonly ConcurrentDictionary<int, ChildProcess> alive = new();

    readonly Process process;
    readonly StringBuilder output = new();
    readonly StringBuilder errors = new();
    readonly Task outputEnd;
    readonly Task errorsEnd;

    static ChildProcess() => AppDomain.CurrentDomain.ProcessExit += (_, _) =>
    {
        foreach (var child in alive.Values)
            child.process.Kill(entireProcessTree: true);
    };

    ChildProcess(Process process)
    {
        this.process = process;
        alive[process.Id] = this;
        outputEnd = CollectAsync(process.StandardOutput.BaseStream, output);
        errorsEnd = CollectAsync(process.StandardError.BaseStream, errors);
    }

    public int Pid => process.Id;

    public bool HasExited => process.HasExited;

    /// <summary>What it has written to its standard output so far, bytes as Latin-1.</summary>
    public string Output => Snapshot(output);

    /// <summary>What it has written to its standard error so far, bytes as Latin-1.</summary>
    public string Errors => Snapshot(errors);

    /// <summary>Starts a program with a closed standard input.</summary>
    public static ChildProcess Start(
        string program,
        IEnumerable<string> arguments,
        IReadOnlyDictionary<string, string>? environment = null,
        string? folder = null)
    {
        var start = new ProcessStartInfo(program)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = folder ?? Repository.Root,
        };
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        try
        {
            return new ChildProcess(Process.Start(start)!);
        }
        catch (System.ComponentModel.Win32Exception refused)
        {
            throw new InvalidOperationException(
                $"cannot start {program}: {refused.Message}. `./dev test` installs what is "
                + "missing; ./sluice builds the gateway.", refused);
        }
    }

    /// <summary>Writes to the program's standard input.</summary>
    public async Task WriteAsync(string text)
    {
        await process.StandardInput.WriteAsync(text);
        await process.StandardInput.FlushAsync();
    }

    /// <summary>Closes the program's standard input: for many programs the request to end.</summary>
    public void CloseInput() => process.StandardInput.Close();

    /// <summary>Waits until the text appears in the output; fails when the program ends first.</summary>
    public async Task<string> OutputWithAsync(string text)
    {
        await Patience.ForAsync(
            () => Output.Contains(text, StringComparison.Ordinal) || HasExited,
            () => $"\"{text}\" in the output of {process.StartInfo.FileName}\n{Output}\n{Errors}",
            Patience.Program);
        await (HasExited ? outputEnd : Task.CompletedTask);
        return Output.Contains(text, StringComparison.Ordinal)
            ? Output
            : throw new InvalidOperationException(
                $"{process.StartInfo.FileName} ended without \"{text}\":\n{Output}\n{Errors}");
    }

    /// <summary>Waits for the end; the exit code, once all its output is in.</summary>
    public async Task<int> ExitAsync(TimeSpan? bound = null)
    {
        using var patience = new CancellationTokenSource(bound ?? Patience.Event);
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException(
                $"{process.StartInfo.FileName} (pid {Pid}) still runs\n{Output}\n{Errors}");
        }
        await Task.WhenAll(outputEnd, errorsEnd).WaitAsync(Patience.Event);
        return process.ExitCode;
    }

    public bool Signal(Signals signal) => !process.HasExited && Kernel.Signal(Pid, signal);

    /// <summary>Asks it to stop, insists after a while, and waits until it is gone.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Signal(Signals.Term)
            && !await Patience.UntilAsync(() => process.HasExited, Patience.Event))
            process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
        alive.TryRemove(Pid, out _);
        process.Dispose();
    }

    string Snapshot(StringBuilder text)
    {
        lock (text)
            return text.ToString();
    }

    static async Task CollectAsync(Stream stream, StringBuilder text)
    {
        var buffer = new byte[4096];
        int read;
        while ((read = await stream.ReadAsync(buffer)) > 0)
            lock (text)
                text.Append(Encoding.Latin1.GetString(buffer, 0, read));
    }
}
