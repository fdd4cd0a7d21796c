using System.Text;
using Sluice.Config.Model;
using Sluice.Proxy.Log;

namespace Sluice.Unit.Proxy.Log;

public sealed class LogWriterTests : IDisposable
{
    readonly MemoryLogStorage storage = new();
    readonly LogWriter writer;

    public LogWriterTests() => writer = new(storage);

    public void Dispose() => writer.Dispose();

    [Fact]
    public void Lines_gather_until_the_writer_comes_and_keep_their_order()
    {
        var file = Open("/log/a");
        Append(file, "one\n");
        Append(file, "two\n");
        Assert.Equal("", storage.Text("/log/a"));

        writer.WriteAll(0);

        Assert.Equal("one\ntwo\n", storage.Text("/log/a"));
    }

    [Fact]
    public void Writes_that_take_a_part_go_on_where_they_stopped()
    {
        storage.WriteMax = 3;
        var file = Open("/log/a");
        Append(file, "0123456789\n");

        writer.WriteAll(0);

        Assert.Equal("0123456789\n", storage.Text("/log/a"));
    }

    [Fact]
    public void Two_who_open_one_path_write_to_one_file()
    {
        var first = Open("/log/a");
        var second = Open("/log/a");
        Append(first, "one\n");
        Append(second, "two\n");

        writer.WriteAll(0);

        Assert.Same(first, second);
        Assert.Equal("one\ntwo\n", storage.Text("/log/a"));
        Assert.Equal(1, storage.OpenCount);
    }

    [Fact]
    public void A_file_that_cannot_be_opened_is_an_error_and_not_a_file()
    {
        storage.OpenError = -2;

        Assert.Null(writer.Open("/gone/a", out int error));
        Assert.Equal(-2, error);
    }

    [Fact]
    public void A_full_disk_keeps_lines_and_writes_them_when_there_is_room()
    {
        var file = Open("/log/a");
        storage.WriteError = -28;
        Append(file, "one\n");
        writer.WriteAll(1000);
        Append(file, "two\n");
        writer.WriteAll(1500);
        Assert.Equal("", storage.Text("/log/a"));

        storage.WriteError = 0;
        writer.WriteAll(1999);
        Assert.Equal("", storage.Text("/log/a"));
        writer.WriteAll(2000);

        Assert.Equal("one\ntwo\n", storage.Text("/log/a"));
    }

    [Fact]
    public void Lines_beyond_the_bound_are_dropped_counted_and_reported_once()
    {
        var file = Open("/log/a");
        ReportTo("/log/error");
        storage.WriteError = -28;
        var line = new byte[LogLimits.PendingBytes / 4];
        Array.Fill(line, (byte)'x');
        for (int i = 0; i < 4; i++)
            file.Append(line);
        Assert.Equal(0, file.DroppedCount);
        file.Append("lost\n"u8);
        file.Append("lost\n"u8);
        Assert.Equal(2, file.DroppedCount);
        writer.WriteAll(0);

        storage.WriteError = 0;
        writer.WriteAll(LogLimits.RetryMs);
        writer.WriteAll(LogLimits.RetryMs * 2);

        Assert.Equal(LogLimits.PendingBytes, storage.Bytes("/log/a").Length);
        Assert.Equal(0, file.DroppedCount);
        var reported = storage.Text("/log/error").Split('\n');
        Assert.Equal(4, reported.Length);
        Assert.EndsWith(
            "write() to \"/log/a\" failed (28: No space left on device)", reported[0]);
        Assert.EndsWith(
            "write() to \"/log/error\" failed (28: No space left on device)", reported[1]);
        Assert.EndsWith("2 lines for \"/log/a\" were dropped", reported[2]);
    }

    [Fact]
    public void A_line_that_just_fits_is_kept()
    {
        var file = Open("/log/a");
        file.Append(new byte[LogLimits.PendingBytes]);
        Assert.Equal(0, file.DroppedCount);
        file.Append("x"u8);
        Assert.Equal(1, file.DroppedCount);
    }

    [Fact]
    public void A_failing_file_does_not_keep_another_from_being_written()
    {
        var file = writer.ForPath("/gone/a"u8)!;
        storage.OpenError = -2;
        Append(file, "lost\n");
        writer.WriteAll(0);
        storage.OpenError = 0;
        var other = Open("/log/b");
        Append(other, "two\n");

        writer.WriteAll(1);

        Assert.Equal("two\n", storage.Text("/log/b"));
        Assert.Equal("", storage.Text("/gone/a"));
        writer.WriteAll(LogLimits.RetryMs);
        Assert.Equal("lost\n", storage.Text("/gone/a"));
    }

