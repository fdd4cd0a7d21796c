using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using Sluice.EndToEnd.Servers;

namespace Sluice.EndToEnd.SocketIO.Package;

/// <summary>An application that has the package and nothing else of this repository.</summary>
sealed partial class FreshApplication : IAsyncDisposable
{
    readonly string folder;
    readonly List<ChildProcess> servers = [];
    string[] command = [];

    FreshApplication(string folder) => this.folder = folder;

    /// <summary>Where the application's files were put for its users.</summary>
    public string Output => Path.Combine(folder, "out");

    /// <summary>
    /// Builds what a page of the documentation shows: its first block of C# is the program, its
    /// first block of JavaScript the client.
    /// </summary>
    /// <param name="package">The folder that the package is in.</param>
    /// <param name="page">A page below docs/socketio.</param>
    /// <param name="properties">Of the project.</param>
    public static async Task<FreshApplication> BuildAsync(
        string package, string page, string properties = "")
    {
        var text = await ReadAsync(page);
        var app = await CreateAsync(package, new()
        {
            ["Program.cs"] = CSharp().Match(text).Groups[1].Value,
            ["client.mjs"] = JavaScript().Match(text).Groups[1].Value,
        }, properties);
        await app.BuildAsync("build", "-c", "Release", "-o", app.Output);
        app.command = ["dotnet", Path.Combine(app.Output, "App.dll")];
        return app;
    }

    /// <summary>Runs a page's first block of C#, a program that checks something and ends.</summary>
    /// <param name="package">The folder that the package is in.</param>
    /// <param name="page">A page below docs/socketio.</param>
    public static async Task RunAsync(string package, string page)
    {
        await using var app = await CreateAsync(package, new()
        {
            ["Program.cs"] = "using Sluice.SocketIO;\n" + CSharp().Match(await ReadAsync(page))
                .Groups[1].Value,
            ["Assert.cs"] = await File.ReadAllTextAsync(
                Path.Combine(Applications, "Pages", "Assert.cs")),
        }, references: await TestHostAsync(), isAlone: false);
        await app.BuildAsync("build", "-o", app.Output);
        await using var program = ChildProcess.Start(
            "dotnet", [Path.Combine(app.Output, "App.dll")], folder: app.folder);
        var exit = await program.ExitAsync(Patience.Program);
        if (exit != 0)
            throw new InvalidOperationException($"{page}: {exit}\n{program.Errors}");
    }

    /// <summary>
    /// Compiles what the pages show, with what they take for granted around it; nothing runs.
    /// </summary>
    /// <param name="package">The folder that the package is in.</param>
    /// <param name="files">By their names.</param>
    public static async Task<FreshApplication> BuildPagesAsync(
        string package, Dictionary<string, string> files)
    {
        foreach (var file in (string[])["Frame.cs", "Assert.cs"])
            files[file] = await File.ReadAllTextAsync(Path.Combine(Applications, "Pages", file));
        var app = await CreateAsync(
            package, files, "<OutputType>Library</OutputType>", await TestHostAsync(),
            isAlone: false);
        await app.BuildAsync("build", "-o", app.Output);
        return app;
    }

    /// <summary>
    /// Publishes a program of applications/ by itself, without what it does not use; a warning of
    /// the linker is an error.
    /// </summary>
    /// <param name="package">The folder that the package is in.</param>
    /// <param name="name">A folder of applications/, with a program and a client.</param>
    public static async Task<FreshApplication> PublishTrimmedAsync(string package, string name)
    {
        var source = Path.Combine(Applications, name);
        var app = await CreateAsync(
            package, new()
            {
                ["Program.cs"] = await File.ReadAllTextAsync(Path.Combine(source, "Program.cs")),
                ["client.mjs"] = await File.ReadAllTextAsync(Path.Combine(source, "client.mjs")),
            }, """
            <PublishTrimmed>true</PublishTrimmed>
            <TrimmerSingleWarn>false</TrimmerSingleWarn>
            <SuppressTrimAnalysisWarnings>false</SuppressTrimAnalysisWarnings>
            """, isAlone: false);
        await app.BuildAsync(
            "publish", "-c", "Release", "-o", app.Output,
            "-r", RuntimeInformation.RuntimeIdentifier, "--self-contained");
        app.command = [Path.Combine(app.Output, "App")];
        return app;
    }

    /// <summary>Starts another of its servers; such as http://127.0.0.1:40000.</summary>
    public async Task<string> StartAsync(params string[] arguments)
    {
        var server = ChildProcess.Start(
            command[0], [.. command[1..], "--urls", "http://127.0.0.1:0", .. arguments],
            folder: folder);
        servers.Add(server);
        await server.OutputWithAsync("Application started");
        return Address().Match(server.Output).Value;
    }

