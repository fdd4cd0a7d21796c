using System.Text;
using Sluice.Net;

namespace Sluice.Unit.Net.Contract;

/// <summary>How connections open, carry bytes and end, on every loop.</summary>
public abstract class ConnectionContract(Loop loop) : ContractFixture(loop)
{
    [Fact]
    public void Bytes_go_both_ways_between_a_connect_and_its_accept() => Run(async () =>
    {
        var (client, server) = await PairAsync();
        await client.WriteAsync("ping"u8.ToArray());
        Assert.Equal("ping"u8.ToArray(), await server.ReadExactlyAsync(4));
        await server.WriteAsync("pong!"u8.ToArray());
        Assert.Equal("pong!"u8.ToArray(), await client.ReadExactlyAsync(5));
    });

    [Fact]
    public void OnWritable_tells_that_a_connect_is_finished() => OnWritableTells(Loopback);

    /// <summary>The kernel has these open before connect returns.</summary>
    [Fact]
    public void OnWritable_tells_that_a_connect_to_a_path_is_finished() =>
        OnWritableTells(NewPath());

    void OnWritableTells(Address address) => Run(async () =>
    {
        var acceptor = Listen(address);
        var recorder = new Recorder();
        var connection = Loop.Connect(
            acceptor.Listener.LocalAddress, ConnectOptions.Default, recorder, out int error)!;
        Assert.Equal(0, error);
        Assert.Equal(0, recorder.Writable);
        await UntilAsync(() => recorder.Writable > 0);
        Assert.Equal(ConnectionState.Open, connection.State);
        Assert.True(connection.CanWrite);
        connection.Close();
    });

    [Fact]
    public void A_connect_that_nobody_listens_for_is_refused() => Run(async () =>
    {
        var acceptor = Listen();
        var address = acceptor.Listener.LocalAddress;
        acceptor.Listener.Close();
        var recorder = new Recorder();
        var connection = Loop.Connect(address, ConnectOptions.Default, recorder, out int error);
        if (connection is null)
        {
            Assert.Equal(IoResult.ConnectionRefused, error);
            return;
        }
        await UntilAsync(() => recorder.Readable > 0);
        Assert.Equal(IoResult.ConnectionRefused, connection.Read(Loop.Scratch));
        Assert.Equal(IoResult.ConnectionRefused, connection.Read(Loop.Scratch));
        Assert.Equal(0, recorder.Writable);
        connection.Close();
    });

    [Fact]
    public void Both_ends_know_both_addresses() => Run(async () =>
    {
        var (client, server) = await PairAsync();
        Assert.Equal(client.Connection.LocalAddress, server.Connection.RemoteAddress);
        Assert.Equal(client.Connection.RemoteAddress, server.Connection.LocalAddress);
        Assert.Equal("127.0.0.1"u8.ToArray(), server.Connection.RemoteAddress.IpText.ToArray());
        Assert.NotEqual(client.Connection.Serial, server.Connection.Serial);
    });

    [Fact]
    public void A_connect_comes_from_the_address_it_binds_to() => Run(async () =>
    {
        var acceptor = Listen();
        await ConnectAsync(
            acceptor.Listener.LocalAddress, new() { Bind = Address.Parse("127.0.0.1:0") });
        var server = await acceptor.NextAsync();
        Assert.Equal("127.0.0.1"u8.ToArray(), server.Connection.RemoteAddress.IpText.ToArray());
        Assert.NotEqual(0, server.Connection.RemoteAddress.Port);
    });

    [Fact]
    public void An_address_in_use_is_an_error_and_a_free_one_is_not() => Run(() =>
    {
        var first = Listen();
        var second = Loop.Listen(
            first.Listener.LocalAddress, new ListenOptions(), first, out int error);
        Assert.Null(second);
        Assert.Equal(IoResult.AddressInUse, error);
        Listen();
        return LoopTask.Done;
    });

    [Fact]
    public void A_socket_that_is_only_bound_meets_who_listens_and_accepts_nobody() => Run(
        async () =>
        {
            var options = new ListenOptions { BindOnly = true };
            var acceptor = Listen();
            Assert.Null(
                Loop.Listen(acceptor.Listener.LocalAddress, options, acceptor, out int error));
            Assert.Equal(IoResult.AddressInUse, error);

            var bound = Loop.Listen(Address.Parse("127.0.0.1:0"), options, acceptor, out _)!;
            var recorder = new Recorder();
            var connection = Loop.Connect(
                bound.LocalAddress, ConnectOptions.Default, recorder, out error);
            if (connection is not null)
            {
                await UntilAsync(() => recorder.Readable > 0);
                error = connection.Read(Loop.Scratch);
                connection.Close();
            }
            Assert.Equal(IoResult.ConnectionRefused, error);
            bound.Close();
        });

