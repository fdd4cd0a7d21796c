using System.Net;
using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Sluice.SocketIO;
using Sluice.SocketIO.MessagePack;
using Sluice.SocketIO.Testing;
using Sluice.Unit.SocketIO.Sockets;

namespace Sluice.Unit.SocketIO.Testing;

/// <summary>The client for tests of applications, over TestServer: no socket is opened.</summary>
public sealed class SocketIOTestClientTests
{
    [Fact]
    public async Task Events_acknowledgements_and_attachments_go_both_ways()
    {
        await using var app = await StartAsync(Serve);
        await using var ada = await ConnectAsync(app);
        await using var bob = await ConnectAsync(app);

        Assert.Equal(3, await ada.EmitWithAckAsync<int>("sum", 1, 2));
        ada.Emit("say", "hello", new byte[] { 1, 2, 3 });
        var said = await bob.ReceiveAsync("said", Cancel);
        Assert.Equal(ada.Id, said.Arguments.Get<string>(0));
        Assert.Equal("hello", said.Arguments.Get<string>(1));
        Assert.Equal([1, 2, 3], said.Arguments.Get<byte[]>(2)!);

        var asking = bob.EmitWithAckAsync<string>("ask", "ready");
        var question = await bob.ReceiveAsync("asked", Cancel);
        Assert.True(question.HasAck);
        question.Ack(question.Arguments.Get<string>(0) + "!");
        Assert.Equal("ready!", await asking);
    }

