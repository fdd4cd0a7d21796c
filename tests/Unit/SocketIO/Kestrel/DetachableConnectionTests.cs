using System.Buffers;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Connections;

namespace Sluice.Unit.SocketIO.Kestrel;

/// <summary>
/// A socket that is taken away from its connection, and what may happen at the same time. On real
/// sockets, as the contract of the loops: there is nothing else to it.
/// </summary>
public sealed class DetachableConnectionTests
{
    static readonly TimeSpan patience = TimeSpan.FromSeconds(30);

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_was_received_and_not_read_comes_with_the_socket()
    {
        await using var pair = await SocketPair.ConnectAsync();
        pair.Connection.Start();
        await pair.Client.SendAsync("head,rest"u8.ToArray(), Stop);
        var input = pair.Connection.Transport.Input;
        var read = await input.ReadAtLeastAsync(9, Stop);
        input.AdvanceTo(read.Buffer.GetPosition(5));
        await pair.Connection.Transport.Output.WriteAsync("answer"u8.ToArray(), Stop);

        var detached = await pair.Connection.DetachAsync().WaitAsync(patience, Stop);
        Assert.NotNull(detached);
        var (socket, rest) = detached.Value;
        Assert.Equal("rest", Encoding.UTF8.GetString(rest));
        await pair.Connection.DisposeAsync();
        Assert.Equal("answer", await TextAsync(pair.Client, 6));
        await pair.Client.SendAsync("more"u8.ToArray(), Stop);
        Assert.Equal("more", await TextAsync(socket.Socket, 4));
        Assert.False(pair.IsNothingOpen);
        socket.Close();
        Assert.True(pair.IsNothingOpen);
        Assert.Equal(0, await pair.Client.ReceiveAsync(new byte[1], Stop));
    }

    [Fact]
    public async Task A_client_that_has_reset_its_connection_leaves_nothing_to_take_away()
    {
        await using var pair = await SocketPair.ConnectAsync();
        pair.Connection.Start();
        await pair.Client.SendAsync("rest"u8.ToArray(), Stop);
        pair.Reset();
        // Nothing is sent, so that it is the receiving side alone that knows.
        await Ended(pair.Connection).WaitAsync(patience, Stop);
        Assert.Null(await pair.Connection.DetachAsync().WaitAsync(patience, Stop));
        Assert.True(pair.IsNothingOpen);
        Assert.True(pair.Server.SafeHandle.IsClosed);
    }

    [Fact]
    public async Task A_client_that_has_said_all_leaves_a_socket_that_is_at_its_end()
    {
        await using var pair = await SocketPair.ConnectAsync();
        pair.Connection.Start();
        await pair.Client.SendAsync("rest"u8.ToArray(), Stop);
        pair.Client.Shutdown(SocketShutdown.Send);
        await Ended(pair.Connection).WaitAsync(patience, Stop);
        var detached = await pair.Connection.DetachAsync().WaitAsync(patience, Stop);
        Assert.NotNull(detached);
        var (socket, rest) = detached.Value;
        Assert.Equal("rest", Encoding.UTF8.GetString(rest));
        Assert.Equal(0, await socket.Socket.ReceiveAsync(new byte[1], Stop));
        socket.Close();
    }

    [Fact]
    public async Task Whoever_fails_when_it_hears_of_the_end_keeps_no_socket()
    {
        await using var pair = await SocketPair.ConnectAsync();
        var heard = new TaskCompletionSource();
        pair.Connection.ConnectionClosed.Register(() =>
        {
            heard.SetResult();
            throw new InvalidOperationException("not today");
        });
        pair.Connection.Start();
        pair.Reset();
        await heard.Task.WaitAsync(patience, Stop);
        Assert.Null(await pair.Connection.DetachAsync().WaitAsync(patience, Stop));
        Assert.True(pair.Server.SafeHandle.IsClosed);
    }

    [Fact]
    public async Task A_connection_that_is_aborted_first_keeps_its_socket_and_closes_it()
    {
        await using var pair = await SocketPair.ConnectAsync();
        pair.Connection.Start();
        pair.Connection.Abort(new ConnectionAbortedException());
        Assert.Null(await pair.Connection.DetachAsync().WaitAsync(patience, Stop));
        Assert.True(pair.IsNothingOpen);
        Assert.Equal(0, await pair.Client.ReceiveAsync(new byte[1], Stop));
    }