    /// <summary>Compiles a client of applications/ in the application's folder.</summary>
    public async Task CompileClientAsync(string name)
    {
        var file = Path.Combine(folder, "client.mts");
        File.Copy(Path.Combine(Applications, name, "client.mts"), file);
        await using var compiler = ChildProcess.Start(
            Path.Combine(Repository.Clients, "node_modules", ".bin", "tsc"),
            ["--strict", "--module", "nodenext", "--target", "es2022", "--noEmitOnError", file],
            folder: folder);
        var exit = await compiler.ExitAsync(Patience.Program);
        if (exit != 0)
            throw new InvalidOperationException($"tsc: {exit}\n{compiler.Output}");
    }

    /// <summary>Runs the client with addresses of servers; its output up to a line.</summary>
    public async Task<string[]> RunClientAsync(string lastLine, params string[] addresses)
    {
        await using var client = ChildProcess.Start(
            "node", [Path.Combine(folder, "client.mjs"), .. addresses], folder: folder);
        return (await client.OutputWithAsync(lastLine + "\n")).TrimEnd().Split('\n');
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var server in servers)
            await server.DisposeAsync();
        // Gone already where it could not be built.
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
    }

    static string Applications =>
        Path.Combine(Repository.EndToEnd, "SocketIO", "Package", "applications");

    /// <summary>Runs the SDK, and leaves nothing behind when it fails.</summary>
    async Task BuildAsync(params string[] arguments)
    {
        try
        {
            await DotNet.RunAsync(folder, arguments);
        }
        catch
        {
            await DisposeAsync();
            throw;
        }
    }

    static Task<string> ReadAsync(string page) =>
        File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "socketio", page));

    /// <summary>A reference to the test server, in this project's version.</summary>
    static async Task<string> TestHostAsync()
    {
        var versions = await File.ReadAllTextAsync(
            Path.Combine(Repository.Root, "Directory.Packages.props"));
        return $"<PackageReference Include={TestHost().Match(versions).Groups[1].Value} />";
    }

    /// <summary>Where packages that were restored on this machine are kept.</summary>
    static string PackagesFolder =>
        Environment.GetEnvironmentVariable("NUGET_PACKAGES") is { Length: > 0 } chosen
            ? chosen
            : Path.Combine(
                Environment.GetFolderPath(Environment.SpecialFolder.UserProfile),
                ".nuget", "packages");

    /// <param name="package">The folder that the package is in.</param>
    /// <param name="files">By their names.</param>
    /// <param name="properties">Of the project.</param>
    /// <param name="references">To other packages.</param>
    /// <param name="isAlone">
    /// It may restore the package and nothing else; otherwise what this project does, too, such
    /// as a runtime.
    /// </param>
    static async Task<FreshApplication> CreateAsync(
        string package, Dictionary<string, string> files, string properties = "",
        string references = "", bool isAlone = true)
    {
        var folder = Directory.CreateTempSubdirectory("sluice-app-").FullName;
        var version = Version().Match(
            Path.GetFileName(Directory.GetFiles(package, "*.nupkg").Single())).Value;
        var (sources, fallback) = isAlone ? ("<clear />", "") : ("", PackagesFolder);
        files["App.csproj"] = $"""
            <Project Sdk="Microsoft.NET.Sdk.Web">
              <PropertyGroup>
                <TargetFramework>net10.0</TargetFramework>
                <Nullable>enable</Nullable>
                <ImplicitUsings>enable</ImplicitUsings>
                <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
                <NuGetAudit>false</NuGetAudit>
                <RestorePackagesPath>{folder}/packages</RestorePackagesPath>
                <RestoreFallbackFolders>{fallback}</RestoreFallbackFolders>
                {properties}
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="Sluice.SocketIO" Version="[{version}]" />
                {references}
              </ItemGroup>
            </Project>
            """;
        files["nuget.config"] = $"""
            <configuration>
              <packageSources>{sources}<add key="local" value="{package}" /></packageSources>
            </configuration>
            """;
        foreach (var (name, text) in files)
            await File.WriteAllTextAsync(Path.Combine(folder, name), text);
        Directory.CreateSymbolicLink(
            Path.Combine(folder, "node_modules"), Path.Combine(Repository.Clients, "node_modules"));
        return new FreshApplication(folder);
    }

    [GeneratedRegex("```csharp\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex CSharp();

    [GeneratedRegex("```js\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex JavaScript();

    [GeneratedRegex(@"Include=(""Microsoft.AspNetCore.TestHost"" Version=""[^""]+"")")]
    private static partial Regex TestHost();

    [GeneratedRegex(@"http://127\.0\.0\.1:\d+")]
    private static partial Regex Address();

    [GeneratedRegex(@"\d+\.\d+\.\d+[^/]*(?=\.nupkg)")]
    private static partial Regex Version();
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
