using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Sluice.SocketIO.EngineIO;
using Sluice.Unit.SocketIO.Sockets;

namespace Sluice.Unit.SocketIO.EngineIO;

/// <summary>A session that ends while the application is asked who handles it.</summary>
public sealed class BeginningTests
{
    readonly FakeTime time = new();
    readonly List<string> reasons = [];
    readonly EngineServer server;
    Action<EngineSession> onSession = _ => { };
    bool isFailing;

    public BeginningTests() => server = new EngineServer(
        new EngineOptions(), NullLogger.Instance, time, EmptyServices.Instance)
    {
        OnSession = session =>
        {
            onSession(session);
            return new Listener(OnClosed);
        },
    };

    [Fact]
    public async Task A_server_that_closes_meanwhile_closes_it_too()
    {
        onSession = _ => server.CloseAsync();
        await GetAsync();
        Assert.Equal([CloseReasons.ServerShuttingDown], reasons);
        Assert.Equal(0, server.SessionsCount);
    }

    [Fact]
    public void One_over_a_WebSocket_says_goodbye_when_the_server_closes_meanwhile()
    {
        var transport = new Wire();
        var session = new LiveSession(
            server, EngineId.Next(), FakeTransport.NewHandshake());
        session.Start(transport, _ =>
        {
            server.CloseAsync();
            return new Listener(OnClosed);
        });
        Assert.True(transport.HasSaidGoodbye);
        session.End(CloseReasons.TransportClose);
        Assert.Equal([CloseReasons.ServerShuttingDown], reasons);
        Assert.Equal(0, server.SessionsCount);
    }

    [Fact]
    public void One_that_has_ended_by_then_is_not_kept_and_its_handler_is_told()
    {
        var session = new LiveSession(
            server, EngineId.Next(), FakeTransport.NewHandshake());
        session.Start(new Wire(), begun =>
        {
            ((LiveSession)begun).End(CloseReasons.TransportClose);
            Assert.Empty(reasons);
            return new Listener(OnClosed);
        });
        Assert.Equal([CloseReasons.TransportClose], reasons);
        Assert.Equal(0, server.SessionsCount);
    }

    [Fact]
    public async Task One_that_the_application_closes_has_the_time_of_a_goodbye()
    {
        onSession = session => session.Close();
        Assert.Equal(StatusCodes.Status200OK, (await GetAsync()).StatusCode);
        Assert.Empty(reasons);
        Assert.Equal(1, server.SessionsCount);
        time.Pass(EngineLimits.Close - TimeSpan.FromSeconds(1));
        Assert.Empty(reasons);
        time.Pass(TimeSpan.FromSeconds(1));
        Assert.Equal([CloseReasons.ForcedClose], reasons);
        Assert.Equal(0, server.SessionsCount);
    }

    [Fact]
    public async Task A_handler_that_fails_at_the_end_keeps_no_other_session_open()
    {
        await GetAsync();
        onSession = _ => throw new InvalidOperationException("not today");
        await Assert.ThrowsAsync<InvalidOperationException>(() => GetAsync());
        onSession = _ => { };
        await GetAsync();
        Assert.Equal(2, server.SessionsCount);
        reasons.Clear();
        isFailing = true;
        await server.CloseAsync();
        Assert.Equal(0, server.SessionsCount);
        Assert.Equal([CloseReasons.ServerShuttingDown, CloseReasons.ServerShuttingDown], reasons);
    }

    void OnClosed(string reason)
    {
        reasons.Add(reason);
        if (isFailing)
            throw new InvalidOperationException("at the end");
    }

    async Task<HttpResponse> GetAsync()
    {
        var context = new DefaultHttpContext();
        context.Request.Method = "GET";
        context.Request.Path = "/engine.io/";
        context.Request.QueryString = new QueryString("?EIO=4&transport=polling");
        await server.HandleAsync(context);
        return context.Response;
    }

    sealed class Wire : Transport
    {
        public override string Name => "websocket";

        public override bool IsWritable => true;

        public bool HasSaidGoodbye { get; private set; }

        public override void Pump()
        {
        }

        public override void CloseWhenSent() => HasSaidGoodbye = true;

        public override void Abort()
        {
        }
    }

    sealed class Listener(Action<string> onClosed) : IEngineHandler
    {
        public void OnMessage(ReadOnlySpan<byte> payload, bool isBinary)
        {
        }

        public void OnClosed(string reason) => onClosed(reason);
    }
}
