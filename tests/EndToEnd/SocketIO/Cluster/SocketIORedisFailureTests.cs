using System.Diagnostics;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Sluice.EndToEnd.Servers;
using Sluice.SocketIO;
using Sluice.SocketIO.Redis;

namespace Sluice.EndToEnd.SocketIO.Cluster;

/// <summary>
/// A Redis that is not there, dies, comes back, or does not answer: clients of one node notice
/// nothing, questions to other nodes fail in bounded time, and everything goes on afterwards.
/// </summary>
public sealed class SocketIORedisFailureTests
{
    static readonly TimeSpan bound = TimeSpan.FromSeconds(1);

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Without_Redis_local_traffic_goes_on_and_questions_fail_in_time()
    {
        await using var redis = await RedisProcess.StartAsync();
        await redis.KillAsync();
        await using var clients = await ClusterClients.StartAsync();
        await using var one = await StartAsync(redis);
        await using var two = await StartAsync(redis);
        await clients.ConnectAsync("a", one.Address);
        await clients.ConnectAsync("b", two.Address);
        await FailsAsync(() => one.IO.All.FetchSocketsAsync());
        await FailsAsync(() => one.IO.Adapter.AllRoomsAsync());
        await FailsAsync(() => one.IO.ServerSideEmitWithAckAsync("q", []));
        await FailsAsync(() => one.IO.All.Timeout(TimeSpan.FromSeconds(10))
            .EmitWithAckAsync("ask", [], Cancel));
        one.IO.All.Local.Emit("event", 1);
        Assert.Equal("[[1]]", (await OwnAsync(clients, one, "a"))["a"]);

        await redis.RestartAsync();
        await BothAsync(one, two);
        one.IO.Emit("event", 2);
        await EverybodyHasAsync(clients, one, two, "[[2]]");
        Assert.Equal(2, (await one.IO.All.FetchSocketsAsync(Cancel)).Count);
    }

    [Fact]
    public async Task A_Redis_that_dies_and_comes_back_joins_the_nodes_again()
    {
        await using var redis = await RedisProcess.StartAsync();
        await using var clients = await ClusterClients.StartAsync();
        await using var one = await StartAsync(redis);
        await using var two = await StartAsync(redis);
        await clients.ConnectAsync("a", one.Address);
        await clients.ConnectAsync("b", two.Address);
        await BothAsync(one, two);
        for (var round = 0; round < 3; round++)
        {
            await redis.KillAsync();
            await FailsAsync(() => one.IO.All.FetchSocketsAsync());
            two.IO.All.Local.Emit("event", "local");
            Assert.Equal("""[["local"]]""", (await OwnAsync(clients, two, "b"))["b"]);
            await redis.RestartAsync();
            await BothAsync(one, two);
            two.IO.Emit("event", round);
            await EverybodyHasAsync(clients, one, two, $"[[{round}]]");
        }
    }

    [Fact]
    public async Task A_Redis_that_does_not_answer_stops_nobody()
    {
        await using var redis = await RedisProcess.StartAsync();
        await using var clients = await ClusterClients.StartAsync();
        await using var one = await StartAsync(redis);
        await using var two = await StartAsync(redis);
        await clients.ConnectAsync("a", one.Address);
        await clients.ConnectAsync("b", two.Address);
        await BothAsync(one, two);
        redis.Pause();
        try
        {
            await FailsAsync(() => one.IO.All.FetchSocketsAsync());
            one.IO.All.Local.Emit("event", 1);
            Assert.Equal("[[1]]", (await OwnAsync(clients, one, "a"))["a"]);
        }
        finally
        {
            redis.Resume();
        }

        await BothAsync(one, two);
        one.IO.Emit("event", 2);
        await EverybodyHasAsync(clients, one, two, "[[2]]");
    }

