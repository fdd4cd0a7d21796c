namespace Sluice.Eng;

/// <summary><c>./dev bench</c>: one of the two benchmarks, always a release build.</summary>
internal static class BenchCommand
{
    public static int Run(Repository repository, string[] arguments)
    {
        string? folder = arguments is [var name, ..]
            ? name switch { "micro" => "Micro", "peers" => "Peers", _ => null }
            : null;
        if (folder is null)
        {
            throw new StepFailedException("usage: ./dev bench micro|peers [ARGS]");
        }
        string project = $"bench/{folder}";
        if (!Directory.Exists(repository.At(project)))
        {
            throw new StepFailedException($"there is no {project}");
        }
        if (folder == "Peers")
        {
            Prerequisites.Install(repository);
            BuildCommand.Publish(repository);
        }
        BuildCommand.Project(repository, project, "Release");
        string executable = repository.At(project, "bin", "Release", "net10.0", $"Sluice.{folder}");
        return Shell.Run(repository.Root, executable, arguments[1..]);
    }
}
