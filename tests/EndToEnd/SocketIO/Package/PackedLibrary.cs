using Sluice.EndToEnd.Servers;

namespace Sluice.EndToEnd.SocketIO.Package;

/// <summary>The package, made once for all tests that need it.</summary>
public sealed class PackedLibrary : IAsyncLifetime
{
    public const string Name = "Sluice.SocketIO as a package";

    /// <summary>The package and its symbols are in it.</summary>
    public string Folder { get; } = Directory.CreateTempSubdirectory("sluice-package-").FullName;

    public async ValueTask InitializeAsync() => await DotNet.RunAsync(
        Repository.Root, "pack", "src/SocketIO/SocketIO.csproj", "-c", "Release", "-o", Folder);

    public ValueTask DisposeAsync()
    {
        Directory.Delete(Folder, recursive: true);
        return ValueTask.CompletedTask;
    }
}

[CollectionDefinition(PackedLibrary.Name)]
public sealed class PackedLibraryTests : ICollectionFixture<PackedLibrary>;
