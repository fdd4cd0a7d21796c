namespace Sluice.Eng;

/// <summary>What a publish that failed said, and what that means for the next attempt.</summary>
internal static class PublishFailure
{
    /// <summary>
    /// Whether a publish without the ReadyToRun compiler may succeed. The compiler is a package of
    /// its own that does not exist for every platform, and where no source of packages answers,
    /// the rest may still lie in the folder of packages that were restored before.
    /// </summary>
    public static bool MayBeTheCompiler(string output) =>
        output.Contains("Crossgen", StringComparison.OrdinalIgnoreCase)
        || output.Contains("ReadyToRun", StringComparison.Ordinal)
        || IsOfPackages(output);

    /// <summary>The errors, and for packages that cannot be had what to do about it.</summary>
    public static string Explain(Shell.Result result) => !IsOfPackages(result.Output)
        ? $"build failed\n{Shell.Essence(result)}"
        : $"""
            build failed: its packages could not be restored
            {Shell.Essence(result)}
              The packages named in Directory.Packages.props come from a source of NuGet packages.
              Which ones are asked:              dotnet nuget list source
              To name one that can be reached:   dotnet nuget add source URL-OR-FOLDER
              Without a network: copy ~/.nuget/packages of a machine that has built Sluice.
            """;

    /// <summary>What is told when the publish without the compiler succeeded.</summary>
    public static string WithoutCompiler(string platform) =>
        $"""
        not compiled ahead of time, it starts more slowly: no ReadyToRun compiler
        (microsoft.netcore.app.crossgen2.{platform}) could be restored;
        once it can be: rm -r artifacts, and build again
        """;

    /// <summary>Errors of NuGet begin with NU.</summary>
    static bool IsOfPackages(string output) =>
        output.Contains(": error NU", StringComparison.Ordinal);
}
