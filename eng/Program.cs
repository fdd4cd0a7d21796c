using Sluice.Eng;

// The shim ./dev passes the repository's root first, then what was typed.
var repository = new Repository(args[0]);
string command = args.Length > 1 ? args[1] : "help";
string[] rest = args.Length > 2 ? args[2..] : [];

try
{
    return command switch
    {
        "build" => BuildCommand.Run(repository, rest),
        "test" => TestCommand.Run(repository, rest),
        "fuzz" => FuzzCommand.Run(repository, rest),
        "bench" => BenchCommand.Run(repository, rest),
        "check" => CheckCommand.Run(repository),
        "format" => FormatCommand.Run(repository, verifies: false),
        "docs" => DocsCommand.Run(repository, rest),
        "help" or "-h" or "--help" => Help(0),
        _ => Help(2),
    };
}
catch (StepFailedException failure)
{
    Console.Error.WriteLine($"dev: {failure.Message}");
    return 1;
}

static int Help(int exitCode)
{
    (exitCode == 0 ? Console.Out : Console.Error).WriteLine(
        """
        Usage: ./dev COMMAND

          build                    publish the executable to artifacts/sluice
          test                     everything: unit, fuzz smoke, end to end
          test FILTER              one folder of tests/Unit (Http1), EndToEnd, EndToEnd/CLASS, Fuzz,
                                   or the classes whose name contains FILTER
          test [FILTER] --update   rewrite golden files from what the code does now
          test [FILTER] --nginx R  nginx of Debian's release R (trixie, testing) is the judge
          fuzz list                the fuzz targets
          fuzz run TARGET          one of them, with --seed N --runs N; also: smoke, replay
          bench micro|peers ARGS   allocation budgets and times; nginx and HAProxy beside Sluice
          docs [--verify]          write docs/directives from the directive rows
          format                   whitespace as .editorconfig has it
          check                    what CI does: build, style, documentation, all tests
        """);
    return exitCode;
}
