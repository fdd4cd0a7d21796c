namespace Sluice.Eng;

/// <summary>
/// <c>./dev docs</c>: writes the pages that are generated. With <c>--verify</c> it writes nothing
/// and fails when a page differs from what it would have written.
/// </summary>
internal static class DocsCommand
{
    public static int Run(Repository repository, string[] arguments)
    {
        if (arguments is not ([] or ["--verify"]))
        {
            throw new StepFailedException("usage: ./dev docs [--verify]");
        }
        if (!Directory.Exists(repository.At("eng", "Docs")))
        {
            throw new StepFailedException("there is no eng/Docs");
        }
        BuildCommand.Project(repository, "eng/Docs", "Debug");
        string executable = repository.At("eng", "Docs", "bin", "Debug", "net10.0", "Sluice.Docs");
        return Shell.Run(repository.Root, executable, [repository.At("docs"), .. arguments]);
    }
}