    [Fact]
    public async Task What_was_sent_before_an_answer_has_come_before_it()
    {
        await using var app = await StartAsync(io => io.OnConnection(socket =>
            socket.On("count", (int count) =>
            {
                for (int i = 0; i < count; i++)
                    socket.Emit("number", i);
                return count;
            })));
        await using var client = await ConnectAsync(app);
        Assert.Equal(100, await client.EmitWithAckAsync<int>("count", 100));
        Assert.Equal(
            Enumerable.Range(0, 100), client.Received.Select(one => one.Arguments.Get<int>(0)));
        // Those of another name stay.
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => client.ReceiveAsync("letter", new CancellationToken(canceled: true)));
        Assert.Equal(0, await client.ReceiveAsync<int>("number", Cancel));
        Assert.Equal(99, client.Received.Count);
    }

    [Fact]
    public async Task A_refusal_is_thrown_with_its_message_and_details()
    {
        await using var app = await StartAsync(io => io.Use((socket, next) =>
            socket.Handshake.GetAuthString("token") == "right" ? next()
                : throw new ConnectError("no entry", new { Code = 7 })));
        var refused = await Assert.ThrowsAsync<ConnectError>(
            () => ConnectAsync(app, options => options.Auth = new { Token = "wrong" }));
        Assert.Equal("no entry", refused.Message);
        Assert.Equal("{\"code\":7}", refused.Details!.ToString());
        await using var client = await ConnectAsync(
            app, options => options.Auth = new { Token = "right" });
        Assert.False(client.Disconnected.IsCompleted);
    }

    [Fact]
    public async Task A_request_that_the_pipeline_refuses_is_thrown_with_its_status()
    {
        await using var app = await StartAsync(Serve, app => app.Use((context, next) =>
        {
            if (context.Request.Query["key"] == "right")
                return next(context);
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return Task.CompletedTask;
        }));
        var refused = await Assert.ThrowsAsync<HttpRequestException>(() => ConnectAsync(app));
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        await using var client = await ConnectAsync(
            app, options => options.Query["key"] = "right");
    }

    [Fact]
    public async Task The_user_of_the_pipeline_is_the_user_of_the_socket()
    {
        await using var app = await StartAsync(
            io => io.OnConnection(socket => socket.On("who", () => socket.User.Identity!.Name!)),
            app => app.Use((context, next) =>
            {
                context.User = new ClaimsPrincipal(new ClaimsIdentity(
                    [new Claim(ClaimTypes.Name, context.Request.Headers["X-User"].ToString())],
                    "test"));
                return next(context);
            }));
        var http = app.GetTestClient();
        http.DefaultRequestHeaders.Add("X-User", "ada");
        await using var client = await SocketIOTestClient.ConnectAsync(http, cancel: Cancel);
        Assert.Equal("ada", await client.EmitWithAckAsync<string>("who"));
    }

    [Fact]
    public async Task Namespaces_and_the_msgpack_parser_are_spoken()
    {
        await using var app = await StartAsync(
            io => Serve(io.Of("/chat")), null,
            options => options.Parser = MessagePackPacketParser.Instance);
        await using var client = await ConnectAsync(app, options =>
        {
            options.Namespace = "chat";
            options.Parser = MessagePackPacketParser.Instance;
        });
        Assert.Equal("/chat", client.Namespace);
        Assert.Equal(3, await client.EmitWithAckAsync<int>("sum", 1, 2));
        client.Emit("say", "hello", new byte[] { 9 });
        Assert.Equal([9], (await client.ReceiveAsync("said", Cancel)).Arguments.Get<byte[]>(2)!);
    }

    [Fact]
    public async Task Each_end_says_who_ended_it()
    {
        var reasons = new TaskCompletionSource<string>[]
        {
            new(), new(), new(),
        };
        int count = 0;
        await using var app = await StartAsync(io => io.OnConnection(socket =>
        {
            var reason = reasons[count++];
            socket.OnDisconnect(reason.SetResult);
            socket.On("kick", () => socket.Disconnect());
        }));

        var client = await ConnectAsync(app);
        await client.DisposeAsync();
        Assert.Equal("io client disconnect", await client.Disconnected);
        Assert.Equal("client namespace disconnect", await reasons[0].Task);

        client = await ConnectAsync(app);
        client.Emit("kick");
        Assert.Equal("io server disconnect", await client.Disconnected);
        Assert.Equal("server namespace disconnect", await reasons[1].Task);
        await Assert.ThrowsAsync<SocketDisconnectedException>(
            () => client.EmitWithAckAsync<int>("sum", 1, 2));
        await client.DisposeAsync();

        client = await ConnectAsync(app);
        await client.BreakAsync();
        Assert.Equal("transport error", await client.Disconnected);
        Assert.Equal("transport error", await reasons[2].Task);
        await client.DisposeAsync();
    }

    [Fact]
    public async Task Who_comes_back_in_time_is_recovered_with_what_it_missed()
    {
        var gone = new TaskCompletionSource();
        await using var app = await StartAsync(
            io => io.OnConnection(socket =>
            {
                socket.OnDisconnect(_ => gone.TrySetResult());
                if (!socket.Recovered)
                    socket.Emit("welcome");
            }),
            null, options => options.ConnectionStateRecovery = new());
        var io = app.Services.GetRequiredService<ISocketIOServer>();
        await using var client = await ConnectAsync(app);
        var id = client.Id;
        await client.ReceiveAsync("welcome", Cancel);
        await client.BreakAsync();
        await gone.Task;
        io.Emit("missed", 1);

        await client.ReconnectAsync(Cancel);
        Assert.True(client.Recovered);
        Assert.Equal(id, client.Id);
        Assert.Equal(1, await client.ReceiveAsync<int>("missed", Cancel));
        Assert.Empty(client.Received);
    }

    [Fact]
    public async Task What_does_not_come_is_told_with_what_waits()
    {
        await using var app = await StartAsync(io => io.OnConnection(socket =>
        {
            socket.On("nothing", _ => { });
            socket.On("other", () =>
            {
                socket.Emit("other", 5);
                return true;
            });
        }));
        var options = new SocketIOTestClientOptions();
        await using var client =
            await SocketIOTestClient.ConnectAsync(app.GetTestClient(), options, Cancel);
        Assert.True(await client.EmitWithAckAsync<bool>("other"));
        options.Patience = TimeSpan.Zero;
        var late = await Assert.ThrowsAsync<TimeoutException>(
            () => client.ReceiveAsync("said", Cancel));
        Assert.Equal(
            "No \"said\" came within 00:00:00. The socket is connected. What waits: other(5).",
            late.Message);
        late = await Assert.ThrowsAsync<TimeoutException>(
            () => client.EmitWithAckAsync<int>("nothing"));
        Assert.StartsWith("No answer to \"nothing\" came", late.Message);
        options.Patience = TimeSpan.FromSeconds(10);
    }

    [Fact]
    public async Task Heartbeats_are_answered_and_follow_the_clock_of_the_services()
    {
        var time = new FakeTime();
        await using var app = await StartAsync(Serve, time: time);
        await using var client = await ConnectAsync(app);
        var engine = app.Services.GetRequiredService<ISocketIOServer>().Engine;
        for (int i = 0; i < 5; i++)
        {
            time.Pass(TimeSpan.FromSeconds(25));
            // With the first answer the ping has come, with the second the pong is there.
            Assert.Equal(3, await client.EmitWithAckAsync<int>("sum", 1, 2));
            Assert.Equal(7, await client.EmitWithAckAsync<int>("sum", 3, 4));
        }

        Assert.Equal(1, engine.SessionsCount);
    }

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    static void Serve(INamespace io) => io.OnConnection(socket =>
    {
        socket.On("sum", (int a, int b) => a + b);
        socket.On("say", (string text, byte[] image) =>
            io.Emit("said", socket.Id, text, image));
        socket.On("ask", async (string question) =>
            await socket.EmitWithAckAsync<string>("asked", question));
    });

    static Task<SocketIOTestClient> ConnectAsync(
        WebApplication app, Action<SocketIOTestClientOptions>? configure = null)
    {
        var options = new SocketIOTestClientOptions();
        configure?.Invoke(options);
        return SocketIOTestClient.ConnectAsync(app.GetTestClient(), options, Cancel);
    }

    static async Task<WebApplication> StartAsync(
        Action<ISocketIOServer> serve, Action<WebApplication>? build = null,
        Action<SocketIOOptions>? configure = null, TimeProvider? time = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseTestServer();
        builder.Logging.ClearProviders();
        builder.Services.AddSocketIO(configure);
        builder.Services.AddSingleton(time ?? TimeProvider.System);
        var app = builder.Build();
        build?.Invoke(app);
        app.MapSocketIO("/socket.io", serve);
        await app.StartAsync(Cancel);
        return app;
    }
}
