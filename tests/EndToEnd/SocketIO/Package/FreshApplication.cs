using System.Text.RegularExpressions;
using Sluice.EndToEnd.Servers;

namespace Sluice.EndToEnd.SocketIO.Package;

/// <summary>
/// What a page of the documentation shows: its first block of C# as the program of an application
/// that has the package and nothing else, and its first block of JavaScript as the client.
/// </summary>
sealed partial class FreshApplication : IAsyncDisposable
{
    readonly string folder;
    ChildProcess? server;

    FreshApplication(string folder) => this.folder = folder;

    /// <summary>Makes and builds the application.</summary>
    /// <param name="package">The folder that the package is in.</param>
    /// <param name="page">A page below docs/socketio.</param>
    public static async Task<FreshApplication> BuildAsync(string package, string page)
    {
        var folder = Directory.CreateTempSubdirectory("sluice-app-").FullName;
        var app = new FreshApplication(folder);
        var text = await File.ReadAllTextAsync(
            Path.Combine(Repository.Root, "docs", "socketio", page));
        await app.WriteAsync("App.csproj", $"""
            <Project Sdk="Microsoft.NET.Sdk.Web">
              <PropertyGroup>
                <TargetFramework>net10.0</TargetFramework>
                <Nullable>enable</Nullable>
                <ImplicitUsings>enable</ImplicitUsings>
                <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
                <RestorePackagesPath>{folder}/packages</RestorePackagesPath>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="Sluice.SocketIO" Version="*" />
              </ItemGroup>
            </Project>
            """);
        await app.WriteAsync("nuget.config", $"""
            <configuration>
              <packageSources><clear /><add key="local" value="{package}" /></packageSources>
            </configuration>
            """);
        await app.WriteAsync("Program.cs", CSharp().Match(text).Groups[1].Value);
        await app.WriteAsync("client.mjs", JavaScript().Match(text).Groups[1].Value);
        Directory.CreateSymbolicLink(
            Path.Combine(folder, "node_modules"), Path.Combine(Repository.Clients, "node_modules"));
        await DotNet.RunAsync(
            folder, "build", "-c", "Release", "-o", Path.Combine(folder, "out"));
        return app;
    }

    /// <summary>Runs the server and the client; the client's output up to a line.</summary>
    public async Task<string[]> RunAsync(string lastLine)
    {
        server = ChildProcess.Start(
            "dotnet", [Path.Combine(folder, "out", "App.dll"), "--urls", "http://127.0.0.1:0"],
            folder: folder);
        await server.OutputWithAsync("Application started");
        var address = Address().Match(server.Output).Value;
        await using var client = ChildProcess.Start(
            "node", [Path.Combine(folder, "client.mjs"), address], folder: folder);
        return (await client.OutputWithAsync(lastLine + "\n")).TrimEnd().Split('\n');
    }

    public async ValueTask DisposeAsync()
    {
        if (server is not null)
            await server.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    Task WriteAsync(string name, string text) =>
        File.WriteAllTextAsync(Path.Combine(folder, name), text);

    [GeneratedRegex("```csharp\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex CSharp();

    [GeneratedRegex("```js\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex JavaScript();

    [GeneratedRegex(@"http://127\.0\.0\.1:\d+")]
    private static partial Regex Address();
}

/// <summary>The SDK's command line.</summary>
static class DotNet
{
    /// <summary>Runs a command to its end; fails when it fails.</summary>
    public static async Task RunAsync(string folder, params string[] arguments)
    {
        // No compiler and no builder stays behind when the command is done.
        await using var process = ChildProcess.Start(
            "dotnet",
            [.. arguments, "--nologo", "-nodeReuse:false", "-p:UseSharedCompilation=false"],
            folder: folder);
        var exit = await process.ExitAsync(Patience.Crowd);
        if (exit != 0)
            throw new InvalidOperationException(
                $"dotnet {string.Join(' ', arguments)}: {exit}\n{process.Output}{process.Errors}");
    }
}
