using System.IO.Pipelines;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging.Abstractions;
using Sluice.SocketIO.EngineIO;
using Sluice.Unit.SocketIO.Sockets;

namespace Sluice.Unit.SocketIO.EngineIO;

/// <summary>A polling client that moves to a WebSocket, and what may come in between.</summary>
public sealed class UpgradeTests
{
    /// <summary>A close frame without a status.</summary>
    const string Goodbye = "8800";

    static readonly TimeSpan moment = TimeSpan.FromMilliseconds(1);
    readonly FakeTime time = new();
    readonly List<string> reasons = [];
    readonly EngineServer server;
    EngineSession session = null!;

    public UpgradeTests() : this(new EngineOptions())
    {
    }

    UpgradeTests(EngineOptions options) => server = new EngineServer(
        options, NullLogger.Instance, time, EmptyServices.Instance)
    {
        OnSession = begun =>
        {
            session = begun;
            return new Listener(reasons.Add);
        },
    };

    [Theory]
    [InlineData(10_000)]
    [InlineData(250)]
    public async Task Who_says_nothing_on_its_WebSocket_goes_on_polling_when_time_is_up(
        int milliseconds)
    {
        var timeout = TimeSpan.FromMilliseconds(milliseconds);
        var test = milliseconds == 10_000 ? this
            : new UpgradeTests(new EngineOptions { UpgradeTimeout = timeout });
        await test.SaysNothingAsync(timeout);
    }

    [Fact]
    public async Task Who_probes_and_does_not_move_goes_on_polling_when_time_is_up()
    {
        await OpenAsync();
        var client = Upgrade();
        time.Pass(TimeSpan.FromSeconds(9));
        await client.SendAsync("2probe");
        Assert.Equal(Text("3probe"), await client.ReadAsync());
        // Counted from the beginning, not from the probe.
        time.Pass(TimeSpan.FromSeconds(1) - moment);
        Assert.False(client.HasAnything);
        time.Pass(moment);
        Assert.Equal(Goodbye, await client.ReadAsync());
        await GoesOnPollingAsync();
    }

    [Fact]
    public async Task Who_moves_in_the_last_moment_has_moved()
    {
        await OpenAsync();
        var client = Upgrade();
        await client.SendAsync("2probe");
        Assert.Equal(Text("3probe"), await client.ReadAsync());
        time.Pass(TimeSpan.FromSeconds(10) - moment);
        await client.SendAsync("5");
        session.Send([new EngineMessage("4hello"u8.ToArray(), IsBinary: false)]);
        Assert.Equal(Text("4hello"), await client.ReadAsync());
        time.Pass(moment);
        session.Send([new EngineMessage("4again"u8.ToArray(), IsBinary: false)]);
        Assert.Equal(Text("4again"), await client.ReadAsync());
        Assert.Equal("websocket", session.TransportName);
        Assert.Empty(reasons);
        session.Close();
    }

    [Fact]
    public async Task Who_was_late_may_try_again()
    {
        await OpenAsync();
        var late = Upgrade();
        time.Pass(TimeSpan.FromSeconds(10));
        Assert.Equal(Goodbye, await late.ReadAsync());
        var client = Upgrade();
        await client.SendAsync("2probe");
        Assert.Equal(Text("3probe"), await client.ReadAsync());
    }

    [Fact]
    public async Task A_session_that_closes_meanwhile_says_the_rest_over_the_WebSocket()
    {
        await OpenAsync();
        var client = Upgrade();
        await client.SendAsync("2probe");
        Assert.Equal(Text("3probe"), await client.ReadAsync());
        session.Send([new EngineMessage("4last"u8.ToArray(), IsBinary: false)]);
        session.Close();
        await client.SendAsync("5");
        Assert.Equal(Text("4last") + Goodbye, await client.ReadAsync());
        Assert.Equal(["forced close"], reasons);
        Assert.Equal(0, server.SessionsCount);
    }

    [Fact]
    public async Task A_poll_that_comes_behind_the_move_does_not_end_the_session()
    {
        await OpenAsync();
        var polling = (PollingTransport)((LiveSession)session).Transport;
        var client = Upgrade();
        await client.SendAsync("2probe");
        Assert.Equal(Text("3probe"), await client.ReadAsync());
        await client.SendAsync("5");
        Assert.Equal("websocket", session.TransportName);
        // It was found to be this session's a moment before.
        var late = NewContext($"transport=polling&sid={session.Id}");
        await polling.GetAsync(late);
        Assert.Equal(StatusCodes.Status400BadRequest, late.Response.StatusCode);
        Assert.Empty(reasons);
        session.Send([new EngineMessage("4hello"u8.ToArray(), IsBinary: false)]);
        Assert.Equal(Text("4hello"), await client.ReadAsync());
        session.Close();
    }

