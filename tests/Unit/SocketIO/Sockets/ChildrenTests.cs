using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Sluice.SocketIO.Adapters;

namespace Sluice.Unit.SocketIO.Sockets;

/// <summary>
/// Children of one name, one after the other: they have the same channels in a cluster, so one
/// ends before the next begins.
/// </summary>
public sealed class ChildrenTests
{
    static readonly TimeSpan patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task A_child_begins_when_the_last_of_its_name_has_ended()
    {
        var adapters = new Slow();
        var server = Servers.Make(
            configure: options => options.CleanupEmptyChildNamespaces = true, adapters: adapters);
        server.Of(new Regex("^/child"));
        var session = FakeSession.Open(server);
        session.Receive("0/child,");
        await adapters.TellsAsync("1 begins");
        session.Receive("1/child,");
        await adapters.TellsAsync("1 ends");

        // Its clients do not wait.
        session.Receive("0/child,");
        Assert.Single(server.Of("/child").Sockets);
        session.Receive("1/child,", "0/child,");
        Assert.Single(server.Of("/child").Sockets);
        Assert.Empty(adapters.Told);
        adapters.Go.Release();
        await adapters.TellsAsync("1 has ended", "2 begins", "2 ends");
        Assert.Empty(adapters.Told);
        adapters.Go.Release();
        await adapters.TellsAsync("2 has ended", "3 begins");
        adapters.Go.Release();
        await server.DisposeAsync();
    }

    /// <summary>Adapters that end when they are let go.</summary>
    sealed class Slow : IAdapterFactory
    {
        int count;

        public SemaphoreSlim Go { get; } = new(0);

        public ConcurrentQueue<string> Told { get; } = new();

        public Adapter Create(IAdapterHost host) =>
            host.Name == "/child"
                ? new SlowAdapter(host, this, ++count) : new InMemoryAdapter(host);

        public async Task TellsAsync(params string[] expected)
        {
            foreach (var one in expected)
            {
                string? told = null;
                Assert.True(SpinWait.SpinUntil(() => Told.TryDequeue(out told), patience), one);
                Assert.Equal(one, told);
                await Task.Yield();
            }
        }
    }

    sealed class SlowAdapter(IAdapterHost host, Slow slow, int number) : InMemoryAdapter(host)
    {
        public override ValueTask StartAsync()
        {
            slow.Told.Enqueue($"{number} begins");
            return ValueTask.CompletedTask;
        }

        public override async ValueTask DisposeAsync()
        {
            slow.Told.Enqueue($"{number} ends");
            await slow.Go.WaitAsync();
            slow.Told.Enqueue($"{number} has ended");
            await base.DisposeAsync();
        }
    }
}
