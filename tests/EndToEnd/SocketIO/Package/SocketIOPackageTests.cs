using System.IO.Compression;
using System.Text;
using Sluice.EndToEnd.Servers;

namespace Sluice.EndToEnd.SocketIO.Package;

/// <summary>The package as somebody else gets it, and the first pages of its documentation.</summary>
[Collection(PackedLibrary.Name)]
public sealed class SocketIOPackageTests(PackedLibrary packed)
{
    readonly string folder = packed.Folder;

    [Fact]
    public void The_package_has_all_that_belongs_to_it()
    {
        using var package = Open("*.nupkg");
        string[] expected =
        [
            "README.md", "icon.png", "analyzers/dotnet/cs/Sluice.SocketIO.Generators.dll",
            "build/Sluice.SocketIO.targets",
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
        Assert.Equal(["3", "hello"], await app.RunClientAsync("hello", await app.StartAsync()));
    }

    [Fact]
    public async Task Typed_handlers_are_generated_from_the_package()
    {
        await using var app = await FreshApplication.BuildAsync(folder, "typed-handlers.md");
        Assert.Equal(
            ["[ 'welcome', 'welcome' ]", "{ number: 1, bytes: 3 }", "hello 4", "14"],
            await app.RunClientAsync("14", await app.StartAsync()));
    }

    [Fact]
    public Task The_page_of_tests_tests_what_it_says() =>
        FreshApplication.RunAsync(folder, "testing.md");

    [Fact]
    public async Task Typed_handlers_are_types_for_clients_in_TypeScript()
    {
        await using var app = await FreshApplication.BuildAsync(
            folder, "typed-handlers.md",
            "<SluiceSocketIOTypeScript>events.mts</SluiceSocketIOTypeScript>");
        await app.CompileClientAsync("TypeScript");
        Assert.Equal(
            ["SERVER 7", "3 4", "14"], await app.RunClientAsync("14", await app.StartAsync()));
    }

    [Fact]
    public async Task An_application_without_what_it_does_not_use_is_published_and_serves()
    {
        await using var app = await FreshApplication.PublishTrimmedAsync(folder, "Trimmed");
        using (var package = Open("*.nupkg"))
        {
            var whole = package.GetEntry("lib/net10.0/Sluice.SocketIO.dll")!.Length;
            var trimmed = new FileInfo(Path.Combine(app.Output, "Sluice.SocketIO.dll")).Length;
            Assert.InRange(trimmed, 1, whole - 1);
        }

        await using var redis = await RedisProcess.StartAsync();
        foreach (string[] choice in new string[][] { [], ["--kind", "sharded"] })
        {
            var here = await app.StartAsync(["--redis", redis.Address, .. choice]);
            var there = await app.StartAsync(["--redis", redis.Address, .. choice]);
            Assert.Equal(
                [
                    "sum 3", "who 2", "said hello", "ask ready!", "keep 4 1,2,3 note",
                    "locked not authorized", "admin true", "health Healthy", "done",
                ],
                await app.RunClientAsync("done", here, there));
        }
    }

    ZipArchive Open(string pattern) =>
        ZipFile.OpenRead(Assert.Single(Directory.GetFiles(folder, pattern)));
}
