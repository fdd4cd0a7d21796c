using Sluice.Net;
using Sluice.Proxy;

namespace Sluice.Unit.Simulation;

/// <summary>QUIT, worker_shutdown_timeout and TERM.</summary>
public sealed class DrainTests
{
    [Fact]
    public void A_drain_closes_what_is_idle_and_ends_answers_with_close()
    {
        using var gateway = new SimulatedGateway(Http.OnePeer);
        var server = gateway.Serve(Http.PeerAddress);
        var idle = gateway.Connect();
        idle.Send(Http.Get("/idle"));
        gateway.Settle();
        server.Last.Send(Http.Ok("idle"));
        gateway.Settle();
        var busy = gateway.Connect();
        busy.Send(Http.Get("/busy"));
        gateway.Settle();
        gateway.Worker.Drain(null);
        gateway.Settle();
        Assert.True(idle.IsEnded);
        Assert.False(busy.IsEnded);
        Assert.False(gateway.Worker.IsEmpty);
        server.Last.Send(Http.Ok("busy"));
        gateway.Settle();
        Assert.EndsWith(Http.Body("busy"), busy.Received);
        Assert.True(busy.IsEnded);
        Assert.True(server.Last.IsEnded);
        busy.Close();
        gateway.Settle();
        Assert.True(gateway.Worker.IsEmpty);
        gateway.AssertNothingStays();
    }

    [Fact]
    public void An_answer_that_begins_while_draining_says_close()
    {
        using var gateway = new SimulatedGateway(
            "server { listen 10.1.0.1:80; location / { return 200 x; } }");
        var client = gateway.Connect();
        client.Send("GET / HT");
        gateway.Settle();
        gateway.Worker.Drain(null);
        client.Send("TP/1.1\r\nHost: test\r\n\r\n");
        gateway.Settle();
        Assert.Contains("\r\nConnection: close\r\n", client.Received);
        Assert.True(client.IsEnded);
        gateway.AssertNothingStays();
    }

    [Fact]
    public void A_tunnel_outlives_a_drain_until_it_ends()
    {
        using var gateway = new SimulatedGateway(Http.OnePeer);
        var server = gateway.Serve(Http.PeerAddress);
        var (client, peer) = Http.OpenTunnel(gateway, server);
        gateway.Worker.Drain(null);
        gateway.Pass(50_000);
        client.Send("up");
        gateway.Settle();
        Assert.Equal("up", peer.Take());
        Assert.False(gateway.Worker.IsEmpty);
        client.Close();
        gateway.Settle();
        Assert.True(gateway.Worker.IsEmpty);
        gateway.AssertNothingStays();
    }

    [Fact]
    public void The_shutdown_timeout_ends_what_is_left()
    {
        using var gateway = new SimulatedGateway(Http.OnePeer);
        var server = gateway.Serve(Http.PeerAddress);
        var (client, _) = Http.OpenTunnel(gateway, server);
        var busy = gateway.Connect();
        busy.Send(Http.Get("/busy"));
        gateway.Settle();
        gateway.Worker.Drain(5_000);
        gateway.Pass(4_900);
        Assert.False(client.IsEnded);
        Assert.False(busy.IsEnded);
        gateway.Pass(200);
        Assert.True(client.IsEnded);
        Assert.True(busy.IsEnded);
        Assert.Equal(2, gateway.AccessLines.Length);
        gateway.AssertNothingStays();
    }

    /// <summary>Whoever waits, for whatever, is ended and logged.</summary>
    [Theory]
    [InlineData("/stays/", false)]
    [InlineData("/stays/", true)]
    [InlineData("/", false)]
    [InlineData("/", true)]
    public void A_stop_ends_every_exchange_and_logs_it(string path, bool isAnswered)
    {
        using var gateway = new SimulatedGateway(Http.OnePeer.Replace(
            "location / {",
            "location /stays/ { proxy_ignore_client_abort on; proxy_pass http://pool; } "
            + "location / {"));
        var server = gateway.Serve(Http.PeerAddress);
        var client = gateway.Connect();
        client.IsReading = false;
        client.Send(Http.Get(path));
        gateway.Settle();
        if (isAnswered)
            server.Last.Send(Http.Ok(Http.Numbers(90_000)));
        gateway.Settle();
        gateway.Worker.Stop();
        Assert.Equal(0, gateway.Worker.ExchangesCount);
        gateway.AssertAtRest();
        gateway.AssertNothingStays();
    }

    [Fact]
    public void A_stop_ends_a_client_that_has_asked_nothing_yet()
    {
        using var gateway = new SimulatedGateway(Http.OnePeer);
        var client = gateway.Connect();
        gateway.Settle();
        gateway.Worker.Stop();
        Assert.Equal(0, gateway.Worker.ClientsCount);
        gateway.Settle();
        Assert.True(client.IsEnded);
        gateway.AssertNothingStays();
    }

    [Theory]
    [InlineData(true, 1)]
    [InlineData(false, 0)]
    public void A_stop_waits_a_moment_for_a_file_and_logs_its_exchange(
        bool comes, int linesCount)
    {
        var disk = new SlowDisk();
        using var gateway = new SimulatedGateway(
            $"server {{ listen {SimulatedGateway.Front}; root /nowhere; }}", offload: disk);
        var client = gateway.Connect();
        client.Send(Http.Get("/file"));
        gateway.Settle();
        gateway.Worker.Stop();
        gateway.Settle();
        Assert.Equal(1, gateway.Worker.ClientsCount);
        Assert.False(gateway.Loop.IsStopping);
        gateway.Pass(Limits.StopMs - 1);
        Assert.False(gateway.Loop.IsStopping);
        if (comes)
            disk.Turn();
        gateway.Pass(comes ? 0 : 200);

        Assert.True(gateway.Loop.IsStopping);
        Assert.Equal(linesCount, gateway.AccessLines.Length);
    }

    /// <summary>A disk that works when it is told to.</summary>
    sealed class SlowDisk : Offload
    {
        readonly Queue<(OffloadedWork Work, Loop Home)> queue = [];

        public override void Start(OffloadedWork work, Loop home) => queue.Enqueue((work, home));

        internal void Turn()
        {
            while (queue.TryDequeue(out var next))
            {
                next.Work.Execute();
                next.Home.Post(next.Work);
            }
        }

        public override void Dispose()
        {
        }
    }

    /// <summary>The process must not end while last bytes could still be lost.</summary>
    [Fact]
    public void A_drain_waits_for_the_last_bytes_of_a_tunnel()
    {
        using var gateway = new SimulatedGateway(Http.OnePeer);
        var server = gateway.Serve(Http.PeerAddress);
        var (client, peer) = Http.OpenTunnel(gateway, server);
        gateway.Worker.Drain(null);
        peer.Send("goodbye");
        client.IsReading = false;
        peer.Close();
        gateway.Settle();
        Assert.Single(gateway.AccessLines);
        Assert.False(gateway.Worker.IsEmpty);
        client.IsReading = true;
        gateway.Settle();
        Assert.Equal("goodbye", client.Take());
        client.Close();
        gateway.Settle();
        Assert.True(gateway.Worker.IsEmpty);
        gateway.AssertNothingStays();
    }
}
