using System.IO.Compression;
using System.Text;
using Sluice.EndToEnd.Servers;

namespace Sluice.EndToEnd.SocketIO.Package;

/// <summary>The package as somebody else gets it, and the first pages of its documentation.</summary>
public sealed class SocketIOPackageTests : IClassFixture<SocketIOPackageTests.Packed>
{
    readonly string folder;

    public SocketIOPackageTests(Packed packed) => folder = packed.Folder;

    [Fact]
    public void The_package_has_all_that_belongs_to_it()
    {
        using var package = Open("*.nupkg");
        string[] expected =
        [
            "README.md", "icon.png", "analyzers/dotnet/cs/Sluice.SocketIO.Generators.dll",
            "lib/net10.0/Sluice.SocketIO.dll", "lib/net10.0/Sluice.SocketIO.xml",
        ];
        Assert.Empty(expected.Except(package.Entries.Select(entry => entry.FullName)));
        using var reader = new StreamReader(
            package.Entries.Single(entry => entry.Name.EndsWith(".nuspec")).Open(), Encoding.UTF8);
        var about = reader.ReadToEnd();
        Assert.Contains("<license type=\"expression\">", about);
        Assert.Contains("<icon>icon.png</icon>", about);
        Assert.Contains("<readme>README.md</readme>", about);
        Assert.DoesNotContain("<dependency id", about);
        using var symbols = Open("*.snupkg");
        Assert.Contains(symbols.Entries, entry => entry.Name == "Sluice.SocketIO.pdb");
    }

    [Fact]
    public async Task The_quick_start_does_what_it_says()
    {
        await using var app = await FreshApplication.BuildAsync(folder, "README.md");
        Assert.Equal(["3", "hello"], await app.RunAsync("hello"));
    }

    [Fact]
    public async Task Typed_handlers_are_generated_from_the_package()
    {
        await using var app = await FreshApplication.BuildAsync(folder, "typed-handlers.md");
        Assert.Equal(
            ["[ 'welcome', 'welcome' ]", "{ number: 1, bytes: 3 }", "hello 4", "14"],
            await app.RunAsync("14"));
    }

    ZipArchive Open(string pattern) =>
        ZipFile.OpenRead(Assert.Single(Directory.GetFiles(folder, pattern)));

    /// <summary>Packed once, for all tests.</summary>
    public sealed class Packed : IAsyncLifetime
    {
        public string Folder { get; } =
            Directory.CreateTempSubdirectory("sluice-package-").FullName;

        public async ValueTask InitializeAsync() => await DotNet.RunAsync(
            Repository.Root, "pack", "src/SocketIO/SocketIO.csproj", "-c", "Release",
            "-o", Folder);

        public ValueTask DisposeAsync()
        {
            Directory.Delete(Folder, recursive: true);
            return ValueTask.CompletedTask;
        }
    }
}
