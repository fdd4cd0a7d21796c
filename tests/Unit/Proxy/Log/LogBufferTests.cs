using System.IO.Compression;
using System.Text;
using Sluice.Config.Model;
using Sluice.Proxy.Log;
using Sluice.Unit.Config.Model;

namespace Sluice.Unit.Proxy.Log;

public sealed class LogBufferTests : IDisposable
{
    readonly MemoryLogStorage storage = new();
    readonly LogWriter writer;

    public LogBufferTests() => writer = new(storage);

    public void Dispose() => writer.Dispose();

    [Fact]
    public void Lines_wait_until_the_next_does_not_fit()
    {
        var file = Open("buffer=20");
        Append(file, "01234567\n");
        Append(file, "abcdefgh\n");
        writer.WriteAll(0);
        writer.WriteAll(1_000_000);
        Assert.Equal("", storage.Text("/a"));

        Append(file, "x\n");
        writer.WriteAll(1_000_000);
        Assert.Equal("", storage.Text("/a"));
        Append(file, "y\n");
        writer.WriteAll(1_000_000);

        Assert.Equal("01234567\nabcdefgh\nx\n", storage.Text("/a"));
        writer.Stop();
        Assert.Equal("01234567\nabcdefgh\nx\ny\n", storage.Text("/a"));
    }

    [Fact]
    public void Without_a_buffer_lines_do_not_wait()
    {
        var file = Open("");
        Append(file, "x\n");
        writer.WriteAll(0);

        Assert.Equal("x\n", storage.Text("/a"));
    }

    [Fact]
    public void A_line_larger_than_the_buffer_is_written_at_once_behind_what_waits()
    {
        var file = Open("buffer=4");
        Append(file, "x\n");
        Append(file, "larger\n");
        writer.WriteAll(0);

        Assert.Equal("x\nlarger\n", storage.Text("/a"));
    }

    [Fact]
    public void Lines_that_waited_for_the_flush_time_are_written()
    {
        var file = Open("buffer=1k flush=5s");
        Append(file, "x\n");
        writer.WriteAll(1000);
        Append(file, "y\n");
        writer.WriteAll(5999);
        Assert.Equal("", storage.Text("/a"));

        writer.WriteAll(6000);

        Assert.Equal("x\ny\n", storage.Text("/a"));
        Append(file, "z\n");
        writer.WriteAll(7000);
        writer.WriteAll(11_999);
        Assert.Equal("x\ny\n", storage.Text("/a"));
        writer.WriteAll(12_000);
        Assert.Equal("x\ny\nz\n", storage.Text("/a"));
    }

    [Fact]
    public void The_flush_time_begins_with_the_first_line_that_stays()
    {
        var file = Open("buffer=4 flush=5s");
        Append(file, "x\n");
        writer.WriteAll(1000);
        Append(file, "yz\n");
        writer.WriteAll(3000);
        Assert.Equal("x\n", storage.Text("/a"));

        writer.WriteAll(7999);
        Assert.Equal("x\n", storage.Text("/a"));
        writer.WriteAll(8000);

        Assert.Equal("x\nyz\n", storage.Text("/a"));
    }

    [Fact]
    public void Reopening_writes_what_waits_to_the_old_file()
    {
        var file = Open("buffer=1k");
        Append(file, "x\n");
        writer.Reopen();
        writer.WriteAll(0);

        Assert.Equal("x\n", storage.Text("/a"));
        storage.Move("/a");
        Append(file, "lost to the old file\n");
        writer.Reopen();
        writer.WriteAll(0);
        Assert.Equal("", storage.Text("/a"));
    }

    [Fact]
    public void All_access_logs_of_a_file_have_its_buffer()
    {
        var file = Open("", "access_log /a combined buffer=1k;");
        Append(file, "x\n");
        writer.WriteAll(0);

        Assert.Equal("", storage.Text("/a"));
    }

    [Fact]
    public void An_error_log_in_the_same_file_does_not_wait()
    {
        var file = Open("buffer=1k");
        Append(file, "x\n");
        file.Append(LogLevel.Error, "error\n"u8);
        writer.WriteAll(0);

        Assert.Equal("x\nerror\n", storage.Text("/a"));
    }

