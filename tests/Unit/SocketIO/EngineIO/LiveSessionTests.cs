using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Sluice.SocketIO.EngineIO;

namespace Sluice.Unit.SocketIO.EngineIO;

public class LiveSessionTests
{
    /// <summary>A bound for what would otherwise never end.</summary>
    static readonly TimeSpan patience = TimeSpan.FromSeconds(30);

    [Fact]
    public void Two_handlers_that_break_each_others_sessions_do_not_wait_for_each_other()
    {
        var server = Server(new EngineOptions { MaxSendQueueBytes = 200 });
        using var both = new Barrier(2);
        var closed = new ConcurrentBag<string>();
        LiveSession a = null!, b = null!;
        a = Open(server, new Handler(() => Flood(b), closed.Add));
        b = Open(server, new Handler(() => Flood(a), closed.Add));
        var threads = new[] { a, b }
            .Select(session => new Thread(() => session.Receive("4x"u8, isBinary: false)))
            .ToArray();
        foreach (var thread in threads)
            thread.Start();
        foreach (var thread in threads)
            Assert.True(thread.Join(patience), "a handler waits for the other");
        Assert.Equal([CloseReasons.TransportError, CloseReasons.TransportError], closed);

        void Flood(LiveSession other)
        {
            both.SignalAndWait(patience);
            other.Send([new EngineMessage(new byte[300], IsBinary: true)]);
        }
    }

    [Fact]
    public void A_session_whose_queue_is_full_ends_and_one_byte_less_is_queued()
    {
        var server = Server(new EngineOptions { MaxSendQueueBytes = 300 });
        var reasons = new List<string>();
        var session = Open(server, new Handler(() => { }, reasons.Add));
        while (session.TryTake(out _))
        {
        }
        Assert.True(session.Send([new EngineMessage(new byte[300], IsBinary: true)]));
        Assert.Empty(reasons);
        Assert.False(session.Send([new EngineMessage(new byte[1], IsBinary: true)]));
        Assert.Equal([CloseReasons.TransportError], reasons);
    }

    [Fact]
    public void The_end_is_told_once_and_nothing_is_received_behind_it()
    {
        var server = Server(new EngineOptions());
        var reasons = new List<string>();
        var count = 0;
        var session = Open(server, new Handler(() => count++, reasons.Add));
        Assert.True(session.Receive("4a"u8, isBinary: false));
        session.End(CloseReasons.TransportClose);
        session.End(CloseReasons.PingTimeout);
        Assert.False(session.Receive("4b"u8, isBinary: false));
        Assert.Equal([CloseReasons.TransportClose], reasons);
        Assert.Equal(1, count);
    }

    [Fact]
    public void An_end_within_a_call_is_told_behind_it()
    {
        var server = Server(new EngineOptions());
        var told = new List<string>();
        LiveSession session = null!;
        session = Open(server, new Handler(
            () =>
            {
                session.End(CloseReasons.ForcedClose);
                told.Add("call ends");
            },
            told.Add));
        session.Receive("4a"u8, isBinary: false);
        Assert.Equal(["call ends", CloseReasons.ForcedClose], told);
    }

    [Theory]
    [InlineData("abcde")]
    [InlineData("a b")]
    public void A_tag_that_fits_no_id_is_refused(string tag) => Assert.Throws<ArgumentException>(
        () => Server(new EngineOptions { NodeTag = tag }));

    static EngineServer Server(EngineOptions options) =>
        new(options, NullLogger.Instance, TimeProvider.System, NoServices.Instance);

    static LiveSession Open(EngineServer server, IEngineHandler handler)
    {
        var session = new LiveSession(server, EngineId.Next(), new EngineHandshake
        {
            Headers = new HeaderDictionary(),
            Query = new QueryCollection(),
            Url = "/",
            Address = "127.0.0.1",
            IsCrossDomain = false,
            IsSecure = false,
            Time = DateTimeOffset.UnixEpoch,
            User = new(),
            Services = NoServices.Instance,
        });
        session.Start(new Stuck(), _ => handler);
        return session;
    }

    sealed class Handler(Action onMessage, Action<string> onClosed) : IEngineHandler
    {
        public void OnMessage(ReadOnlySpan<byte> payload, bool isBinary) => onMessage();

        public void OnClosed(string reason) => onClosed(reason);
    }

    /// <summary>A transport that takes nothing.</summary>
    sealed class Stuck : Transport
    {
        public override string Name => "websocket";

        public override bool IsWritable => false;

        public override void Pump()
        {
        }

        public override void CloseWhenSent()
        {
        }

        public override void Abort()
        {
        }
    }

    sealed class NoServices : IServiceProvider
    {
        public static readonly NoServices Instance = new();

        public object? GetService(Type serviceType) => null;
    }
}
