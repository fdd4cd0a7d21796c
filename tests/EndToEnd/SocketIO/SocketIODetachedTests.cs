using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Sluice.EndToEnd.Servers;
using Sluice.SocketIO.EngineIO;

namespace Sluice.EndToEnd.SocketIO;

/// <summary>
/// UseDetachableSockets: the sockets of WebSockets leave Kestrel, nothing is lost on the way, and
/// everything else is served as with Kestrel's own sockets. All the other tests of Socket.IO run
/// on it too, in a run of their own.
/// </summary>
public sealed class SocketIODetachedTests
{
    const byte text = FrameClient.TextOpcode;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task What_comes_right_behind_the_handshake_is_not_lost(int seed)
    {
        await using var host = await EngineHost.StartAsync(isDetachable: true);
        var random = new Random(seed);
        var clients = Enumerable.Range(0, 50).Select(_ => random.Next()).ToArray();
        await Parallel.ForEachAsync(
            clients, TestContext.Current.CancellationToken,
            async (clientSeed, _) => await TalkAsync(host.Address.Port, new Random(clientSeed)));
    }

    /// <summary>A handshake and messages, cut anywhere; every message comes back.</summary>
    static async Task TalkAsync(int port, Random random)
    {
        using var client = await FrameClient.ConnectAsync(port);
        var messages = Enumerable.Range(0, random.Next(1, 30))
            .Select(number => $"4{number} {new string('x', random.Next(200))}").ToArray();
        byte[] all = [.. FrameClient.Handshake,
            .. messages.SelectMany(message => FrameClient.Write(text, Utf8(message)))];
        for (var sent = 0; sent < all.Length;)
        {
            var length = Math.Min(all.Length - sent, random.Next(1, 600));
            await client.WriteAsync(all.AsMemory(sent, length));
            sent += length;
            if (random.Next(3) == 0)
                await Task.Yield();
        }

        await client.ReadHeadAsync();
        Assert.StartsWith("0{", (await client.ReadAsync()).Text);
        foreach (var message in messages)
            Assert.Equal(message, (await client.ReadAsync()).Text);
    }

    [Fact]
    public async Task More_than_Kestrel_reads_ahead_may_come_behind_the_handshake()
    {
        await using var host = await EngineHost.StartAsync(
            options => options.MaxSendQueueBytes = 1 << 28, isDetachable: true);
        using var client = await FrameClient.ConnectAsync(host.Address.Port);
        var messages = Enumerable.Range(0, 6000).Select(number => $"4{number,900}").ToArray();
        var writing = client.WriteAsync((byte[])[.. FrameClient.Handshake,
            .. messages.SelectMany(message => FrameClient.Write(text, Utf8(message)))]);
        await client.ReadHeadAsync();
        Assert.StartsWith("0{", (await client.ReadAsync()).Text);
        foreach (var message in messages)
            Assert.Equal(message, (await client.ReadAsync()).Text);
        await writing;
    }

    [Fact]
    public async Task Request_and_connection_end_when_the_handshake_has_and_the_session_goes_on()
    {
        var request = new TaskCompletionSource();
        var connection = new TaskCompletionSource();
        await using var host = await KestrelHost.StartAsync(
            services => { },
            app =>
            {
                app.Use(async (context, next) =>
                {
                    await next(context);
                    request.SetResult();
                });
                app.MapEngineIO("/engine.io", Echoing(app.Services));
            },
            endpoint => endpoint.Use(next => async context =>
            {
                await next(context);
                connection.SetResult();
            }),
            isDetachable: true);
        using var client = await FrameClient.OpenAsync(host.Address.Port);
        Assert.StartsWith("0{", (await client.ReadAsync()).Text);
        await request.Task.WaitAsync(Patience.Event, TestContext.Current.CancellationToken);
        await connection.Task.WaitAsync(Patience.Event, TestContext.Current.CancellationToken);
        await client.SendAsync(text, "4still here"u8);
        Assert.Equal("4still here", (await client.ReadAsync()).Text);
    }

