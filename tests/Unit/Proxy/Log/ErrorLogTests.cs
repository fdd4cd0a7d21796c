using System.Text.RegularExpressions;
using Sluice.Config.Model;
using Sluice.Proxy.Log;

namespace Sluice.Unit.Proxy.Log;

public sealed class ErrorLogTests : IDisposable
{
    readonly MemoryLogStorage storage = new();
    readonly LogWriter writer;

    public ErrorLogTests() => writer = LogWriter.Inline(storage, new StoppedClock(1_790_000_000));

    public void Dispose() => writer.Dispose();

    [Fact]
    public void A_line_has_nginx_s_form()
    {
        Log("/e", LogLevel.Error).Write(LogLevel.Error, "it failed", 111);

        Assert.Matches(
            new Regex(@"\A2026/09/21 \d\d:\d\d:20 \[error\] \d+#\d+: "
                + @"it failed \(111: Connection refused\)\n\z"),
            storage.Text("/e"));
    }

    [Theory]
    [InlineData(LogLevel.Emerg, "[emerg]")]
    [InlineData(LogLevel.Alert, "[alert]")]
    [InlineData(LogLevel.Crit, "[crit]")]
    [InlineData(LogLevel.Error, "[error]")]
    [InlineData(LogLevel.Warn, "[warn]")]
    [InlineData(LogLevel.Notice, "[notice]")]
    [InlineData(LogLevel.Info, "[info]")]
    [InlineData(LogLevel.Debug, "[debug]")]
    public void Levels_have_nginx_s_names(LogLevel level, string name)
    {
        Log("/e", LogLevel.Debug).Write(level, "x");

        Assert.Contains(name, storage.Text("/e"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_level_takes_what_is_as_severe_and_nothing_below()
    {
        var log = Log("/e", LogLevel.Warn);

        Assert.True(log.IsEnabled(LogLevel.Crit));
        Assert.True(log.IsEnabled(LogLevel.Warn));
        Assert.False(log.IsEnabled(LogLevel.Notice));
        log.Write(LogLevel.Notice, "hidden");
        Assert.Equal("", storage.Text("/e"));
    }

    [Fact]
    public void Of_several_files_each_takes_its_own_levels()
    {
        var config = LogConfigs.WithErrorLog("/all", LogLevel.Info);
        var few = LogConfigs.WithErrorLog("/few", LogLevel.Crit);
        var both = few.ErrorLogs.Add(config.ErrorLogs[0]);
        var files = LogFiles.Open(LogConfigs.WithErrorLogs(both), writer, out _)!;
        var log = new ErrorLog(both, files);

        log.Write(LogLevel.Error, "x");

        Assert.NotEqual("", storage.Text("/all"));
        Assert.Equal("", storage.Text("/few"));
    }

    [Fact]
    public void A_line_break_in_a_path_does_not_break_the_line()
    {
        Log("/e", LogLevel.Error).Write(LogLevel.Error, "open() \"/a\nb\r\u007f\xe9\"", 2);

        Assert.EndsWith(
            "open() \"/a\\x0Ab\\x0D\\x7F\xe9\" (2: No such file or directory)\n",
            storage.Text("/e"));
    }

    [Fact]
    public void A_line_is_cut_at_nginx_s_length_and_still_ends()
    {
        Log("/e", LogLevel.Error).Write(LogLevel.Error, new string('x', 5000));

        Assert.Equal(LogLimits.ErrorLineBytes, storage.Bytes("/e").Length);
        Assert.EndsWith("xx\n", storage.Text("/e"));
    }

    [Fact]
    public void Standard_error_is_a_file_without_a_path()
    {
        Log(null, LogLevel.Error).Write(LogLevel.Error, "x");

        Assert.NotEqual("", storage.Text(MemoryLogStorage.StandardError));
    }

    [Fact]
    public void A_file_that_cannot_be_opened_is_named_with_its_place()
    {
        storage.OpenError = -2;
        var config = LogConfigs.WithErrorLog("/gone/e", LogLevel.Error);

        Assert.Null(LogFiles.Open(config, writer, out var failure));
        Assert.Equal(
            "open() \"/gone/e\" failed (2: No such file or directory)", failure!.Message);
    }

    ErrorLog Log(string? path, LogLevel level)
    {
        var config = LogConfigs.WithErrorLog(path, level);
        return new(config.ErrorLogs, LogFiles.Open(config, writer, out _)!);
    }
}

/// <summary>A clock that shows one time.</summary>
sealed class StoppedClock(long unixSeconds) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeSeconds(unixSeconds);
}
