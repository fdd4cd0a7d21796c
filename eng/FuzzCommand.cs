namespace Sluice.Eng;

/// <summary><c>./dev fuzz</c>: hands its arguments to the registry of targets in tests/Fuzz.</summary>
internal static class FuzzCommand
{
    public static int Run(Repository repository, string[] arguments)
    {
        BuildCommand.Project(repository, "tests/Fuzz", "Release");
        return Shell.Run(repository.Root, Executable(repository, "Release"), arguments);
    }

    public static string Executable(Repository repository, string configuration) =>
        repository.At("tests", "Fuzz", "bin", configuration, "net10.0", "Sluice.Fuzz");
}
