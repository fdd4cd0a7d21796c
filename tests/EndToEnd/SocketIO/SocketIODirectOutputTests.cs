using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Sluice.EndToEnd.Servers;
using Sluice.SocketIO.EngineIO;

namespace Sluice.EndToEnd.SocketIO;

/// <summary>
/// When messages go past Kestrel's pipe. A middleware of the connection names another socket than
/// the connection's: what is written to "the socket itself" comes out there.
/// </summary>
public sealed class SocketIODirectOutputTests
{
    const byte text = FrameClient.TextOpcode;
    const byte ping = FrameClient.PingOpcode;
    const byte pong = FrameClient.PongOpcode;

    [Fact]
    public async Task A_client_that_has_answered_the_ping_is_written_to_directly()
    {
        using var aside = Pair.Connect();
        await using var host = await StartAsync(aside.PutAside);
        using var client = await FrameClient.OpenAsync(host.Address.Port);
        Assert.StartsWith("0{", (await client.ReadAsync()).Text);
        await client.SendAsync(text, "4zero"u8);
        var asked = await client.ReadAsync();
        Assert.Equal(ping, asked.Opcode);
        Assert.Equal("4zero", (await client.ReadAsync()).Text);

        await client.SendAsync(pong, asked.Payload);
        await client.SendAsync(text, "4one"u8);
        await client.SendAsync(text, "4two"u8);
        Assert.Equal("4one", (await aside.Far.ReadAsync()).Text);
        Assert.Equal("4two", (await aside.Far.ReadAsync()).Text);
    }

    [Fact]
    public async Task A_client_that_does_not_answer_is_served_by_the_stream()
    {
        using var aside = Pair.Connect();
        await using var host = await StartAsync(aside.PutAside);
        using var client = await FrameClient.OpenAsync(host.Address.Port);
        _ = await AskedAsync(client);
        await client.SendAsync(pong, "something else"u8);
        await client.SendAsync(text, "4one"u8);
        await client.SendAsync(text, "4two"u8);
        Assert.Equal("4one", (await client.ReadAsync()).Text);
        Assert.Equal("4two", (await client.ReadAsync()).Text);
    }

    [Fact]
    public async Task An_answer_after_more_was_written_proves_nothing_and_it_is_asked_again()
    {
        using var aside = Pair.Connect();
        await using var host = await StartAsync(aside.PutAside);
        using var client = await FrameClient.OpenAsync(host.Address.Port);
        var first = await AskedAsync(client);
        await client.SendAsync(text, "4before"u8);
        Assert.Equal("4before", (await client.ReadAsync()).Text);

        await client.SendAsync(pong, first);
        await client.SendAsync(text, "4after"u8);
        var second = await client.ReadAsync();
        Assert.Equal(ping, second.Opcode);
        Assert.NotEqual(first, second.Payload);
        Assert.Equal("4after", (await client.ReadAsync()).Text);

        // The old answer again is none to the new question.
        await client.SendAsync(pong, first);
        await client.SendAsync(pong, second.Payload);
        await client.SendAsync(text, "4direct"u8);
        Assert.Equal("4direct", (await aside.Far.ReadAsync()).Text);
    }

    [Fact]
    public async Task What_wraps_the_connection_is_not_passed_by()
    {
        await using var host = await StartAsync(endpoint => endpoint.Use(next => connection =>
        {
            connection.Transport = new Wrapped(connection.Transport);
            return next(connection);
        }));
        using var client = await FrameClient.OpenAsync(host.Address.Port);
        Assert.StartsWith("0{", (await client.ReadAsync()).Text);
        await client.SendAsync(text, "4one"u8);
        Assert.Equal("4one", (await client.ReadAsync()).Text);
        await client.SendAsync(text, "4two"u8);
        Assert.Equal("4two", (await client.ReadAsync()).Text);
    }

    [Fact]
    public async Task A_client_that_reads_late_gets_everything_in_order()
    {
        await using var host = await StartAsync();
        using var client = await FrameClient.OpenAsync(host.Address.Port);
        await client.SendAsync(pong, await AskedAsync(client));
        await client.SendAsync(text, "4direct"u8);
        Assert.Equal("4direct", (await client.ReadAsync()).Text);

        var session = Assert.Single(host.Sessions);
        var random = new Random(20);
        var sent = Enumerable.Range(0, 2000).Select(_ => random.Next(1, 40_000)).ToArray();
        foreach (var length in sent)
        {
            var message = new byte[length];
            Array.Fill(message, (byte)length);
            Assert.True(session.Send([new EngineMessage(message, IsBinary: true)]));
        }

        // About 40 MB: more than a socket holds.
        Assert.False(session.IsWritable);
        foreach (var length in sent)
        {
            var frame = await client.ReadAsync();
            Assert.Equal(length, frame.Payload.Length);
            Assert.Equal(-1, frame.Payload.AsSpan().IndexOfAnyExcept((byte)length));
        }

        await Patience.ForAsync(() => session.IsWritable, () => "a session with nothing to send");
    }

    [Fact]
    public async Task A_client_that_goes_while_much_is_on_its_way_ends_its_session()
    {
        await using var host = await StartAsync();
        using (var client = await FrameClient.OpenAsync(host.Address.Port))
        {
            await client.SendAsync(pong, await AskedAsync(client));
            await client.SendAsync(text, "4direct"u8);
            Assert.Equal("4direct", (await client.ReadAsync()).Text);
            var session = Assert.Single(host.Sessions);
            while (session.IsWritable)
                session.Send([new EngineMessage(new byte[1 << 20], IsBinary: true)]);
        }

        await Patience.ForAsync(() => !host.Reasons.IsEmpty, () => "the end of the session");
        Assert.StartsWith("transport", Assert.Single(host.Reasons));
    }

    /// <summary>On Kestrel's own sockets.</summary>
    static Task<EngineHost> StartAsync(Action<ListenOptions>? listen = null) =>
        EngineHost.StartAsync(
            options => options.MaxSendQueueBytes = 1 << 28, listen: listen, isDetachable: false);

    /// <summary>The open packet, and an echo with a ping; the ping's payload.</summary>
    static async Task<byte[]> AskedAsync(FrameClient client)
    {
        Assert.StartsWith("0{", (await client.ReadAsync()).Text);
        await client.SendAsync(text, "4ready"u8);
        var asked = await client.ReadAsync();
        Assert.Equal(ping, asked.Opcode);
        Assert.Equal("4ready", (await client.ReadAsync()).Text);
        return asked.Payload;
    }

    /// <summary>Two sockets: one for the server to take for its own, and what comes out.</summary>
    sealed class Pair(Socket near, FrameClient far) : IDisposable
    {
        public FrameClient Far => far;

        public static Pair Connect()
        {
            using var listener = new Socket(
                AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            listener.Listen();
            var near = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            near.Connect(listener.LocalEndPoint!);
            return new Pair(near, new FrameClient(listener.Accept()));
        }

        public void PutAside(ListenOptions endpoint) => endpoint.Use(next => connection =>
        {
            connection.Features.Set<IConnectionSocketFeature>(new Feature(near));
            return next(connection);
        });

        public void Dispose()
        {
            near.Dispose();
            far.Dispose();
        }

        sealed record Feature(Socket Socket) : IConnectionSocketFeature;
    }

    /// <summary>Something between the server and the connection.</summary>
    sealed class Wrapped(IDuplexPipe inner) : IDuplexPipe
    {
        public PipeReader Input => inner.Input;

        public PipeWriter Output => inner.Output;
    }
}