    [Fact]
    public void Binding_alone_asks_for_an_address_and_lets_nobody_in() => Run(async () =>
    {
        var bindOnly = new ListenOptions { BindOnly = true };
        var taken = Listen();
        Assert.Null(Loop.Listen(taken.Listener.LocalAddress, bindOnly, taken, out int error));
        Assert.Equal(IoResult.AddressInUse, error);

        var bound = Loop.Listen(Loopback, bindOnly, taken, out _)!;
        await PassAsync(20);
        var client = Loop.Connect(
            bound.LocalAddress, ConnectOptions.Default, new Recorder(), out error);
        if (client is not null)
        {
            await UntilAsync(() => client.CanRead);
            error = client.Read(Loop.Scratch);
            client.Close();
        }
        Assert.Equal(IoResult.ConnectionRefused, error);
        bound.Close();
        Listen(bound.LocalAddress);
        Assert.Empty(taken.Failures);
    });

    [Fact]
    public void The_first_bytes_arrive_before_the_end_that_came_with_them() => Run(async () =>
    {
        var acceptor = Listen();
        var client = await ConnectAsync(acceptor.Listener.LocalAddress);
        await client.WriteAsync("all there is"u8.ToArray());
        client.Close();
        var server = await acceptor.NextAsync();
        await PassAsync(20);
        Assert.Equal("all there is", Encoding.ASCII.GetString(await server.ReadToEndAsync()));
        Assert.Equal(0, server.Connection.Read(Loop.Scratch));
    });

    [Fact]
    public void Two_pieces_arrive_in_order() => Run(async () =>
    {
        var (client, server) = await PairAsync();
        Assert.Equal(0, client.Connection.Write(default, default));
        await WritePiecesAsync(client, "head"u8.ToArray(), "body"u8.ToArray());
        await WritePiecesAsync(client, "+"u8.ToArray(), []);
        await WritePiecesAsync(client, [], "."u8.ToArray());
        Assert.Equal("headbody+.", Encoding.ASCII.GetString(await server.ReadExactlyAsync(10)));
    });

    static async LoopTask WritePiecesAsync(Peer peer, byte[] first, byte[] second)
    {
        int have = 0;
        while (have < first.Length + second.Length)
        {
            int taken = peer.Connection.Write(
                first.AsSpan(Math.Min(have, first.Length)),
                second.AsSpan(Math.Max(0, have - first.Length)));
            Assert.True(taken >= 0, IoResult.Text(taken));
            have += taken;
            if (!peer.Connection.CanWrite)
                await peer.Wakeup.NextAsync();
        }
    }

    [Fact]
    public void After_a_half_close_the_other_direction_still_flows() => Run(async () =>
    {
        var (client, server) = await PairAsync();
        await client.WriteAsync("question"u8.ToArray());
        client.Connection.ShutdownWrite();
        Assert.Equal("question", Encoding.ASCII.GetString(await server.ReadToEndAsync()));
        Assert.True(server.Connection.IsPeerGone);
        await server.WriteAsync("answer"u8.ToArray());
        server.Close();
        Assert.Equal("answer", Encoding.ASCII.GetString(await client.ReadToEndAsync()));
    });

    [Fact]
    public void A_write_after_the_own_end_is_a_broken_pipe() => Run(async () =>
    {
        var (client, _) = await PairAsync();
        client.Connection.ShutdownWrite();
        Assert.Equal(IoResult.BrokenPipe, client.Connection.Write("x"u8));
    });

    [Fact]
    public void A_reset_is_an_error_and_stays_one() => Run(async () =>
    {
        var (client, server) = await PairAsync();
        client.Connection.Close(reset: true);
        int result = await server.ReadAsync(Loop.Scratch);
        Assert.Equal(IoResult.ConnectionReset, result);
        Assert.Equal(IoResult.ConnectionReset, server.Connection.Read(Loop.Scratch));
        Assert.True(server.Connection.IsPeerGone);
        Assert.True(server.Connection.Write("x"u8) < 0);
    });

    [Fact]
    public void A_close_is_a_clean_end() => Run(async () =>
    {
        var (client, server) = await PairAsync();
        client.Close();
        Assert.Equal(0, await server.ReadAsync(Loop.Scratch));
        Assert.Equal(0, server.Connection.Read(Loop.Scratch));
    });

    [Fact]
    public void A_peer_that_has_gone_is_noticed_without_reading() => Run(async () =>
    {
        var (client, server) = await PairAsync();
        var recorder = new Recorder();
        server.Connection.Handler = recorder;
        await PassAsync(10);
        Assert.False(server.Connection.IsPeerGone);
        client.Close();
        await UntilAsync(() => recorder.Readable > 0 && server.Connection.IsPeerGone);
    });

