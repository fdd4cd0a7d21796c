namespace Sluice.EndToEnd.Servers;

/// <summary>The scripts in clients/, run by Node.js with the packages of the lock file.</summary>
public static class NodeProcess
{
    /// <summary>Starts clients/<paramref name="script"/> with the given arguments.</summary>
    public static ChildProcess Start(string script, params string[] arguments)
    {
        Require();
        var path = Path.Combine(Repository.Clients, script);
        return ChildProcess.Start("node", [path, .. arguments], folder: Repository.Clients);
    }

    /// <summary>Starts wscat, the command line client of the guides.</summary>
    public static ChildProcess Wscat(params string[] arguments)
    {
        Require();
        var path = Path.Combine(Repository.Clients, "node_modules", ".bin", "wscat");
        return ChildProcess.Start(path, arguments, folder: Repository.Clients);
    }

    /// <summary>Runs a script to its end and gives its output; fails when it fails.</summary>
    public static async Task<string> RunAsync(string script, params string[] arguments)
    {
        await using var node = Start(script, arguments);
        node.CloseInput();
        var exit = await node.ExitAsync(Patience.Program);
        return exit == 0
            ? node.Output
            : throw new InvalidOperationException(
                $"{script} failed with {exit}:\n{node.Output}\n{node.Errors}");
    }

    static void Require()
    {
        if (!Directory.Exists(Path.Combine(Repository.Clients, "node_modules", "ws")))
            throw new InvalidOperationException(
                "the npm packages of tests/EndToEnd/clients are missing: "
                + "`npm ci` in that folder, or `./dev test`, installs them");
    }
}