    [Fact]
    public void Reopen_goes_on_in_the_file_that_the_path_names_now()
    {
        var file = Open("/log/a");
        Append(file, "old\n");
        writer.WriteAll(0);
        storage.Move("/log/a");
        Append(file, "still old\n");
        writer.Reopen();
        writer.WriteAll(0);
        Append(file, "new\n");
        writer.WriteAll(0);

        Assert.Equal("new\n", storage.Text("/log/a"));
        Assert.Equal(1, storage.OpenCount);
    }

    [Fact]
    public void Without_reopen_a_moved_file_is_written_on()
    {
        var file = Open("/log/a");
        storage.Move("/log/a");
        Append(file, "old\n");
        writer.WriteAll(0);

        Assert.Equal("", storage.Text("/log/a"));
    }

    [Fact]
    public void Reopen_that_fails_keeps_the_old_file_and_says_so()
    {
        var file = Open("/log/a");
        ReportTo("/log/error");
        storage.OpenError = -2;
        writer.Reopen();
        writer.WriteAll(0);
        Append(file, "kept\n");
        writer.WriteAll(0);

        Assert.Equal("kept\n", storage.Text("/log/a"));
        Assert.Contains(
            "[alert] ", storage.Text("/log/error"), StringComparison.Ordinal);
        Assert.Contains(
            "open() \"/log/a\" failed (2: No such file or directory)\n",
            storage.Text("/log/error"), StringComparison.Ordinal);
    }

    [Fact]
    public void Opening_again_begins_with_the_file_that_the_path_names_now()
    {
        var file = Open("/log/a");
        writer.WriteAll(0);
        storage.Move("/log/a");
        Assert.Same(file, Open("/log/a"));
        Append(file, "new\n");
        writer.WriteAll(0);

        Assert.Equal("new\n", storage.Text("/log/a"));
        Assert.Equal(1, storage.OpenCount);
    }

    [Fact]
    public void A_released_file_is_written_closed_when_unused_and_opened_when_used_again()
    {
        var file = Open("/log/a");
        Append(file, "one\n");
        writer.Release(file);
        writer.WriteAll(0);
        Assert.Equal("one\n", storage.Text("/log/a"));
        Assert.Equal(1, storage.OpenCount);

        writer.WriteAll(LogLimits.VariableFileIdleMs);
        Assert.Equal(0, storage.OpenCount);

        Append(file, "two\n");
        writer.WriteAll(LogLimits.VariableFileIdleMs);
        Assert.Equal("one\ntwo\n", storage.Text("/log/a"));
    }

    [Fact]
    public void A_file_with_two_holders_stays_open_when_one_lets_go()
    {
        var file = Open("/log/a");
        Open("/log/a");
        writer.Release(file);

        writer.WriteAll(LogLimits.VariableFileIdleMs * 2);

        Assert.Equal(1, storage.OpenCount);
    }

    [Fact]
    public void A_path_with_variables_is_opened_by_its_first_line()
    {
        var file = writer.ForPath("/log/host"u8)!;
        Assert.Same(file, writer.ForPath("/log/host"u8));
        Assert.Equal(0, storage.OpenCount);
        Append(file, "one\n");

        writer.WriteAll(0);

        Assert.Equal("one\n", storage.Text("/log/host"));
    }

    [Fact]
    public void Paths_beyond_the_bound_are_refused_and_reported_until_some_are_closed()
    {
        ReportTo("/log/error");
        for (int i = 0; i < LogLimits.VariableFiles; i++)
            Append(writer.ForPath(Encoding.ASCII.GetBytes($"/log/{i}"))!, "x\n");
        Assert.Null(writer.ForPath("/log/more"u8));

        writer.WriteAll(0);

        Assert.NotNull(writer.ForPath("/log/more"u8));
        Assert.Equal(1 + (LogLimits.VariableFiles / 2), storage.OpenCount);
        Assert.Contains(
            "1 lines were dropped: too many access_log files with variables\n",
            storage.Text("/log/error"), StringComparison.Ordinal);
    }