    [Fact]
    public void OnReadable_is_not_called_again_before_everything_was_read() => Run(async () =>
    {
        var (client, server) = await PairAsync();
        var recorder = new Recorder();
        server.Connection.Handler = recorder;
        await client.WriteAsync("one"u8.ToArray());
        await UntilAsync(() => server.Connection.CanRead);
        await client.WriteAsync("two"u8.ToArray());
        await PassAsync(50);
        Assert.Equal(1, recorder.Readable);
        server.Connection.Handler = server.Wakeup;
        Assert.Equal("onetwo", Encoding.ASCII.GetString(await server.ReadExactlyAsync(6)));
    });

    [Fact]
    public void What_was_taken_before_a_close_is_delivered() =>
        WhatWasTakenIsDelivered(client => client.Close());

    [Fact]
    public void What_was_taken_before_the_own_end_is_delivered() =>
        WhatWasTakenIsDelivered(client => client.ShutdownWrite());

    void WhatWasTakenIsDelivered(Action<Connection> end) => Run(async () =>
    {
        var (client, server) = await PairAsync();
        var bytes = new byte[50_000];
        new Random(1).NextBytes(bytes);
        int taken = 0;
        // Until neither the kernel nor the loop takes more.
        while (client.Connection.CanWrite)
            taken += client.Connection.Write(bytes.AsSpan(taken % bytes.Length));
        end(client.Connection);
        await PassAsync(20);
        var received = await server.ReadToEndAsync();
        Assert.Equal(taken, received.Length);
        for (int at = 0; at < taken; at += bytes.Length)
        {
            int count = Math.Min(bytes.Length, taken - at);
            Assert.True(received.AsSpan(at, count).SequenceEqual(bytes.AsSpan(0, count)));
        }
    });

    [Fact]
    public void A_closed_connection_answers_errors_and_calls_nobody() => Run(async () =>
    {
        var (client, server) = await PairAsync();
        var recorder = new Recorder();
        server.Connection.Handler = recorder;
        server.Connection.Yield();
        await client.WriteAsync("x"u8.ToArray());
        server.Connection.Close();
        server.Connection.Close(reset: true);
        server.Connection.Yield();
        server.Connection.ShutdownWrite();
        server.Connection.SetNoDelay(true);
        server.Connection.SetKeepAlive(true, 10, 10, 3);
        Assert.Equal(ConnectionState.Closed, server.Connection.State);
        Assert.Equal(-9, server.Connection.Read(Loop.Scratch));
        Assert.Equal(-9, server.Connection.Write("x"u8));
        Assert.Equal(-9, server.Connection.Write("x"u8, "y"u8));
        await PassAsync(50);
        Assert.Equal(0, recorder.Readable + recorder.Writable);
    });

    [Fact]
    public void A_read_that_took_the_last_byte_says_so() => Run(async () =>
    {
        var (client, server) = await PairAsync();
        await client.WriteAsync("x"u8.ToArray());
        Assert.Equal(1, await server.ReadAsync(new byte[100]));
        Assert.False(server.Connection.CanRead);
        Assert.Equal(IoResult.Again, server.Connection.Read(new byte[100]));
        await client.WriteAsync("y"u8.ToArray());
        Assert.Equal(1, await server.ReadAsync(new byte[100]));
    });

    [Fact]
    public void Options_can_be_set_on_an_open_connection() => Run(async () =>
    {
        var (client, server) = await PairAsync();
        client.Connection.SetNoDelay(false);
        client.Connection.SetNoDelay(true);
        client.Connection.SetKeepAlive(true, idleSeconds: 60, intervalSeconds: 10, count: 4);
        client.Connection.SetKeepAlive(false);
        await client.WriteAsync("still open"u8.ToArray());
        Assert.Equal(10, (await server.ReadExactlyAsync(10)).Length);
    });

    [Fact]
    public void A_closed_listener_keeps_its_connections_and_takes_no_more() => Run(async () =>
    {
        var acceptor = Listen();
        var address = acceptor.Listener.LocalAddress;
        var client = await ConnectAsync(address);
        var server = await acceptor.NextAsync();
        acceptor.Listener.Close();
        acceptor.Listener.Close();
        Assert.Equal(address, acceptor.Listener.LocalAddress);
        await client.WriteAsync("here"u8.ToArray());
        Assert.Equal("here"u8.ToArray(), await server.ReadExactlyAsync(4));

        var late = Loop.Connect(address, ConnectOptions.Default, new Recorder(), out int error);
        if (late is not null)
        {
            await UntilAsync(() => late.CanRead);
            error = late.Read(Loop.Scratch);
            late.Close();
        }
        Assert.Equal(IoResult.ConnectionRefused, error);
    });

    [Fact]
    public void A_hundred_connects_at_once_are_all_accepted() => Run(async () =>
    {
        var acceptor = Listen();
        var clients = new List<Connection>();
        for (int i = 0; i < 100; i++)
        {
            clients.Add(Loop.Connect(
                acceptor.Listener.LocalAddress, ConnectOptions.Default, new Recorder(), out _)!);
        }
        await UntilAsync(() => acceptor.AcceptedCount == 100);
        foreach (var client in clients)
            client.Close();
    });
}
