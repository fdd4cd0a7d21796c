using Sluice.Net;

namespace Sluice.Unit.Simulation;

/// <summary>How fast a side is: zeros are as fast as can be.</summary>
/// <param name="WriteBytes">Bytes of one write, at most.</param>
/// <param name="WritePauseMs">The pause after each write, at most.</param>
/// <param name="ReadBytes">Bytes of one read, at most.</param>
/// <param name="ReadPauseMs">The pause after each read, at most.</param>
readonly record struct Pace(
    int WriteBytes = 0, int WritePauseMs = 0, int ReadBytes = 0, int ReadPauseMs = 0);

/// <summary>
/// One end of a simulated connection, outside of the gateway: sends what it is given and reads
/// what comes, at its own pace.
/// </summary>
abstract class Endpoint : IConnectionHandler
{
    readonly Alarm writeAlarm;
    readonly Alarm readAlarm;
    byte[] outbox = new byte[256];
    int outboxStart;
    int outboxEnd;
    bool endsWhenSent;
    bool isFlushing;
    bool isReading = true;

    protected Endpoint(Loop loop, Random random)
    {
        Loop = loop;
        Random = random;
        writeAlarm = new(loop, Flush);
        readAlarm = new(loop, ReadSome);
    }

    internal Loop Loop { get; }

    internal Random Random { get; }

    internal Connection? Line { get; private set; }

    internal Pace Pace { get; set; }

    internal bool IsOpen => Line is { State: ConnectionState.Open };

    /// <summary>Bytes the connection took, and gave.</summary>
    internal long SentCount { get; private set; }

    internal long ReceivedCount { get; private set; }

    /// <summary>Bytes that wait for the connection to take them.</summary>
    internal int UnsentCount => outboxEnd - outboxStart;

    /// <summary>The other side has ended, or the connection failed.</summary>
    internal bool IsEnded { get; private set; }

    /// <summary>Why it failed, as -errno; 0 otherwise.</summary>
    internal int Error { get; private set; }

    /// <summary>A side that does not read leaves the bytes in the network.</summary>
    internal bool IsReading
    {
        get => isReading;
        set
        {
            isReading = value;
            ReadSome();
        }
    }

    internal void Attach(Connection line)
    {
        Line = line;
        line.Handler = this;
        outboxStart = outboxEnd = 0;
        endsWhenSent = false;
        IsEnded = false;
        Error = 0;
    }

    internal void Send(ReadOnlySpan<byte> bytes)
    {
        if (outboxStart == outboxEnd)
            outboxStart = outboxEnd = 0;
        if (outbox.Length - outboxEnd < bytes.Length)
            Array.Resize(ref outbox, Math.Max(outbox.Length * 2, outboxEnd + bytes.Length));
        bytes.CopyTo(outbox.AsSpan(outboxEnd));
        outboxEnd += bytes.Length;
        Flush();
    }

    /// <summary>Ends this side's direction once everything is sent.</summary>
    internal void End()
    {
        endsWhenSent = true;
        Flush();
    }

    internal virtual void Close(bool reset = false)
    {
        writeAlarm.Cancel();
        readAlarm.Cancel();
        Line?.Close(reset);
    }

    /// <summary>Gives up what is under way on this connection.</summary>
    internal virtual void Abandon(bool reset) => Close(reset);

    public void OnReadable(Connection connection)
    {
        if (connection.State == ConnectionState.Connecting)
            Fail(connection.Read(Loop.Scratch));
        else if (!readAlarm.IsSet)
            ReadSome();
    }

    public void OnWritable(Connection connection)
    {
        Flush();
        ReadSome();
    }

    public override string ToString() =>
        $"{Line}, {UnsentCount} to send, {Pace}, {(isReading ? "" : "not ")}reading, "
        + $"paused {writeAlarm.IsSet} {readAlarm.IsSet}, ended {IsEnded} {Error}";

    protected abstract void OnBytes(ReadOnlySpan<byte> bytes);

    /// <summary>The other side ended (0) or the connection failed (-errno).</summary>
    protected abstract void OnEnded(int error);

    /// <summary>Everything is sent.</summary>
    protected virtual void OnSent()
    {
    }

    void Flush()
    {
        if (isFlushing || writeAlarm.IsSet || Error != 0)
            return;
        isFlushing = true;
        while (outboxStart < outboxEnd && Line is { State: ConnectionState.Open, CanWrite: true })
        {
            int count = Share(outboxEnd - outboxStart, Pace.WriteBytes);
            int taken = Line.Write(outbox.AsSpan(outboxStart, count));
            if (taken < 0)
                break; // Reading tells.
            outboxStart += taken;
            SentCount += taken;
            if (outboxStart == outboxEnd)
                OnSent();
            if (Pace.WritePauseMs > 0 && outboxStart < outboxEnd)
            {
                writeAlarm.Set(Random.Next(Pace.WritePauseMs));
                break;
            }
        }
        isFlushing = false;
        if (outboxStart == outboxEnd && endsWhenSent && IsOpen)
            Line!.ShutdownWrite();
    }

    void ReadSome()
    {
        while (isReading && !IsEnded && Line is { State: ConnectionState.Open, CanRead: true })
        {
            int room = Share(Loop.Scratch.Length, Pace.ReadBytes);
            int count = Line.Read(Loop.Scratch.AsSpan(0, room));
            if (count == IoResult.Again)
                return;
            if (count <= 0)
            {
                Fail(count);
                return;
            }
            ReceivedCount += count;
            OnBytes(Loop.Scratch.AsSpan(0, count));
            if (Pace.ReadPauseMs > 0)
            {
                readAlarm.Set(Random.Next(Pace.ReadPauseMs));
                return;
            }
        }
    }

    void Fail(int error)
    {
        IsEnded = true;
        Error = error;
        OnEnded(error);
    }

    int Share(int all, int most) => most == 0 ? all : Math.Min(all, 1 + Random.Next(most));
}
