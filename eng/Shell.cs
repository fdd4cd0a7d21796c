using System.ComponentModel;
using System.Diagnostics;

namespace Sluice.Eng;

/// <summary>A step of a command could not be done; the message is for the developer to read.</summary>
internal sealed class StepFailedException(string message) : Exception(message);

/// <summary>Runs other programs.</summary>
internal static class Shell
{
    /// <summary>What a captured program said, and how it ended.</summary>
    public readonly record struct Result(int ExitCode, string Output, string Directory);

    /// <summary>Runs a program with this terminal as its own; returns its exit code.</summary>
    public static int Run(string directory, string program, IEnumerable<string> arguments)
    {
        using var process = Start(Describe(directory, program, arguments));
        process.WaitForExit();
        return process.ExitCode;
    }

    /// <summary>Runs a program in silence and returns both of its outputs as one text.</summary>
    public static Result Capture(string directory, string program, IEnumerable<string> arguments)
    {
        var start = Describe(directory, program, arguments);
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        using var process = Start(start);
        var errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return new Result(
            process.ExitCode, output + errors.GetAwaiter().GetResult(), directory);
    }

    /// <summary>Runs a program in silence; when it fails, shows what it said and gives up.</summary>
    public static void Require(
        string step, string directory, string program, params IEnumerable<string> arguments)
    {
        var result = Capture(directory, program, arguments);
        if (result.ExitCode != 0)
        {
            Console.Error.WriteLine(Essence(result));
            throw new StepFailedException(
                $"{step} failed: {program} {string.Join(' ', arguments)}");
        }
    }

    /// <summary>
    /// Of a compiler's output the errors alone, each once and without the path to the tree; of
    /// any other output all.
    /// </summary>
    public static string Essence(Result result)
    {
        string[] errors =
        [
            .. result.Output.Split('\n')
                .Where(line => line.Contains(": error ", StringComparison.Ordinal))
                .Select(line => line.Trim().Replace(result.Directory + "/", ""))
                .Select(line => line.EndsWith(']') ? line[..line.LastIndexOf('[')].TrimEnd() : line)
                .Distinct(),
        ];
        return errors.Length > 0 ? string.Join('\n', errors) : result.Output.TrimEnd();
    }

    /// <summary>The path of a program a user could start, or null. Debian keeps servers in sbin.</summary>
    public static string? Find(string program)
    {
        string path = $"{Environment.GetEnvironmentVariable("PATH")}:/usr/sbin:/sbin";
        foreach (var folder in path.Split(':', StringSplitOptions.RemoveEmptyEntries))
        {
            string candidate = Path.Combine(folder, program);
            if (IsExecutable(candidate))
            {
                return candidate;
            }
        }
        return null;
    }

    static bool IsExecutable(string file)
    {
        const UnixFileMode Execute =
            UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        return File.Exists(file)
            && (OperatingSystem.IsWindows() || (File.GetUnixFileMode(file) & Execute) != 0);
    }

    static ProcessStartInfo Describe(
        string directory, string program, IEnumerable<string> arguments) =>
        new(program, arguments) { WorkingDirectory = directory, UseShellExecute = false };

    static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)
                ?? throw new StepFailedException($"{start.FileName} did not start");
        }
        catch (Win32Exception refusal)
        {
            throw new StepFailedException($"{start.FileName} did not start: {refusal.Message}");
        }
    }
}