    [Fact]
    public async Task A_server_that_has_no_time_to_stop_closes_what_has_left_it()
    {
        await using var host = await EngineHost.StartAsync(isDetachable: true);
        using var client = await FrameClient.OpenAsync(host.Address.Port);
        Assert.StartsWith("0{", (await client.ReadAsync()).Text);
        await host.StopServerAsync();
        Assert.True(await client.IsAtEndAsync());
        await Patience.ForAsync(() => !host.Reasons.IsEmpty, () => "the end of the session");
        Assert.StartsWith("transport", Assert.Single(host.Reasons));
    }

    [Fact]
    public async Task An_application_that_stops_waits_until_its_sessions_have_said_goodbye()
    {
        var host = await EngineHost.StartAsync(isDetachable: true);
        using var client = await FrameClient.OpenAsync(host.Address.Port);
        Assert.StartsWith("0{", (await client.ReadAsync()).Text);
        var stopping = host.DisposeAsync().AsTask();
        Assert.Equal(FrameClient.CloseOpcode, (await client.ReadAsync()).Opcode);
        Assert.False(stopping.IsCompleted);
        await client.SendAsync(FrameClient.CloseOpcode, []);
        Assert.True(await client.IsAtEndAsync());
        await stopping.WaitAsync(Patience.Event, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Nothing_stays_open_of_clients_that_go_at_any_moment()
    {
        await using var host = await EngineHost.StartAsync(isDetachable: true);
        var random = new Random(6);
        for (var left = 300; left > 0; left--)
        {
            using var client = await FrameClient.ConnectAsync(host.Address.Port);
            await client.WriteAsync(FrameClient.Handshake);
            if (random.Next(2) == 0)
                await client.WriteAsync(FrameClient.Write(text, "4hello"u8));
            for (var wait = random.Next(20); wait > 0; wait--)
                await Task.Yield();
            if (random.Next(2) == 0)
                client.Reset();
        }

        Assert.True(await host.StopServerAsync(hasTime: true));
        Assert.Equal(0, host.Engine.SessionsCount);
    }

    [Fact]
    public async Task A_server_that_stops_waits_for_the_end_of_a_session_whose_socket_is_gone()
    {
        var session = new TaskCompletionSource<EngineSession>();
        var mayGoOn = new TaskCompletionSource();
        EngineServer engine = null!;
        await using var host = await KestrelHost.StartAsync(
            services => { },
            app => app.MapEngineIO("/engine.io", engine = new EngineServer(
                new EngineOptions(), NullLogger.Instance, TimeProvider.System, app.Services)
            {
                OnSession = opened => new Slow(() => session.SetResult(opened), mayGoOn.Task),
            }),
            isDetachable: true);
        using var client = await FrameClient.OpenAsync(host.Address.Port);
        await client.SendAsync(text, "4hello"u8);
        var asked = await session.Task.WaitAsync(
            Patience.Event, TestContext.Current.CancellationToken);
        client.Reset();
        // The write that fails shuts the socket, while the handler still has the session.
        await Patience.ForAsync(
            () =>
            {
                asked.Send([new EngineMessage("4anybody"u8.ToArray(), IsBinary: false)]);
                return !asked.IsWritable;
            },
            () => "a write that fails");

        async Task<int> StopAsync()
        {
            Assert.True(await host.StopServerAsync(hasTime: true));
            return engine.SessionsCount;
        }

        var stopping = StopAsync();
        await Task.WhenAny(
            stopping, Task.Delay(200, TestContext.Current.CancellationToken));
        mayGoOn.SetResult();
        Assert.Equal(0, await stopping);
    }

    [Fact]
    public async Task Nothing_stays_open_of_a_client_that_goes_before_it_is_answered()
    {
        var asked = new TaskCompletionSource();
        await using var host = await EngineHost.StartAsync(
            options => options.AllowRequest = async context =>
            {
                var gone = new TaskCompletionSource();
                context.RequestAborted.Register(gone.SetResult);
                asked.SetResult();
                await gone.Task;
                return null;
            },
            isDetachable: true);
        using var client = await FrameClient.ConnectAsync(host.Address.Port);
        await client.WriteAsync(FrameClient.Handshake);
        await asked.Task.WaitAsync(Patience.Event, TestContext.Current.CancellationToken);
        client.Reset();
        Assert.True(await host.StopServerAsync(hasTime: true));
        Assert.Equal(0, host.Engine.SessionsCount);
    }

    [Fact]
    public async Task A_server_without_time_leaves_nothing_of_a_session_that_is_being_accepted()
    {
        var asked = new TaskCompletionSource();
        var mayGoOn = new TaskCompletionSource();
        var served = new TaskCompletionSource();
        EngineServer engine = null!;
        await using var host = await KestrelHost.StartAsync(
            services => { },
            app =>
            {
                app.Use(async (context, next) =>
                {
                    try
                    {
                        await next(context);
                    }
                    finally
                    {
                        served.SetResult();
                    }
                });
                engine = Echoing(app.Services, new EngineOptions
                {
                    AllowRequest = async _ =>
                    {
                        asked.SetResult();
                        await mayGoOn.Task;
                        return null;
                    },
                });
                app.MapEngineIO("/engine.io", engine);
            },
            isDetachable: true);
        using var client = await FrameClient.ConnectAsync(host.Address.Port);
        await client.WriteAsync(FrameClient.Handshake);
        await asked.Task.WaitAsync(Patience.Event, TestContext.Current.CancellationToken);
        await host.StopServerAsync();
        mayGoOn.SetResult();
        await served.Task.WaitAsync(Patience.Event, TestContext.Current.CancellationToken);
        Assert.True(await client.IsAtEndAsync());
        await Patience.ForAsync(() => engine.SessionsCount == 0, () => "no session");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_session_that_the_application_does_not_take_is_closed(bool isDetachable)
    {
        EngineServer engine = null!;
        await using var host = await KestrelHost.StartAsync(
            services => { },
            app =>
            {
                engine = Echoing(app.Services);
                engine.OnSession = _ => throw new InvalidOperationException("not today");
                app.MapEngineIO("/engine.io", engine);
            },
            isDetachable: isDetachable);
        using var client = await FrameClient.ConnectAsync(host.Address.Port);
        await client.WriteAsync(FrameClient.Handshake);
        Assert.StartsWith("HTTP/1.1 101", await client.ReadHeadAsync());
        Assert.True(await client.IsAtEndAsync());
        Assert.Equal(0, engine.SessionsCount);

        using var http = new HttpClient();
        using var answer = await http.GetAsync(
            new Uri(host.Address, "/engine.io/?EIO=4&transport=polling"),
            TestContext.Current.CancellationToken);
        Assert.Equal(500, (int)answer.StatusCode);
        Assert.Equal(0, engine.SessionsCount);
    }

    [Fact]
    public async Task Requests_of_any_size_are_answered_over_connections_that_are_kept()
    {
        await using var host = await StartPlainAsync();
        using var http = new HttpClient { BaseAddress = host.Address };
        var random = new Random(3);
        foreach (var length in (int[])[0, 1, 4095, 4096, 4097, 70_000, 3_000_000, 5])
        {
            var sent = new byte[length];
            random.NextBytes(sent);
            using var content = new ByteArrayContent(sent);
            using var answer = await http.PostAsync(
                "/echo", content, TestContext.Current.CancellationToken);
            Assert.Equal(
                sent, await answer.Content.ReadAsByteArrayAsync(
                    TestContext.Current.CancellationToken));
        }
    }

    [Fact]
    public async Task A_client_that_reads_slowly_gets_a_large_answer_whole()
    {
        await using var host = await StartPlainAsync();
        using var client = await FrameClient.ConnectAsync(host.Address.Port);
        await client.WriteAsync(
            Utf8("GET /large HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"));
        Assert.StartsWith("HTTP/1.1 200", await client.ReadHeadAsync());
        var large = await client.ReadToEndAsync();
        Assert.True(large.AsSpan().SequenceEqual(Large));
    }

    [Fact]
    public async Task A_client_that_goes_aborts_its_request()
    {
        var asked = new TaskCompletionSource();
        var aborted = new TaskCompletionSource();
        await using var host = await KestrelHost.StartAsync(
            services => { },
            app => app.Map("/wait", async context =>
            {
                context.RequestAborted.Register(aborted.SetResult);
                asked.SetResult();
                await aborted.Task;
            }),
            isDetachable: true);
        using (var client = await FrameClient.ConnectAsync(host.Address.Port))
        {
            await client.WriteAsync(Utf8("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n"));
            await asked.Task.WaitAsync(Patience.Event, TestContext.Current.CancellationToken);
        }

        await aborted.Task.WaitAsync(Patience.Event, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_session_over_a_unix_socket_leaves_Kestrel_too()
    {
        var path = Path.Combine(Directory.CreateTempSubdirectory().FullName, "socket");
        var request = new TaskCompletionSource();
        await using var host = await KestrelHost.StartAsync(
            services => services.Configure<KestrelServerOptions>(
                kestrel => kestrel.ListenUnixSocket(path)),
            app =>
            {
                app.Use(async (context, next) =>
                {
                    await next(context);
                    request.SetResult();
                });
                app.MapEngineIO("/engine.io", Echoing(app.Services));
            },
            isDetachable: true);
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(
            new UnixDomainSocketEndPoint(path), TestContext.Current.CancellationToken);
        using var client = new FrameClient(socket);
        await client.WriteAsync(FrameClient.Handshake);
        await client.ReadHeadAsync();
        Assert.StartsWith("0{", (await client.ReadAsync()).Text);
        await request.Task.WaitAsync(Patience.Event, TestContext.Current.CancellationToken);
        await client.SendAsync(text, "4there"u8);
        Assert.Equal("4there", (await client.ReadAsync()).Text);
    }

    [Fact]
    public async Task A_port_that_is_taken_is_told_as_by_Kestrels_own_sockets()
    {
        await using var host = await StartPlainAsync();
        var own = await Assert.ThrowsAsync<IOException>(
            () => StartPlainAsync(host.Address.Port, isDetachable: false));
        var ours = await Assert.ThrowsAsync<IOException>(
            () => StartPlainAsync(host.Address.Port));
        Assert.Equal(own.Message, ours.Message);
    }

    /// <summary>A handler that takes its time over each message.</summary>
    sealed class Slow(Action onMessage, Task end) : IEngineHandler
    {
        public void OnMessage(ReadOnlySpan<byte> payload, bool isBinary)
        {
            onMessage();
            end.Wait();
        }

        public void OnClosed(string reason)
        {
        }
    }

    static byte[] Large { get; } = MakeLarge();

    static byte[] MakeLarge()
    {
        var large = new byte[20_000_000];
        new Random(4).NextBytes(large);
        return large;
    }

    static byte[] Utf8(string value) => Encoding.UTF8.GetBytes(value);

    static Task<KestrelHost> StartPlainAsync(int port = 0, bool isDetachable = true) =>
        KestrelHost.StartAsync(
            services => { },
            app =>
            {
                app.MapPost("/echo", context => context.Request.Body.CopyToAsync(
                    context.Response.Body, context.RequestAborted));
                app.MapGet("/large", context =>
                {
                    context.Response.ContentLength = Large.Length;
                    return context.Response.Body.WriteAsync(Large).AsTask();
                });
            },
            port: port, isDetachable: isDetachable);

    static EngineServer Echoing(IServiceProvider services, EngineOptions? options = null) =>
        new(options ?? new(), NullLogger.Instance, TimeProvider.System, services)
        {
            OnSession = session => new EngineHost.Echo(session, _ => { }),
        };
}