    async Task SaysNothingAsync(TimeSpan timeout)
    {
        await OpenAsync();
        var client = Upgrade();
        time.Pass(timeout - moment);
        Assert.False(client.HasAnything);
        Assert.False(client.Served.IsCompleted);
        time.Pass(moment);
        Assert.Equal(Goodbye, await client.ReadAsync());
        await GoesOnPollingAsync();
        // It has had its goodbye and does not answer it: the request ends all the same.
        time.Pass(EngineLimits.Goodbye);
        Assert.True(client.IsAborted);
    }

    async Task GoesOnPollingAsync()
    {
        Assert.Equal("polling", session.TransportName);
        session.Send([new EngineMessage("4hello"u8.ToArray(), IsBinary: false)]);
        Assert.Equal("4hello", await GetAsync($"&sid={session.Id}"));
        Assert.Empty(reasons);
    }

    async Task OpenAsync() =>
        Assert.StartsWith("0{", await GetAsync(""), StringComparison.Ordinal);

    async Task<string> GetAsync(string more)
    {
        using var body = new MemoryStream();
        var context = NewContext("transport=polling" + more);
        context.Response.Body = body;
        await server.HandleAsync(context);
        return Encoding.UTF8.GetString(body.ToArray());
    }

    WebSocketClient Upgrade()
    {
        var client = new WebSocketClient();
        var context = NewContext($"transport=websocket&sid={session.Id}");
        context.Request.Headers.Upgrade = "websocket";
        context.Request.Headers.SecWebSocketVersion = "13";
        context.Request.Headers.SecWebSocketKey = "AAAAAAAAAAAAAAAAAAAAAA==";
        context.Features.Set<IHttpUpgradeFeature>(client);
        context.Features.Set<IHttpRequestLifetimeFeature>(client);
        client.Served = server.HandleAsync(context);
        return client;
    }

    static DefaultHttpContext NewContext(string query)
    {
        var context = new DefaultHttpContext();
        context.Request.Method = "GET";
        context.Request.Path = "/engine.io/";
        context.Request.QueryString = new QueryString("?EIO=4&" + query);
        return context;
    }

    static string Text(string text) =>
        $"81{text.Length:X2}{Convert.ToHexString(Encoding.UTF8.GetBytes(text))}";

    sealed class Listener(Action<string> onClosed) : IEngineHandler
    {
        public void OnMessage(ReadOnlySpan<byte> payload, bool isBinary)
        {
        }

        public void OnClosed(string reason) => onClosed(reason);
    }

    /// <summary>The connection, and the client at its other end.</summary>
    sealed class WebSocketClient : IHttpUpgradeFeature, IHttpRequestLifetimeFeature
    {
        readonly Pipe toServer = NewPipe();
        readonly Pipe toClient = NewPipe();

        public Task Served { get; set; } = Task.CompletedTask;

        public bool IsAborted { get; private set; }

        public bool IsUpgradableRequest => true;

        public CancellationToken RequestAborted { get; set; }

        public bool HasAnything
        {
            get
            {
                var has = toClient.Reader.TryRead(out var read);
                if (has)
                    toClient.Reader.AdvanceTo(read.Buffer.Start);
                return has;
            }
        }

        public Task<Stream> UpgradeAsync() => Task.FromResult<Stream>(
            new Duplex(toServer.Reader.AsStream(), toClient.Writer.AsStream()));

        public void Abort()
        {
            IsAborted = true;
            toServer.Writer.Complete();
        }

        /// <summary>A text, in a frame whose mask is zero.</summary>
        public async Task SendAsync(string text) => await toServer.Writer.WriteAsync(
            (byte[])[0x81, (byte)(0x80 | text.Length), 0, 0, 0, 0, .. Encoding.UTF8.GetBytes(text)],
            TestContext.Current.CancellationToken);

        /// <summary>What has come, in hexadecimal digits.</summary>
        public async Task<string> ReadAsync()
        {
            // Nothing that a test waits for takes time; the bound is for what is missing.
            var read = await toClient.Reader.ReadAsync(TestContext.Current.CancellationToken)
                .AsTask().WaitAsync(
                    TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
            var text = Convert.ToHexString(System.Buffers.BuffersExtensions.ToArray(read.Buffer));
            toClient.Reader.AdvanceTo(read.Buffer.End);
            return text;
        }

        static Pipe NewPipe() => new(new PipeOptions(
            readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.Inline,
            useSynchronizationContext: false));
    }

    sealed class Duplex(Stream input, Stream output) : Stream
    {
        public override bool CanRead => true;

        public override bool CanWrite => true;

        public override bool CanSeek => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override ValueTask<int> ReadAsync(
            Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            input.ReadAsync(buffer, cancellationToken);

        public override ValueTask WriteAsync(
            ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            output.WriteAsync(buffer, cancellationToken);

        public override void Flush() => output.Flush();

        public override int Read(byte[] buffer, int offset, int count) =>
            throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) =>
            throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) =>
            throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
