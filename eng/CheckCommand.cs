namespace Sluice.Eng;

/// <summary>
/// <c>./dev check</c>: all that CI does. Each check counts like a test, and a failed one does not
/// keep the next from running, unless the tree does not build.
/// </summary>
internal static class CheckCommand
{
    public static int Run(Repository repository)
    {
        var tally = new Tally();
        if (Step("build, warnings are errors", tally, () => Build(repository)))
        {
            Step("whitespace as .editorconfig has it", tally, () => Format(repository));
            Step("generated documentation is current", tally, () => Docs(repository));
            TestCommand.Run(repository, filter: null, tally);
            Step("allocations are within their budgets", tally, () => Budgets(repository));
        }
        return tally.Conclude(Console.Out);
    }

    static bool Step(string name, Tally tally, Func<bool> check)
    {
        bool passed;
        try
        {
            passed = check();
        }
        catch (StepFailedException failure)
        {
            Console.Error.WriteLine($"dev: {failure.Message}");
            passed = false;
        }
        Console.WriteLine($"{(passed ? "ok    " : "FAILED")} {name}");
        if (!passed)
        {
            tally.Failures.Add(name);
        }
        tally.Add(passed);
        return passed;
    }

    static bool Build(Repository repository)
    {
        BuildCommand.Solution(repository, "Debug");
        return true;
    }

    static bool Format(Repository repository) => FormatCommand.Run(repository, verifies: true) == 0;

    static bool Budgets(Repository repository) => BenchCommand.Run(repository, ["micro"]) == 0;

    static bool Docs(Repository repository) => DocsCommand.Run(repository, ["--verify"]) == 0;
}