    [Fact]
    public async Task A_connection_that_is_aborted_afterwards_has_no_say_over_its_socket()
    {
        await using var pair = await SocketPair.ConnectAsync();
        pair.Connection.Start();
        var (socket, _) = (await pair.Connection.DetachAsync())!.Value;
        pair.Connection.Abort(new ConnectionAbortedException());
        await pair.Connection.DisposeAsync();
        await socket.Socket.SendAsync("hello"u8.ToArray(), Stop);
        Assert.Equal("hello", await TextAsync(pair.Client, 5));
        socket.Close();
    }

    [Fact]
    public async Task A_socket_aborted_while_it_is_taken_away_is_either_closed_or_whole()
    {
        for (var times = 0; times < 200; times++)
        {
            await using var pair = await SocketPair.ConnectAsync();
            pair.Connection.Start();
            using var both = new Barrier(2);
            var aborting = Task.Run(
                () =>
                {
                    both.SignalAndWait(Stop);
                    pair.Connection.Abort(new ConnectionAbortedException());
                },
                Stop);
            both.SignalAndWait(Stop);
            var detached = await pair.Connection.DetachAsync().WaitAsync(patience, Stop);
            await aborting;
            await pair.Connection.DisposeAsync();
            if (detached is var (socket, _))
            {
                await socket.Socket.SendAsync("x"u8.ToArray(), Stop);
                Assert.Equal("x", await TextAsync(pair.Client, 1));
                socket.Close();
            }

            Assert.True(pair.IsNothingOpen);
            Assert.Equal(0, await pair.Client.ReceiveAsync(new byte[1], Stop));
        }
    }

    [Fact]
    public async Task A_server_without_time_closes_a_socket_that_nobody_reads_yet()
    {
        await using var pair = await SocketPair.ConnectAsync();
        pair.Connection.Start();
        var (socket, _) = (await pair.Connection.DetachAsync())!.Value;
        await pair.Open.EndAsync(new CancellationToken(canceled: true)).WaitAsync(patience, Stop);
        Assert.Equal(0, await pair.Client.ReceiveAsync(new byte[1], Stop));
        await Assert.ThrowsAsync<ObjectDisposedException>(
            async () => await socket.Socket.ReceiveAsync(new byte[1], Stop));
        socket.Close();
        Assert.True(pair.IsNothingOpen);
    }

    [Fact]
    public async Task A_connection_for_which_there_is_no_memory_ends()
    {
        using var pool = new EmptyPool();
        await using var pair = await SocketPair.ConnectAsync(pool);
        pair.Connection.Start();
        await pair.Client.SendAsync("anything"u8.ToArray(), Stop);
        var failure = await Assert.ThrowsAnyAsync<Exception>(
            () => pair.Connection.Transport.Input.ReadAsync(Stop).AsTask()
                .WaitAsync(patience, Stop));
        Assert.Equal("empty", failure.Message);
        await pair.Connection.DisposeAsync().AsTask().WaitAsync(patience, Stop);
        Assert.Equal(0, await ReceivedAsync(pair.Client));
    }

    /// <summary>Done when nothing more comes in.</summary>
    static Task Ended(ConnectionContext connection)
    {
        var ended = new TaskCompletionSource();
        connection.ConnectionClosed.UnsafeRegister(
            static ended => ((TaskCompletionSource)ended!).SetResult(), ended);
        return ended.Task;
    }

    static async Task<string> TextAsync(Socket socket, int length)
    {
        var bytes = new byte[length];
        for (var read = 0; read < length;)
        {
            var more = await socket.ReceiveAsync(bytes.AsMemory(read), Stop);
            Assert.NotEqual(0, more);
            read += more;
        }

        return Encoding.UTF8.GetString(bytes);
    }

    /// <summary>What is left to be received; a reset, for what the server has not read, is none.</summary>
    static async Task<int> ReceivedAsync(Socket socket)
    {
        try
        {
            return await socket.ReceiveAsync(new byte[1], Stop);
        }
        catch (SocketException)
        {
            return 0;
        }
    }

    sealed class EmptyPool : MemoryPool<byte>
    {
        public override int MaxBufferSize => 4096;

        public override IMemoryOwner<byte> Rent(int minBufferSize = -1) =>
            throw new InvalidOperationException("empty");

        protected override void Dispose(bool disposing)
        {
        }
    }
}
