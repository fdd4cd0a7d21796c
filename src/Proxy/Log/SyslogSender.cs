using System.Buffers.Binary;
using System.Net;
using System.Text;
using Sluice.Config.Model;

namespace Sluice.Proxy.Log;

/// <summary>
/// One syslog server (nginx's "Logging to syslog"): every line is a datagram in the form of
/// RFC 3164. What is not taken is lost, counted, and told in the error log from time to time.
/// </summary>
sealed class SyslogSender : LogTarget
{
    /// <summary>A message waits as its length, its severity, and its text.</summary>
    const int HeadBytes = 5;
    const int TryAgain = -11;
    const int MessageTooLong = -90;

    readonly SyslogConfig config;
    readonly byte[] origin;

    // The writer's own.
    readonly ByteBuilder message = new(1024);
    LogHandle? handle;
    long lostCount;
    long reportAtMs;

    internal SyslogSender(LogWriter writer, SyslogConfig config) : base(writer, config.Source)
    {
        this.config = config;
        string host = config.HasHostName ? Dns.GetHostName().ToLowerInvariant() + " " : "";
        origin = Encoding.Latin1.GetBytes($" {host}{config.Tag}: ");
    }

    public override void Append(ReadOnlySpan<byte> line) => Append(config.Severity, line);

    /// <summary>A message of an error log has the severity of its level.</summary>
    public override void Append(LogLevel level, ReadOnlySpan<byte> line) =>
        Append((int)level - 1, line);

    void Append(int severity, ReadOnlySpan<byte> line)
    {
        Span<byte> head = stackalloc byte[HeadBytes];
        line = line[..^1];
        BinaryPrimitives.WriteInt32LittleEndian(head, line.Length);
        head[4] = (byte)severity;
        Enqueue(head, line, isUrgent: false);
    }

    internal override void Write(LogStorage storage, long nowMs, bool isAll)
    {
        if (TakeDue(nowMs, isAll))
        {
            UsedMs = nowMs;
            int error = 0;
            while (Batch.Length > 0)
                error = Send(storage) is var failed and not 0 ? failed : error;
            if (error != 0)
                Report(error, nowMs);
            Trim();
        }
        long dropped = TakeDropped();
        if (dropped > 0)
            Writer.Report($"{dropped} lines for \"{Key}\" were dropped", 0);
    }

    /// <summary>Sends the next message of the batch, or loses it: 0, or a -errno.</summary>
    int Send(LogStorage storage)
    {
        int length = BinaryPrimitives.ReadInt32LittleEndian(Batch);
        Compose(Batch[4], Batch.Slice(HeadBytes, length));
        Advance(HeadBytes + length);
        int result = TrySend(storage);
        if (result >= 0)
            return 0;
        lostCount++;
        return result;
    }

    /// <summary>
    /// After a failure that may be the socket's the next message gets a new one: a server on a
    /// unix socket that was started again is another one.
    /// </summary>
    int TrySend(LogStorage storage)
    {
        if (handle is null && (handle = storage.OpenSyslog(config, out int error)) is null)
            return error;
        int result = handle.Write(message.Written);
        if (result < 0 && result is not (TryAgain or MessageTooLong))
            Close();
        return result;
    }

    /// <summary>"&lt;190&gt;Nov 21 09:05:00 host nginx: " and the line.</summary>
    void Compose(int severity, ReadOnlySpan<byte> line)
    {
        message.Clear();
        message.Append((byte)'<');
        message.Append((config.Facility * 8) + severity);
        message.Append((byte)'>');
        message.Append(TimeText.At(Writer.Clock.GetUtcNow().ToUnixTimeMilliseconds()).Syslog);
        message.Append(origin);
        message.Append(line);
    }

    void Report(int error, long nowMs)
    {
        if (nowMs < reportAtMs)
            return;
        reportAtMs = nowMs + LogLimits.SyslogReportMs;
        Writer.Report(
            $"send() to \"{Key}\" failed, {lostCount} messages were lost", -error, LogLevel.Error);
        lostCount = 0;
    }

    internal override void Reopen(LogStorage storage) => Close();

    internal override void Close()
    {
        handle?.Close();
        handle = null;
    }
}
