using System.Net;
using System.Text.RegularExpressions;
using Sluice.Config.Model;
using Sluice.Proxy.Log;
using Sluice.Unit.Config.Model;

namespace Sluice.Unit.Proxy.Log;

public sealed class SyslogTests : IDisposable
{
    readonly MemoryLogStorage storage = new();
    readonly LogWriter writer;

    public SyslogTests() => writer = new(storage);

    public void Dispose() => writer.Dispose();

    [Theory]
    [InlineData("", @"<190>\w{3} [ \d]\d \d\d:\d\d:\d\d HOST nginx: line")]
    [InlineData(",facility=user,severity=crit,tag=a_B9", @"<10>.{15} HOST a_B9: line")]
    [InlineData(",nohostname,facility=kern,severity=emerg", @"<0>.{15} nginx: line")]
    [InlineData(",tag=", @"<190>.{15} HOST : line")]
    public void A_message_is_nginx_s(string parameters, string expected)
    {
        string name = "syslog:server=127.0.0.1" + parameters;
        var log = Open("access_log " + name + ";").Find(name);
        log.Append("line\n"u8);
        writer.WriteAll(0);

        string host = Regex.Escape(Dns.GetHostName().ToLowerInvariant());
        Assert.Matches($@"\A{expected.Replace("HOST", host)}\n\z", storage.Text(name));
    }

    [Theory]
    [InlineData(LogLevel.Emerg, 184)]
    [InlineData(LogLevel.Error, 187)]
    [InlineData(LogLevel.Debug, 191)]
    public void A_message_of_an_error_log_has_its_level_s_severity(LogLevel level, int priority)
    {
        const string Name = "syslog:server=127.0.0.1,severity=crit,tag=x";
        var config = ConfigOf($"error_log {Name} debug;");
        var files = LogFiles.Open(config, writer, out _)!;
        var errors = new ErrorLog(config.Http!.Servers[0].Root.Core.ErrorLogs, files);
        errors.Write(level, "text");
        writer.WriteAll(0);

        Assert.Matches(
            $@"\A<{priority}>.{{15}} \S+ x: \d{{4}}/.*\[\w+\] \d+#\d+: text\n\z",
            storage.Text(Name));
    }

    [Fact]
    public void Each_line_is_a_message_of_its_own()
    {
        var log = Open("access_log syslog:server=127.0.0.1;").Find("syslog:server=127.0.0.1");
        log.Append("one\n"u8);
        log.Append("\n"u8);
        log.Append("two\nlines\n"u8);
        writer.WriteAll(0);

        string text = storage.Text("syslog:server=127.0.0.1");
        Assert.Equal(3, text.Split("<190>").Length - 1);
        Assert.Contains("nginx: two\nlines\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_server_that_takes_nothing_loses_messages_and_is_told_of_once_a_minute()
    {
        const string Name = "syslog:server=127.0.0.1";
        var files = Open($"access_log {Name};");
        writer.Reports = new([new() { Path = "/e" }], files);
        var log = files.Find(Name);
        storage.WriteError = -111;
        log.Append("one\n"u8);
        writer.WriteAll(1000);
        storage.WriteError = 0;
        writer.WriteAll(1000);
        storage.WriteError = -111;
        log.Append("two\n"u8);
        log.Append("three\n"u8);
        writer.WriteAll(2000);
        storage.WriteError = 0;
        writer.WriteAll(2500);
        log.Append("four\n"u8);
        writer.WriteAll(3000);

        Assert.EndsWith("nginx: four\n", storage.Text(Name));
        Assert.DoesNotContain("three", storage.Text(Name));
        Assert.Single(Regex.Matches(storage.Text("/e"), "messages were lost"));
        Assert.Contains(
            $"send() to \"{Name}\" failed, 1 messages were lost (111: Connection refused)\n",
            storage.Text("/e"));
    }

    [Fact]
    public void Messages_beyond_the_bound_are_dropped_and_counted()
    {
        const string Name = "syslog:server=127.0.0.1";
        var log = Open($"access_log {Name};").Find(Name);
        log.Append(new byte[LogLimits.PendingBytes - 4]);
        Assert.Equal(0, log.DroppedCount);
        log.Append("x\n"u8);

        Assert.Equal(1, log.DroppedCount);
    }

    [Fact]
    public void Logs_of_one_text_share_a_sender()
    {
        var files = Open("access_log syslog:server=127.0.0.1; error_log syslog:server=127.0.0.1; "
            + "access_log syslog:server=127.0.0.1,tag=b;");

        Assert.NotSame(
            files.Find("syslog:server=127.0.0.1"), files.Find("syslog:server=127.0.0.1,tag=b"));
        files.Find("syslog:server=127.0.0.1").Append("x\n"u8);
        writer.WriteAll(0);
        Assert.Equal(2, storage.OpenCount);
        files.Release();
        writer.WriteAll(LogLimits.VariableFileIdleMs);
        Assert.Equal(0, storage.OpenCount);
    }

    [Theory]
    [InlineData("server=127.0.0.1", 23, 6, "nginx", true, "127.0.0.1:514")]
    [InlineData("server=[::1]:99,facility=mail,severity=debug,tag=t,nohostname", 2, 7, "t", false,
        "[::1]:99")]
    [InlineData("tag=,server=unix:/s,facility=local0", 16, 6, "", true, "/s")]
    public void Parameters_are_read(
        string text, int facility, int severity, string tag, bool hasHost, string endPoint)
    {
        var config = ConfigOf($"access_log syslog:{text};");
        var read = config.Http!.Servers[0].Root.Core.AccessLogs.Single().Syslog!;

        Assert.Equal(
            (facility, severity, tag, hasHost, endPoint),
            (read.Facility, read.Severity, read.Tag, read.HasHostName, $"{read.EndPoint}"));
    }

    LogFiles Open(string directives) => LogFiles.Open(ConfigOf(directives), writer, out _)!;

    static MainConfig ConfigOf(string directives) => Sample.Config(
        "events {}\nerror_log /e;\npid p;\nhttp { access_log off; server { "
        + $"listen 127.0.0.1:18000; {directives} }} }}\n");
}
