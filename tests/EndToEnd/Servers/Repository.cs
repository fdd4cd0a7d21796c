namespace Sluice.EndToEnd.Servers;

/// <summary>Where things are: the repository, the executables, the npm clients.</summary>
public static class Repository
{
    /// <summary>The folder that holds Sluice.slnx, found upwards from the running executable.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>This project's folder in the source tree.</summary>
    public static string EndToEnd { get; } = Path.Combine(Root, "tests", "EndToEnd");

    /// <summary>The gateway: the environment's SLUICE_BIN, else artifacts/sluice/sluice.</summary>
    public static string Sluice { get; } =
        Environment.GetEnvironmentVariable("SLUICE_BIN") is { Length: > 0 } named
            ? Path.GetFullPath(named, Root)
            : Path.Combine(Root, "artifacts", "sluice", "sluice");

    /// <summary>
    /// The judge of the differential suite: the environment's SLUICE_NGINX, else Debian's nginx.
    /// </summary>
    public static string Nginx { get; } =
        Environment.GetEnvironmentVariable("SLUICE_NGINX") is { Length: > 0 } judge
            ? Path.GetFullPath(judge, Root)
            : "/usr/sbin/nginx";

    /// <summary>The folder with package.json, the lock file and the scripts of the clients.</summary>
    public static string Clients { get; } = Path.Combine(EndToEnd, "clients");

    static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null;
             folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "Sluice.slnx")))
                return folder.FullName;
        throw new InvalidOperationException(
            $"no Sluice.slnx above {AppContext.BaseDirectory}: run the tests from a clone");
    }
}