    [Fact]
    public void Without_its_root_a_path_with_variables_gets_no_file()
    {
        ReportTo("/log/error");
        storage.MissingDirectories.Add("/gone");
        var file = writer.ForPath("/gone\0/log/a"u8)!;
        var other = writer.ForPath("/here\0/log/b"u8)!;
        Append(file, "lost\n");
        Append(other, "kept\n");
        writer.WriteAll(0);
        Append(file, "lost\n");
        writer.WriteAll(0);

        Assert.Equal(["/log/error", "/log/b"], storage.Paths);
        Assert.Equal("kept\n", storage.Text("/log/b"));
        Assert.Single(System.Text.RegularExpressions.Regex.Matches(
            storage.Text("/log/error"),
            "\\[error\\] .* testing \"/gone\" existence failed "
            + "\\(2: No such file or directory\\)\n"));
        storage.MissingDirectories.Clear();
        Append(file, "new\n");
        writer.WriteAll(0);
        Assert.Equal("new\n", storage.Text("/log/a"));
    }

    [Fact]
    public void A_path_longer_than_a_path_can_be_is_refused()
    {
        var path = new byte[LogLimits.PathBytes + 1];
        path.AsSpan().Fill((byte)'a');
        Assert.NotNull(writer.ForPath(path.AsSpan(1)));
        Assert.Null(writer.ForPath(path));
    }

    [Fact]
    public void An_inline_writer_writes_as_it_is_told()
    {
        var inline = LogWriter.Inline(storage, TimeProvider.System);
        var file = inline.Open("/log/a", out _)!;
        Append(file, "one\n");
        Assert.Equal("one\n", storage.Text("/log/a"));
        storage.Move("/log/a");
        inline.Reopen();
        Append(file, "two\n");
        Assert.Equal("two\n", storage.Text("/log/a"));
    }

    [Fact]
    public void An_inline_writer_whose_error_log_fails_comes_back()
    {
        var inline = LogWriter.Inline(storage, TimeProvider.System);
        var config = LogConfigs.WithErrorLog("/log/error", LogLevel.Error);
        var errors = new ErrorLog(config.ErrorLogs, LogFiles.Open(config, inline, out _)!);
        inline.Reports = errors;
        storage.WriteError = -28;

        errors.Write(LogLevel.Error, "lost");

        storage.WriteError = 0;
        Assert.Equal("", storage.Text("/log/error"));
    }

    [Fact]
    public void Stopping_writes_what_is_there()
    {
        writer.Start();
        var file = Open("/log/a");
        Append(file, "last\n");

        Assert.True(writer.Stop());

        Assert.Equal("last\n", storage.Text("/log/a"));
        Assert.Equal(0, storage.OpenCount);
    }

    [Fact]
    public void A_disk_that_hangs_holds_the_writer_and_nobody_else()
    {
        using var hung = new ManualResetEventSlim();
        using var isHanging = new ManualResetEventSlim();
        storage.OnWrite = () =>
        {
            isHanging.Set();
            hung.Wait(TestContext.Current.CancellationToken);
        };
        writer.Start();
        var file = Open("/log/a");
        Append(file, "one\n");
        isHanging.Wait(TestContext.Current.CancellationToken);

        file.Append(new byte[LogLimits.PendingBytes]);
        Append(file, "lost\n");
        Assert.Equal(1, file.DroppedCount);

        hung.Set();
        Assert.True(writer.Stop());
        Assert.Equal(4 + LogLimits.PendingBytes, storage.Bytes("/log/a").Length);
    }

    [Fact]
    public void A_released_file_is_taken_up_again_by_its_path()
    {
        var file = Open("/log/a");
        writer.Release(file);
        var next = Open("/log/a");
        Append(file, "one\n");
        Append(next, "two\n");
        writer.WriteAll(0);

        Assert.Equal("one\ntwo\n", storage.Text("/log/a"));
    }

    [Fact]
    public void Appending_to_a_warm_file_allocates_nothing()
    {
        var file = Open("/log/a");
        var line = "a line of a log\n"u8.ToArray();
        for (int i = 0; i < 200; i++)
            file.Append(line);

        Assert.Equal(0, Allocations.Of(() => file.Append(line)));
    }

    LogFile Open(string path)
    {
        var file = writer.Open(path, out int error);
        Assert.Equal(0, error);
        return file!;
    }

    void ReportTo(string path)
    {
        var config = LogConfigs.WithErrorLog(path, LogLevel.Error);
        writer.Reports = new(config.ErrorLogs, LogFiles.Open(config, writer, out _)!);
    }

    static void Append(LogFile file, string line) => file.Append(Encoding.Latin1.GetBytes(line));
}
