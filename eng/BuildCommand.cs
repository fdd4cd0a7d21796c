using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Sluice.Eng;

/// <summary>Builds: the published executable, or the solution for tests.</summary>
internal static class BuildCommand
{
    /// <summary><c>./dev build</c>: a release build in artifacts/sluice.</summary>
    public static int Run(Repository repository, string[] arguments)
    {
        if (arguments.Length > 0)
        {
            throw new StepFailedException("build takes no arguments");
        }
        var watch = Stopwatch.StartNew();
        bool built = Publish(repository);
        string executable =
            Path.GetRelativePath(Environment.CurrentDirectory, Executable(repository));
        Console.WriteLine(built
            ? $"built {executable} in {watch.Elapsed.TotalSeconds:F1} s"
            : $"{executable} is current");
        return 0;
    }

    /// <summary>The published executable, whether it exists yet or not.</summary>
    public static string Executable(Repository repository) =>
        repository.At("artifacts", "sluice", OperatingSystem.IsWindows() ? "sluice.exe" : "sluice");

    /// <summary>Publishes the executable when its sources changed; returns whether they had.</summary>
    public static bool Publish(Repository repository)
    {
        using var turn = WaitForTurn(repository);
        string fingerprint = repository.Fingerprint("src", "conf", "dashboard");
        string stamp = repository.At("artifacts", "stamps", "publish");
        string executable = Executable(repository);
        if (File.Exists(executable) && repository.IsCurrent(stamp, fingerprint))
        {
            // ./sluice compares times alone; it need not ask again.
            File.SetLastWriteTimeUtc(executable, DateTime.UtcNow);
            return false;
        }
        // Compiled ahead of time, so that it starts in milliseconds.
        var ahead = Shell.Capture(repository.Root, "dotnet", PublishArguments(readyToRun: true));
        if (ahead.ExitCode != 0)
        {
            PublishWithoutCompiler(repository, ahead);
        }
        File.SetLastWriteTimeUtc(executable, DateTime.UtcNow);
        repository.Remember(stamp, fingerprint);
        return true;
    }

    static void PublishWithoutCompiler(Repository repository, Shell.Result ahead)
    {
        if (!PublishFailure.MayBeTheCompiler(ahead.Output))
        {
            throw new StepFailedException(PublishFailure.Explain(ahead));
        }
        var plain = Shell.Capture(repository.Root, "dotnet", PublishArguments(readyToRun: false));
        if (plain.ExitCode != 0)
        {
            throw new StepFailedException(PublishFailure.Explain(plain));
        }
        Console.WriteLine(PublishFailure.WithoutCompiler(Platform));
    }

    /// <summary>Builds the whole solution for tests when any source changed.</summary>
    public static void Solution(Repository repository, string configuration) =>
        Build(repository, "Sluice.slnx", configuration, repository.Fingerprint());

    /// <summary>Builds one project and what it refers to, when any source changed.</summary>
    public static void Project(Repository repository, string project, string configuration) =>
        Build(
            repository, project, configuration,
            repository.Fingerprint("src", "samples", project));

    static void Build(
        Repository repository, string target, string configuration, string fingerprint)
    {
        using var turn = WaitForTurn(repository);
        string name = $"{target.Replace('/', '-')}-{configuration}";
        string stamp = repository.At("artifacts", "stamps", name);
        if (!repository.IsCurrent(stamp, fingerprint))
        {
            Shell.Require(
                "build", repository.Root, "dotnet",
                "build", target, "-c", configuration, "-v", "q", "--nologo");
            repository.Remember(stamp, fingerprint);
        }
    }

    /// <summary>
    /// This machine as packages name it. A distribution's own build of .NET calls itself after
    /// the distribution, for which there are none.
    /// </summary>
    static string Platform
    {
        get
        {
            string own = RuntimeInformation.RuntimeIdentifier;
            string system = OperatingSystem.IsWindows() ? "win"
                : OperatingSystem.IsMacOS() ? "osx"
                : own.Contains("musl") || own.StartsWith("alpine") ? "linux-musl"
                : "linux";
            return $"{system}-{RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant()}";
        }
    }

    static string[] PublishArguments(bool readyToRun) =>
    [
        "publish", "src/Cli", "-c", "Release", "-v", "q", "--nologo",
        "-r", Platform, "--self-contained", "false",
        $"-p:PublishReadyToRun={(readyToRun ? "true" : "false")}", "-p:DebugType=embedded",
        // Its own intermediate files: naming a platform changes what restore writes, and the
        // tests' builds would otherwise restore again after every publish.
        "--artifacts-path", "artifacts/build", "-o", "artifacts/sluice",
    ];

    /// <summary>One build at a time: two at once write the same intermediate files.</summary>
    static FileStream WaitForTurn(Repository repository)
    {
        Directory.CreateDirectory(repository.At("artifacts"));
        while (true)
        {
            try
            {
                return new FileStream(
                    repository.At("artifacts", "build.lock"),
                    FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException)
            {
                Thread.Sleep(100);
            }
        }
    }
}
