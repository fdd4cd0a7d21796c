namespace Sluice.Eng;

/// <summary>
/// What the tests need besides the SDK: Debian's nginx, HAProxy and Redis as judges and peers,
/// Chromium for the samples' pages, and packages of npm. Installed when missing and when we may.
/// </summary>
internal static class Prerequisites
{
    /// <summary>A program the tests start, and the Debian package it comes from.</summary>
    static readonly (string Program, string Package)[] Servers =
    [
        ("nginx", "nginx"),
        ("haproxy", "haproxy"),
        ("redis-server", "redis-server"),
        ("node", "nodejs"),
        ("npm", "npm"),
        ("chromium", "chromium"),
    ];

    public static void Install(Repository repository)
    {
        InstallPackages(repository);
        InstallModules(repository, "tests/EndToEnd/clients");
        InstallModules(repository, "samples/Messaging/client");
    }

    static void InstallPackages(Repository repository)
    {
        string[] missing =
            [.. Servers.Where(server => Shell.Find(server.Program) is null).Select(s => s.Package)];
        if (missing.Length == 0)
        {
            return;
        }
        string wanted = string.Join(' ', missing);
        string command = $"apt-get install -y --no-install-recommends {wanted}";
        if (Shell.Find("apt-get") is null)
        {
            throw new StepFailedException($"the tests need {wanted}, and there is no apt-get here");
        }
        if (AsRoot() is not { } root)
        {
            throw new StepFailedException($"the tests need {wanted}; run: sudo {command}");
        }
        Console.WriteLine($"installing {wanted}");
        foreach (string step in new[] { "apt-get update", command })
        {
            Shell.Require(step, repository.Root, root[0], [.. root[1..], .. step.Split(' ')]);
        }
    }

    /// <summary>
    /// How to start a program as root without a question on the terminal: as ourselves, or through
    /// a sudo that asks for no password; null when neither works.
    /// </summary>
    static string[]? AsRoot()
    {
        string[] environment = ["env", "DEBIAN_FRONTEND=noninteractive"];
        if (Environment.IsPrivilegedProcess)
        {
            return environment;
        }
        bool asksNothing = Shell.Find("sudo") is not null
            && Shell.Capture("/", "sudo", ["-n", "true"]).ExitCode == 0;
        return asksNothing ? ["sudo", "-n", .. environment] : null;
    }

    static void InstallModules(Repository repository, string folder)
    {
        string path = repository.At(folder);
        string lockFile = Path.Combine(path, "package-lock.json");
        string installed = Path.Combine(path, "node_modules", ".package-lock.json");
        if (!File.Exists(lockFile) || IsNewer(installed, lockFile))
        {
            return;
        }
        Console.WriteLine($"installing the npm packages of {folder}");
        Shell.Require("npm ci", path, "npm", "ci", "--no-audit", "--no-fund");
    }

    static bool IsNewer(string file, string than) =>
        File.Exists(file) && File.GetLastWriteTimeUtc(file) >= File.GetLastWriteTimeUtc(than);
}
