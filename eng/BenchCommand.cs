namespace Sluice.Eng;

/// <summary><c>./dev bench</c>: one of the benchmarks, always a release build.</summary>
internal static class BenchCommand
{
    public static int Run(Repository repository, string[] arguments)
    {
        string? folder = arguments is [var name, ..]
            ? name switch
            {
                "micro" => "Micro",
                "peers" => "Peers",
                "socketio" => "SocketIO",
                _ => null,
            }
            : null;
        if (folder is null)
        {
            throw new StepFailedException("usage: ./dev bench micro|peers|socketio [ARGS]");
        }
        string project = $"bench/{folder}";
        if (!Directory.Exists(repository.At(project)))
        {
            throw new StepFailedException($"there is no {project}");
        }
        if (folder is "Peers" or "SocketIO")
        {
            Prerequisites.Install(repository);
        }
        if (folder == "Peers")
        {
            BuildCommand.Publish(repository);
        }
        BuildCommand.Project(repository, project, "Release");
        // The library has the name Sluice.SocketIO already.
        string program = folder == "SocketIO" ? "SocketIOBench" : folder;
        string executable =
            repository.At(project, "bin", "Release", "net10.0", $"Sluice.{program}");
        return Shell.Run(repository.Root, executable, arguments[1..]);
    }
}
