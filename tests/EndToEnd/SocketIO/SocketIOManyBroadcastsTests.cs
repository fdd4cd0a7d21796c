using System.Net.WebSockets;
using System.Text;
using Sluice.EndToEnd.Servers;
using Sluice.SocketIO;

namespace Sluice.EndToEnd.SocketIO;

/// <summary>Broadcasts that overtake one another on a busy server.</summary>
public sealed class SocketIOManyBroadcastsTests : IDisposable
{
    const int clientsCount = 40;
    const int broadcasters = 8;
    const int broadcastsOfEach = 150;

    readonly CancellationTokenSource patience = new(Patience.Event);

    public void Dispose() => patience.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Broadcasts_of_many_threads_reach_everybody_once_and_each_in_order(
        bool withRecovery)
    {
        await using var host = await SocketIOHost.StartAsync(
            options => Configure(options, withRecovery));
        var clients = await Task.WhenAll(
            Enumerable.Range(0, clientsCount).Select(_ => JoinAsync(host)));
        // Tasks that give way after every broadcast: there is always other work that waits.
        var telling = Enumerable.Range(0, broadcasters).Select(broadcaster => Task.Run(async () =>
        {
            for (var i = 0; i < broadcastsOfEach; i++)
            {
                host.IO.Emit("news", broadcaster, i);
                await Task.Yield();
            }
        }));
        await Task.WhenAll([.. telling, .. clients.Select(CheckAsync)]);
        foreach (var client in clients)
            client.Dispose();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Broadcasts_while_other_work_waits_go_out_after_it(bool withRecovery)
    {
        await using var host = await SocketIOHost.StartAsync(
            options => Configure(options, withRecovery));
        var clients = await Task.WhenAll(
            Enumerable.Range(0, clientsCount).Select(_ => JoinAsync(host)));
        using (var isTold = new ManualResetEventSlim())
        {
            // More than the thread pool has threads for.
            var work = Enumerable.Range(0, 64).Select(_ => Task.Run(isTold.Wait)).ToArray();
            var telling = new Thread(() =>
            {
                host.IO.Emit("news", 0, 0);
                host.IO.Emit("news", 0, 1);
                Assert.NotEqual(0, ThreadPool.PendingWorkItemCount);
                isTold.Set();
            });
            telling.Start();
            await Task.WhenAll(work);
        }

        foreach (var client in clients)
        {
            Assert.StartsWith("42[\"news\",0,0", await ReceiveAsync(client));
            Assert.StartsWith("42[\"news\",0,1", await ReceiveAsync(client));
            client.Dispose();
        }
    }

    static void Configure(SocketIOOptions options, bool withRecovery)
    {
        options.ConnectionStateRecovery = withRecovery ? new() : null;
        // A ping would take along what was forgotten.
        options.PingInterval = TimeSpan.FromMinutes(5);
    }

    async Task<ClientWebSocket> JoinAsync(SocketIOHost host)
    {
        var client = new ClientWebSocket();
        await client.ConnectAsync(
            new Uri($"ws://{host.Address.Authority}/socket.io/?EIO=4&transport=websocket"),
            patience.Token);
        Assert.StartsWith("0{", await ReceiveAsync(client));
        await client.SendAsync("40"u8.ToArray(), WebSocketMessageType.Text, true, patience.Token);
        Assert.StartsWith("40{", await ReceiveAsync(client));
        return client;
    }

    async Task CheckAsync(ClientWebSocket client)
    {
        var next = new int[broadcasters];
        for (var i = 0; i < broadcasters * broadcastsOfEach; i++)
        {
            // 42["news",3,17] and, with recovery, an offset behind it.
            var parts = (await ReceiveAsync(client)).Split(',', ']');
            Assert.Equal("42[\"news\"", parts[0]);
            Assert.Equal(next[int.Parse(parts[1], null)]++, int.Parse(parts[2], null));
        }

        Assert.All(next, count => Assert.Equal(broadcastsOfEach, count));
    }

    async Task<string> ReceiveAsync(ClientWebSocket client)
    {
        var bytes = new byte[1024];
        var received = await client.ReceiveAsync(bytes.AsMemory(), patience.Token);
        Assert.True(received.EndOfMessage);
        return Encoding.UTF8.GetString(bytes, 0, received.Count);
    }
}