    [Fact]
    public async Task A_flood_that_Redis_does_not_take_costs_bounded_memory()
    {
        await using var redis = await RedisProcess.StartAsync();
        await using var one = await StartAsync(redis);
        await Patience.ForAsync(() => one.IO.Adapter.Problem is null, () => "Redis");
        redis.Pause();
        try
        {
            var before = GC.GetTotalMemory(forceFullCollection: true);
            var text = new string('x', 10_000);
            // Half a gigabyte, of which no more than the limits may stay.
            for (var i = 0; i < 50_000; i++)
                one.IO.Emit("event", text);
            var more = GC.GetTotalMemory(forceFullCollection: true) - before;
            Assert.InRange(more, 0, 300_000_000);
        }
        finally
        {
            redis.Resume();
        }

        await Patience.ForAsync(
            () => one.IO.Adapter.CountServersAsync().AsTask().ContinueWith(
                count => count.IsCompletedSuccessfully && count.Result == 1).Result,
            () => "an answer of Redis");
    }

    [Theory]
    [InlineData("redis://:wrong@{0}", "refused the user or the password")]
    [InlineData("redis://{0}", "wants a password")]
    public async Task A_wrong_password_is_named_and_not_shown(string address, string expected)
    {
        await using var redis = await RedisProcess.StartAsync("--requirepass", "secret");
        var refused = await RefusedAsync(string.Format(null, address, redis.Address));
        Assert.Contains(expected, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(":wrong", refused.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_user_a_password_and_a_database_are_used()
    {
        await using var redis = await RedisProcess.StartAsync(
            "--user", "sluice", "on", ">se:cret@", "~*", "&*", "+@all", "--user", "default", "off");
        await using var client = Client($"redis://sluice:se%3Acret%40@{redis.Address}/3");
        await client.ExecuteAsync("SET", [Bytes("key"), Bytes("value")], Cancel);
        var name = await client.ExecuteAsync("ACL", [Bytes("WHOAMI")], Cancel);
        var info = await client.ExecuteAsync("INFO", [Bytes("keyspace")], Cancel);
        Assert.Equal("sluice", name.Text);
        Assert.Contains("db3:keys=1", info.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_of_a_Redis_Cluster_is_refused_with_what_to_do()
    {
        var folder = Directory.CreateTempSubdirectory("sluice-redis-");
        await using (var redis = await RedisProcess.StartAsync(
            "--cluster-enabled", "yes", "--dir", folder.FullName))
        {
            var refused = await RefusedAsync(redis.Address);
            Assert.Contains("node of a Redis Cluster", refused.Message, StringComparison.Ordinal);
        }

        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task A_Sentinel_is_refused_with_what_to_do()
    {
        var folder = Directory.CreateTempSubdirectory("sluice-redis-");
        var settings = Path.Combine(folder.FullName, "sentinel.conf");
        await File.WriteAllTextAsync(settings, "protected-mode no\n", Cancel);
        var port = Loopback.FreePort(System.Net.IPAddress.Loopback);
        await using (var sentinel = ChildProcess.Start(
            "redis-server", [settings, "--port", $"{port}", "--sentinel"]))
        {
            await Patience.ForAsync(
                () => Loopback.Accepts(new(System.Net.IPAddress.Loopback, port)),
                () => "a sentinel\n" + sentinel.Output);
            var refused = await RefusedAsync($"127.0.0.1:{port}");
            Assert.Contains("is a Sentinel", refused.Message, StringComparison.Ordinal);
        }

        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task TLS_is_used_and_a_certificate_that_nobody_vouches_for_is_refused()
    {
        var folder = Directory.CreateTempSubdirectory("sluice-redis-");
        using var key = RSA.Create(2048);
        using var certificate = new CertificateRequest(
            "CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            .CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.MaxValue.AddYears(-1000));
        var certificateFile = Path.Combine(folder.FullName, "certificate.pem");
        var keyFile = Path.Combine(folder.FullName, "key.pem");
        await File.WriteAllTextAsync(certificateFile, certificate.ExportCertificatePem(), Cancel);
        await File.WriteAllTextAsync(keyFile, key.ExportPkcs8PrivateKeyPem(), Cancel);
        var port = Loopback.FreePort(System.Net.IPAddress.Loopback);
        await using (var redis = ChildProcess.Start("redis-server",
        [
            "--port", "0", "--tls-port", $"{port}", "--bind", "127.0.0.1", "--save", "",
            "--tls-cert-file", certificateFile, "--tls-key-file", keyFile,
            "--tls-ca-cert-file", certificateFile, "--tls-auth-clients", "no",
        ]))
        {
            await Patience.ForAsync(
                () => Loopback.Accepts(new(System.Net.IPAddress.Loopback, port)),
                () => "a Redis with TLS\n" + redis.Output);
            var address = $"rediss://localhost:{port}";
            var options = new RedisClientOptions
            {
                Address = RedisAddress.Parse(address),
                Tls = new SslClientAuthenticationOptions
                {
                    TargetHost = "localhost",
                    RemoteCertificateValidationCallback = (_, theirs, _, _) =>
                        theirs!.GetCertHashString() == certificate.GetCertHashString(),
                },
            };
            await using var client = new RedisClient(
                options, NullLogger.Instance, TimeProvider.System);
            Assert.Equal("PONG", (await client.ExecuteAsync("PING", [], Cancel)).Text);
            var refused = await RefusedAsync(address);
            Assert.IsType<AuthenticationException>(refused.InnerException);
        }

        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Something_that_is_not_Redis_is_named()
    {
        await using var host = await SocketIOHost.StartAsync();
        var refused = await RefusedAsync(host.Address.Authority);
        Assert.Contains("does not speak as Redis", refused.Message, StringComparison.Ordinal);
    }

    // ---- helpers ----

    static Task<SluiceNode> StartAsync(RedisProcess redis) => SluiceNode.StartAsync(
        "net", redis, adapter => adapter.RequestsTimeout = bound, Configure, awaitRedis: false);

    static void Configure(RedisClientOptions options)
    {
        options.CommandTimeout = bound;
        options.ConnectTimeout = bound;
        options.PingInterval = bound;
        options.ReconnectDelayMax = TimeSpan.FromMilliseconds(200);
    }

    static RedisClient Client(string address)
    {
        var options = new RedisClientOptions { Address = RedisAddress.Parse(address) };
        Configure(options);
        return new RedisClient(
            options, NullLogger.Instance, TimeProvider.System);
    }

    static async Task<RedisException> RefusedAsync(string address)
    {
        await using var client = Client(address);
        return await Assert.ThrowsAsync<RedisException>(
            () => client.ExecuteAsync("PING", []));
    }

    /// <summary>It fails as something that can be expected, and does not hang.</summary>
    static async Task FailsAsync(Func<Task> question)
    {
        var failure = await Assert.ThrowsAnyAsync<Exception>(
            () => question().WaitAsync(Patience.Event));
        Assert.True(failure is RedisException or ClusterTimeoutException, failure.ToString());
    }

    /// <summary>Waits until two nodes count each other.</summary>
    static async Task BothAsync(SluiceNode one, SluiceNode two)
    {
        foreach (var node in (SluiceNode[])[one, two])
        {
            var start = Stopwatch.GetTimestamp();
            while (await CountAsync(node) != 2)
                Assert.True(Stopwatch.GetElapsedTime(start) < Patience.Event, "two nodes");
        }
    }

    static async Task<int> CountAsync(SluiceNode node)
    {
        try
        {
            return await node.IO.Adapter.CountServersAsync();
        }
        catch (RedisException)
        {
            return 0;
        }
    }

    /// <summary>What the clients of one node have, with a fence that needs no Redis.</summary>
    static async Task<Dictionary<string, string>> OwnAsync(
        ClusterClients clients, SluiceNode node, params string[] names) =>
        Show(await clients.TakeOwnAsync(number =>
        {
            node.IO.All.Local.Emit("fence", number, 0);
            node.IO.All.Local.Emit("fence", number, 1);
        }, names));

    static async Task EverybodyHasAsync(
        ClusterClients clients, SluiceNode one, SluiceNode two, string expected)
    {
        var taken = Show(await clients.TakeAsync((one, two)));
        Assert.Equal(["a", "b"], taken.Keys.Order());
        Assert.All(taken.Values, value => Assert.Equal(expected, value));
    }

    static Dictionary<string, string> Show(Dictionary<string, JsonElement[][]> taken) =>
        taken.ToDictionary(pair => pair.Key, pair => JsonSerializer.Serialize(pair.Value));

    static ReadOnlyMemory<byte> Bytes(string text) => System.Text.Encoding.UTF8.GetBytes(text);
}