    [Fact]
    public void A_reload_takes_its_buffers_on_when_it_is_in_force()
    {
        var file = Open("buffer=1k");
        Append(file, "x\n");
        var next = LogFiles.Open(ConfigOf(""), writer, out _)!;
        writer.WriteAll(0);
        Assert.Equal("", storage.Text("/a"));

        next.UseBuffers();
        writer.WriteAll(0);

        Assert.Equal("x\n", storage.Text("/a"));
    }

    [Fact]
    public void A_file_that_is_given_back_does_not_keep_its_buffer()
    {
        var files = LogFiles.Open(ConfigOf("buffer=1k"), writer, out _)!;
        var file = files.Find("/a");
        Append(file, "x\n");
        files.Release();
        writer.WriteAll(0);
        Assert.Equal("x\n", storage.Text("/a"));

        Append(file, "y\n");
        writer.WriteAll(0);
        Assert.Equal("x\ny\n", storage.Text("/a"));
    }

    [Fact]
    public void A_full_disk_does_not_lose_what_gathers()
    {
        var file = Open("buffer=4");
        storage.WriteError = -28;
        Append(file, "x\n");
        Append(file, "yz\n");
        writer.WriteAll(0);
        Append(file, "abc\n");
        storage.WriteError = 0;
        writer.WriteAll(LogLimits.RetryMs);

        Assert.Equal("x\nyz\n", storage.Text("/a"));
    }

    [Theory]
    [InlineData("gzip", int.MaxValue)]
    [InlineData("gzip=9 buffer=1k flush=5s", 1)]
    public void A_compressed_log_is_a_row_of_gzip_files(string parameters, int writeMax)
    {
        storage.WriteMax = writeMax;
        var file = Open(parameters);
        Append(file, "one\n");
        writer.WriteAll(0);
        Assert.Empty(storage.Bytes("/a"));
        writer.Reopen();
        writer.WriteAll(0);
        Append(file, "two\n");
        writer.Reopen();
        writer.WriteAll(0);

        using var gzip = new GZipStream(
            new MemoryStream(storage.Bytes("/a")), CompressionMode.Decompress);
        Assert.Equal("one\ntwo\n", new StreamReader(gzip).ReadToEnd());
    }

    [Fact]
    public void A_compressed_log_goes_on_where_a_full_disk_stopped_it()
    {
        storage.WriteMax = 5;
        var file = Open("gzip");
        Append(file, "one\n");
        int writes = 0;
        storage.OnWrite = () => storage.WriteError = ++writes == 3 ? -28 : 0;
        writer.Reopen();
        writer.WriteAll(0);
        writer.WriteAll(LogLimits.RetryMs);

        using var gzip = new GZipStream(
            new MemoryStream(storage.Bytes("/a")), CompressionMode.Decompress);
        Assert.Equal("one\n", new StreamReader(gzip).ReadToEnd());
        Assert.True(writes > 4);
    }

    [Fact]
    public void The_bound_counts_from_a_full_buffer()
    {
        var file = Open("buffer=1k");
        file.Append(new byte[LogLimits.PendingBytes + 1024]);
        Assert.Equal(0, file.DroppedCount);
        Append(file, "x");

        Assert.Equal(1, file.DroppedCount);
    }

    [Fact]
    public void Appending_to_a_warm_buffer_allocates_nothing()
    {
        var file = Open("buffer=1k flush=1s");
        for (int i = 0; i < 300; i++)
        {
            Append(file, "a line of a log\n");
            if (i % 100 == 0)
                writer.WriteAll(0);
        }
        var line = "a line of a log\n"u8.ToArray();

        Assert.Equal(0, Allocations.Of(() => file.Append(line)));
    }

    LogTarget Open(string parameters, string more = "") =>
        LogFiles.Open(ConfigOf(parameters, more), writer, out _)!.Find("/a");

    static MainConfig ConfigOf(string parameters, string more = "") => Sample.Config(
        "events {}\nerror_log /e;\npid p;\nhttp { server { listen 127.0.0.1:18000; access_log /a "
        + $"combined {parameters};{more} }} }}\n");

    static void Append(LogTarget file, string line) => file.Append(Encoding.Latin1.GetBytes(line));
}
