namespace Sluice.Eng;

/// <summary>
/// What the tests need besides the SDK: Debian's nginx, HAProxy and Redis as judges and peers,
/// Chromium for the samples' pages, and packages of npm. Installed when missing and when we may;
/// when not, the failure says what to do by hand.
/// </summary>
internal sealed class Prerequisites(Repository repository, IMachine machine)
{
    /// <summary>A program the tests start, and the Debian package it comes from.</summary>
    static readonly (string Program, string Package)[] Programs =
    [
        ("nginx", "nginx"),
        ("haproxy", "haproxy"),
        ("redis-server", "redis-server"),
        ("node", "nodejs"),
        ("npm", "npm"),
        ("chromium", "chromium"),
    ];

    /// <summary>Installs what is missing on this machine.</summary>
    public static void Install(Repository repository) =>
        new Prerequisites(repository, new ThisMachine()).Install();

    /// <exception cref="StepFailedException">
    /// Something is missing and cannot be installed; the message says what to run by hand.
    /// </exception>
    public void Install()
    {
        InstallPackages();
        InstallModules("tests/EndToEnd/clients");
        InstallModules("samples/Messaging/client");
    }

    void InstallPackages()
    {
        if (Missing is not { Length: > 0 } missing)
        {
            return;
        }
        string packages = string.Join(' ', missing.Select(each => each.Package));
        if (!machine.Has("apt-get"))
        {
            throw ByHand(
                $"the tests need {packages}, and there is no apt-get here to install them",
                "Install what has these programs, by this system's package manager:",
                string.Join(' ', missing.Select(each => each.Program)));
        }
        string install = $"apt-get install -y --no-install-recommends {packages}";
        if (AsRoot() is not { } root)
        {
            throw ByHand(
                $"the tests need {packages}; to install them takes root, or sudo without a"
                    + " password",
                "By hand:", "sudo apt-get update", $"sudo {install}");
        }
        machine.Tell($"installing {packages}");
        foreach (string step in new[] { "apt-get update", install })
        {
            Require(
                [.. root, .. step.Split(' ')], repository.Root,
                () => ByHand(
                    $"the tests need {packages}, and {step} failed",
                    "When the reason above is mended, by hand as root:",
                    "apt-get update", install));
        }
        if (Missing is { Length: > 0 } still)
        {
            throw ByHand(
                $"{packages} was installed, and these programs are still not on the PATH",
                "Install what has them by hand:",
                string.Join(' ', still.Select(each => each.Program)));
        }
    }

    (string Program, string Package)[] Missing =>
        [.. Programs.Where(each => !machine.Has(each.Program))];

    /// <summary>
    /// How to start a program as root without a question on the terminal: as ourselves, or through
    /// a sudo that asks for no password; null when neither works.
    /// </summary>
    string[]? AsRoot()
    {
        string[] environment = ["env", "DEBIAN_FRONTEND=noninteractive"];
        if (machine.IsPrivileged)
        {
            return environment;
        }
        bool asksNothing = machine.Has("sudo")
            && machine.Capture("/", "sudo", ["-n", "true"]).ExitCode == 0;
        return asksNothing ? ["sudo", "-n", .. environment] : null;
    }

    void InstallModules(string folder)
    {
        string path = repository.At(folder);
        string lockFile = Path.Combine(path, "package-lock.json");
        string installed = Path.Combine(path, "node_modules", ".package-lock.json");
        if (!File.Exists(lockFile) || IsNewer(installed, lockFile))
        {
            return;
        }
        machine.Tell($"installing the npm packages of {folder}");
        Require(
            ["npm", "ci", "--no-audit", "--no-fund"], path,
            () => ByHand(
                $"the tests need the npm packages of {folder}, and npm ci failed",
                "When the reason above is mended, by hand (the first names another registry):",
                "npm config set registry URL", $"cd {folder} && npm ci"));
    }

    static bool IsNewer(string file, string than) =>
        File.Exists(file) && File.GetLastWriteTimeUtc(file) >= File.GetLastWriteTimeUtc(than);

    /// <summary>Runs a step in silence; when it fails, tells what it said and gives up.</summary>
    void Require(string[] command, string folder, Func<StepFailedException> failure)
    {
        var result = machine.Capture(folder, command[0], command[1..]);
        if (result.ExitCode != 0)
        {
            machine.Tell(result.Output.TrimEnd());
            throw failure();
        }
    }

    /// <summary>What is wrong, what to run by hand instead, and what works without.</summary>
    static StepFailedException ByHand(string what, string how, params string[] commands) =>
        new(string.Join('\n',
        [
            what, $"  {how}", .. commands.Select(command => $"    {command}"),
            "  Then run the same ./dev command again.",
            "  A folder of unit tests needs none of this: ./dev test Http1",
        ]));
}
