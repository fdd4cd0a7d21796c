namespace Sluice.Eng;

/// <summary><c>./dev test</c>: builds, runs the tests' executables and adds up.</summary>
internal static class TestCommand
{
    /// <summary>Set for the tests by <c>--update</c>: golden files are rewritten.</summary>
    const string UpdateVariable = "SLUICE_UPDATE_GOLDEN";

    /// <summary>Set by <c>--nginx</c>: the judge of the differential tests.</summary>
    const string JudgeVariable = "SLUICE_NGINX";

    /// <summary>
    /// Has the Socket.IO servers of the tests use detachable sockets, where a test does not say.
    /// </summary>
    const string SocketsVariable = "SLUICE_TEST_SOCKETS";

    static string[] Colours => Console.IsOutputRedirected ? ["-noColor"] : [];

    public static int Run(Repository repository, string[] arguments)
    {
        string? filter = null;
        for (int at = 0; at < arguments.Length; at++)
        {
            string argument = arguments[at];
            if (argument == "--update")
            {
                Environment.SetEnvironmentVariable(UpdateVariable, "1");
            }
            else if (argument == "--nginx" && at + 1 < arguments.Length)
            {
                var judge = new OtherNginx(repository, new ThisMachine());
                Environment.SetEnvironmentVariable(JudgeVariable, judge.Fetch(arguments[++at]));
            }
            else if (filter is null && !argument.StartsWith('-'))
            {
                filter = argument;
            }
            else
            {
                throw new StepFailedException(
                    "usage: ./dev test [FILTER] [--update] [--nginx RELEASE]");
            }
        }
        var tally = new Tally();
        Run(repository, filter, tally);
        return tally.Conclude(Console.Out);
    }

    /// <summary>Runs what <paramref name="filter"/> names (null: everything) into the tally.</summary>
    public static void Run(Repository repository, string? filter, Tally tally)
    {
        if (filter is null)
        {
            Prerequisites.Install(repository);
            BuildCommand.Solution(repository, "Debug");
            BuildCommand.Publish(repository);
            RunXunit(repository, "tests/Unit", "Sluice.Unit", [], tally);
            RunFuzzSmoke(repository, tally);
            RunXunit(repository, "tests/EndToEnd", "Sluice.EndToEnd", [], tally);
            RunDetached(repository, tally);
            return;
        }
        switch (filter.Split('/', 2))
        {
            case ["EndToEnd", .. var names]:
                Prerequisites.Install(repository);
                BuildCommand.Project(repository, "tests/EndToEnd", "Debug");
                BuildCommand.Publish(repository);
                RunXunit(repository, "tests/EndToEnd", "Sluice.EndToEnd", Classes(names), tally);
                break;
            case ["Fuzz"]:
                BuildCommand.Project(repository, "tests/Fuzz", "Debug");
                RunFuzzSmoke(repository, tally);
                break;
            default:
                BuildCommand.Project(repository, "tests/Unit", "Debug");
                RunUnitFolder(repository, filter, tally);
                break;
        }
        if (tally.Total == 0)
        {
            throw new StepFailedException(
                $"no test matches {filter}; folders of tests/Unit: {UnitFolders(repository)}");
        }
    }

    static void RunUnitFolder(Repository repository, string filter, Tally tally)
    {
        string folder = filter.Replace('/', '.');
        string[] arguments = Directory.Exists(repository.At("tests", "Unit", filter))
            ? ["-namespace", $"Sluice.Unit.{folder}", "-namespace", $"Sluice.Unit.{folder}.*"]
            : ["-class", $"*{folder}*"];
        RunXunit(repository, "tests/Unit", "Sluice.Unit", arguments, tally);
    }

    static string[] Classes(string[] names) => names is [var name] ? ["-class", $"*{name}*"] : [];

    static void RunXunit(
        Repository repository, string project, string assembly, string[] filter, Tally tally)
    {
        string report = repository.At("artifacts", "tests", $"{assembly}.xml");
        Directory.CreateDirectory(Path.GetDirectoryName(report)!);
        File.Delete(report);
        int exitCode = Shell.Run(
            repository.Root,
            repository.At(project, "bin", "Debug", "net10.0", assembly),
            ["-noLogo", .. Colours, "-xml", report, .. filter]);
        tally.AddReport(report, exitCode);
    }

    /// <summary>
    /// What depends on how a WebSocket's bytes come and go, once more over detachable sockets.
    /// </summary>
    static void RunDetached(Repository repository, Tally tally)
    {
        Environment.SetEnvironmentVariable(SocketsVariable, "detachable");
        string[] namespaces =
        [
            .. ((string[])["", ".Deflate", ".Golden", ".Hostile"])
                .SelectMany(part => (string[])["-namespace", $"Sluice.EndToEnd.SocketIO{part}"]),
        ];
        RunXunit(repository, "tests/EndToEnd", "Sluice.EndToEnd", namespaces, tally);
        Environment.SetEnvironmentVariable(SocketsVariable, null);
    }

    static void RunFuzzSmoke(Repository repository, Tally tally)
    {
        var result = Shell.Capture(
            repository.Root, FuzzCommand.Executable(repository, "Debug"), ["smoke"]);
        Console.Write(result.Output);
        tally.AddOutput(result.Output, result.ExitCode);
    }

    static string UnitFolders(Repository repository) => string.Join(
        ", ",
        Directory.GetDirectories(repository.At("tests", "Unit"))
            .Select(Path.GetFileName)
            .Where(name => name is not ("bin" or "obj"))
            .Order(StringComparer.Ordinal));
}
