namespace Sluice.Eng;

/// <summary>
/// <c>./dev format</c>: whitespace as .editorconfig has it. Everything else about style is the
/// compiler's or a test's; this needs no compiler and takes seconds.
/// </summary>
internal static class FormatCommand
{
    /// <param name="repository">The tree.</param>
    /// <param name="verifies">Changes nothing, and fails when it would.</param>
    public static int Run(Repository repository, bool verifies) => Shell.Run(
        repository.Root,
        "dotnet",
        [
            "format", "whitespace", "--folder", .. verifies ? Verify : [],
            "--exclude", "artifacts", "**/bin", "**/obj", "**/node_modules",
        ]);

    static string[] Verify => ["--verify-no-changes"];
}
