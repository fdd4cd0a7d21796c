using Sluice.Proxy.Log;

namespace Sluice.Unit.Proxy.Log;

public sealed class FileLogStorageTests : IDisposable
{
    readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("sluice-log-");
    readonly FileLogStorage storage = new();

    string Path => folder.FullName + "/a.log";

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public void A_new_file_is_created_and_an_old_one_goes_on()
    {
        Write("one\n"u8);
        Write("two\n"u8);

        Assert.Equal("one\ntwo\n", File.ReadAllText(Path));
    }

    [Fact]
    public void Two_handles_append_behind_each_other()
    {
        var first = storage.Open(Path, out _)!;
        var second = storage.Open(Path, out _)!;
        first.Write("one\n"u8);
        second.Write("two\n"u8);
        first.Write("three\n"u8);
        first.Close();
        second.Close();

        Assert.Equal("one\ntwo\nthree\n", File.ReadAllText(Path));
    }

    [Fact]
    public void A_file_that_was_cut_goes_on_from_its_start()
    {
        var handle = storage.Open(Path, out _)!;
        handle.Write("one\n"u8);
        using (var other = File.Open(Path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
            other.SetLength(0);
        handle.Write("two\n"u8);
        handle.Close();

        Assert.Equal("two\n", File.ReadAllText(Path));
    }

    [Fact]
    public void A_missing_directory_is_enoent()
    {
        Assert.Null(storage.Open(folder.FullName + "/gone/a.log", out int error));
        Assert.Equal(-2, error);
    }

    [Fact]
    public void A_directory_cannot_be_a_log()
    {
        Assert.Null(storage.Open(folder.FullName, out int error));
        Assert.True(error is -21 or -13, $"{error}");
    }

    [Fact]
    public void A_full_device_is_enospc()
    {
        if (!File.Exists("/dev/full"))
            return;
        var handle = storage.Open("/dev/full", out _)!;

        Assert.Equal(-28, handle.Write("one\n"u8));
        handle.Close();
    }

    [Fact]
    public void Standard_error_can_be_opened()
    {
        var handle = storage.Open(null, out int error)!;

        Assert.Equal(0, error);
        Assert.Equal(0, handle.Write(""u8));
        handle.Close();
    }

    void Write(ReadOnlySpan<byte> text)
    {
        var handle = storage.Open(Path, out int error)!;
        Assert.Equal(0, error);
        Assert.Equal(text.Length, handle.Write(text));
        handle.Close();
    }
}
