using System.Security.Claims;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Sluice.SocketIO;
using Sluice.SocketIO.Adapters;
using Sluice.SocketIO.EngineIO;
using IOSocket = Sluice.SocketIO.Socket;

namespace Sluice.Unit.SocketIO.Sockets;

/// <summary>A session that keeps what is sent, and a server whose clock stands still.</summary>
sealed class FakeSession : EngineSession
{
    readonly List<string> sent = [];
    IEngineHandler handler = null!;

    public string? Closed { get; private set; }

    public bool IsFull { get; set; }

    /// <summary>Called with each text that was sent, once it is with the client.</summary>
    public Action<string>? OnSent { get; set; }

    /// <summary>All that was sent, and whether it may be compressed.</summary>
    public List<(EngineMessage Message, bool MayCompress)> Messages { get; } = [];

    /// <summary>A goodbye that takes its time: Close is not the end.</summary>
    public bool IsSlow { get; init; }

    public int Version { get; init; } = 4;

    /// <summary>What was sent since the last look: texts without the 4, attachments in hex.</summary>
    public string[] Sent
    {
        get
        {
            lock (sent)
            {
                string[] all = [.. sent];
                sent.Clear();
                return all;
            }
        }
    }

    public override string Id => "engineidengineidengi";

    public override int ProtocolVersion => Version;

    public override string TransportName => "websocket";

    public override Task<bool> DrainAsync(CancellationToken cancel = default) =>
        Task.FromResult(Closed is null);

    public override EngineHandshake Handshake => Request;

    public EngineHandshake Request { get; init; } = new()
    {
        Headers = new HeaderDictionary(), Query = new QueryCollection(), Url = "/socket.io/",
        Address = "127.0.0.1", IsCrossDomain = false, IsSecure = false, Time = default,
        User = new ClaimsPrincipal(), Services = EmptyServices.Instance,
    };

    public override bool IsWritable => !IsFull;

    public static FakeSession Open(SocketIOServer server, int version = 4) =>
        Open(server, new FakeSession { Version = version });

    public static FakeSession Open(SocketIOServer server, FakeSession session)
    {
        session.handler = server.Accept(session);
        return session;
    }

    public void Receive(params string[] texts)
    {
        foreach (var text in texts)
            handler.OnMessage(Encoding.UTF8.GetBytes(text), isBinary: false);
    }

    public void ReceiveBinary(params byte[] bytes) => handler.OnMessage(bytes, isBinary: true);

    public override bool Send(ReadOnlySpan<EngineMessage> messages, bool compress = true)
    {
        lock (sent)
        {
            if (Closed is not null)
                return false;
            foreach (var message in messages)
            {
                sent.Add(Text(message));
                Messages.Add((message, compress && !message.IsPlain));
            }
        }

        if (OnSent is { } told)
            foreach (var message in messages)
                told(Text(message));
        return true;
    }

    public override void Close(string reason = CloseReasons.ForcedClose)
    {
        lock (sent)
        {
            if (Closed is not null)
                return;
            Closed = reason;
        }

        if (!IsSlow)
            handler.OnClosed(reason);
    }

    static string Text(EngineMessage message) => message.IsBinary
        ? Convert.ToHexString(message.Bytes.Span)
        : Encoding.UTF8.GetString(message.Bytes.Span[1..]);
}

sealed class EmptyServices : IServiceProvider
{
    public static EmptyServices Instance { get; } = new();

    public object? GetService(Type serviceType) => null;
}

/// <summary>Time that passes when a test says so.</summary>
sealed class FakeTime : TimeProvider
{
    readonly List<FakeTimer> timers = [];
    DateTimeOffset now = new(2026, 11, 20, 18, 0, 0, TimeSpan.Zero);

    public override DateTimeOffset GetUtcNow() => now;

    /// <summary>Odd, so that nobody takes timestamps for ticks.</summary>
    public override long TimestampFrequency => 7_000_000;

    public override long GetTimestamp() => now.Ticks / 10 * 7;

    public override ITimer CreateTimer(
        TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new FakeTimer(this, callback, state);
        timer.Change(dueTime, period);
        timers.Add(timer);
        return timer;
    }

    public void Pass(TimeSpan time)
    {
        now += time;
        foreach (var timer in timers.ToArray())
            timer.RunIfDue();
    }

    sealed class FakeTimer(FakeTime time, TimerCallback callback, object? state) : ITimer
    {
        DateTimeOffset? due;
        TimeSpan again;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            again = period;
            due = dueTime < TimeSpan.Zero ? null : time.now + dueTime;
            return true;
        }

        public void RunIfDue()
        {
            if (due is not { } at || at > time.now)
                return;
            due = again > TimeSpan.Zero ? time.now + again : null;
            callback(state);
        }

        public void Dispose() => due = null;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}

/// <summary>Keeps what is logged: level, event's name, and the exception's type if there is one.</summary>
sealed class FakeLog : ILoggerFactory, ILogger
{
    public List<string> Lines { get; } = [];

    public string[] Copy()
    {
        lock (Lines)
            return [.. Lines];
    }

    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public void Dispose()
    {
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception,
        Func<TState, Exception?, string> formatter)
    {
        lock (Lines)
            Lines.Add($"{logLevel} {eventId.Name} {exception?.GetType().Name}".TrimEnd());
    }
}

static class Servers
{
    public static SocketIOServer Make(
        FakeTime? time = null, Action<SocketIOOptions>? configure = null,
        IAdapterFactory? adapters = null, FakeLog? log = null)
    {
        var options = new SocketIOOptions();
        configure?.Invoke(options);
        return new SocketIOServer(
            options, log is null ? NullLoggerFactory.Instance : log, time ?? new FakeTime(),
            EmptyServices.Instance, adapters);
    }

    /// <summary>A client in the main namespace, its CONNECT read.</summary>
    public static (FakeSession Session, IOSocket Socket) Join(this SocketIOServer server)
    {
        var before = server.Sockets.ToHashSet();
        var session = FakeSession.Open(server);
        session.Receive("0");
        _ = session.Sent;
        return (session, server.Sockets.Single(socket => !before.Contains(socket)));
    }
}
