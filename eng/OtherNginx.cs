namespace Sluice.Eng;

/// <summary>
/// nginx of another Debian release than this machine's, unpacked with all its libraries below
/// artifacts/nginx and never installed: a second judge for the differential tests, since each
/// release has another version. apt fetches it from this machine's own mirror and checks its
/// signatures.
/// </summary>
internal sealed class OtherNginx(Repository repository, IMachine machine)
{
    const string Keyring = "/usr/share/keyrings/debian-archive-keyring.gpg";

    /// <summary>The path of its executable; fetched once for each release.</summary>
    /// <param name="release">A release's name or number, such as trixie or testing.</param>
    /// <exception cref="StepFailedException">It cannot be had; the message says why.</exception>
    public string Fetch(string release)
    {
        if (release.Length == 0 || !release.All(letter => char.IsAsciiLetterOrDigit(letter)
            || letter == '-'))
        {
            throw new StepFailedException(
                $"\"{release}\" is no name of a Debian release, such as trixie or testing");
        }
        string folder = repository.At("artifacts", "nginx", release);
        string executable = Path.Combine(folder, "nginx");
        if (File.Exists(executable))
        {
            return executable;
        }
        if (!machine.Has("apt-get") || !machine.Has("dpkg-deb"))
        {
            throw new StepFailedException(
                "another release's nginx is fetched by apt-get and unpacked by dpkg-deb, which are"
                    + " not here; name one of your own: SLUICE_NGINX=PATH ./dev test ...");
        }
        machine.Tell($"fetching nginx of {release}");
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
        string archives = Download(folder, release);
        string root = Path.Combine(folder, "root");
        foreach (string package in Directory.GetFiles(archives, "*.deb"))
        {
            Require(folder, "dpkg-deb", ["-x", package, root]);
        }
        WriteStarter(executable, root);
        return executable;
    }

    /// <summary>
    /// With a database of installed packages that is empty, what apt would install is the package
    /// with all that it depends on, the C library included.
    /// </summary>
    string Download(string folder, string release)
    {
        string lists = Path.Combine(folder, "apt", "lists");
        string cache = Path.Combine(folder, "apt", "cache");
        string archives = Path.Combine(cache, "archives");
        Directory.CreateDirectory(Path.Combine(lists, "partial"));
        Directory.CreateDirectory(Path.Combine(archives, "partial"));
        string installed = Path.Combine(folder, "apt", "status");
        File.WriteAllText(installed, "");
        string sources = Path.Combine(folder, "apt", "sources.list");
        File.WriteAllText(sources, $"deb [signed-by={Keyring}] {Mirror(folder)} {release} main\n");
        string[] options =
        [
            .. ((string[])
            [
                $"Dir::Etc::SourceList={sources}", "Dir::Etc::SourceParts=/dev/null",
                "Dir::Etc::PreferencesParts=/dev/null", $"Dir::State::Lists={lists}",
                $"Dir::State::Status={installed}", $"Dir::Cache={cache}",
                // Downloads are this user's, not that of a user who may not write here.
                "APT::Sandbox::User=root", "Debug::NoLocking=true",
            ]).SelectMany(option => (string[])["-o", option]),
        ];
        Require(folder, "apt-get", [.. options, "update"]);
        Require(
            folder, "apt-get",
            [.. options, "install", "-y", "--download-only", "--no-install-recommends", "nginx"]);
        return archives;
    }

    /// <summary>Where this machine has its own Debian packages from.</summary>
    string Mirror(string folder)
    {
        var result = machine.Capture(
            folder, "apt-get",
            ["indextargets", "--format", "$(LABEL) $(REPO_URI)", "Created-By: Packages"]);
        string? mirror = result.Output.Split('\n')
            .Where(line => line.StartsWith("Debian ", StringComparison.Ordinal))
            .Select(line => line["Debian ".Length..].Trim())
            .FirstOrDefault();
        return mirror ?? throw new StepFailedException(
            "apt-get knows no mirror of Debian here; name an nginx of your own:"
                + " SLUICE_NGINX=PATH ./dev test ...");
    }

    /// <summary>The program runs with its own C library, whose loader is asked to start it.</summary>
    static void WriteStarter(string executable, string root)
    {
        string? libraries = Directory
            .GetFiles(root, "libc.so.6", SearchOption.AllDirectories)
            .Select(Path.GetDirectoryName)
            .FirstOrDefault();
        string? loader = libraries is null ? null
            : Directory.GetFiles(libraries, "ld-linux*.so.*").FirstOrDefault();
        string program = Path.Combine(root, "usr", "sbin", "nginx");
        if (loader is null || !File.Exists(program))
        {
            throw new StepFailedException($"what was fetched has no nginx to start: {root}");
        }
        File.WriteAllText(
            executable,
            $"""
            #!/bin/sh
            exec '{loader}' --library-path '{libraries}' --argv0 nginx '{program}' "$@"

            """);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(
                executable, File.GetUnixFileMode(executable) | UnixFileMode.UserExecute);
        }
    }

    void Require(string folder, string program, string[] arguments)
    {
        var result = machine.Capture(folder, program, arguments);
        if (result.ExitCode != 0)
        {
            machine.Tell(result.Output.TrimEnd());
            throw new StepFailedException(
                $"{program} {arguments[^1]} failed: nginx of this release was not fetched");
        }
    }
}
