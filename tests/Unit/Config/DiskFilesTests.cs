using System.Text;
using Sluice.Config.Syntax;

namespace Sluice.Unit.Config;

public sealed class DiskFilesTests : IDisposable
{
    readonly string directory = Directory.CreateTempSubdirectory("sluice-config-").FullName;
    readonly DiskFiles files = new();

    public void Dispose() => Directory.Delete(directory, recursive: true);

    [Fact]
    public void A_file_is_read_as_bytes()
    {
        byte[] bytes = [.. Enumerable.Range(0, 256).Select(value => (byte)value)];
        File.WriteAllBytes($"{directory}/a", bytes);
        Assert.Equal(bytes, Encoding.Latin1.GetBytes(files.Read($"{directory}/a").Text!));
    }

    [Fact]
    public void A_file_that_is_not_there_is_missing() =>
        Assert.Equal(FileRead.Missing, files.Read($"{directory}/none"));

    [Fact]
    public void A_directory_cannot_be_read() =>
        Assert.Equal(new FileRead(null, "pread()", "21: Is a directory"), files.Read(directory));

    [Fact]
    public void A_file_has_nothing_below_it()
    {
        File.WriteAllText($"{directory}/a", "");
        Assert.Equal("20: Not a directory", files.Read($"{directory}/a/b").Error);
    }

    [Fact]
    public void Names_beyond_ascii_are_found_by_their_bytes()
    {
        File.WriteAllText($"{directory}/\u00fc.conf", "x;");
        string name = Encoding.Latin1.GetString(Encoding.UTF8.GetBytes("\u00fc.conf"));
        Assert.Equal("x;", files.Read($"{directory}/{name}").Text);
        Assert.Equal([$"{directory}/{name}"], files.Glob($"{directory}/*.conf"));
    }

    [Fact]
    public void Nothing_matches_below_what_is_no_directory() =>
        Assert.Empty(files.Glob($"{directory}/none/*.conf"));
}
