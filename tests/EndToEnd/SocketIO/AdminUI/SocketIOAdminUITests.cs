using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Sluice.EndToEnd.Servers;
using Sluice.SocketIO.Redis;

namespace Sluice.EndToEnd.SocketIO.AdminUI;

/// <summary>The admin UI beside the official one, and its page.</summary>
public sealed class SocketIOAdminUITests
{
    [Theory]
    [InlineData("development")]
    [InlineData("production")]
    [InlineData("readonly")]
    public async Task An_admin_is_told_what_the_official_server_tells(string mode)
    {
        var official = await TalkToOfficialAsync(mode);
        await using var host = await AdminHost.StartAsync(mode);
        Assert.Equal(official, await TalkAsync(host.Address, mode));
    }

    [Fact]
    public async Task Admins_of_a_mixed_cluster_see_and_steer_all_nodes()
    {
        await using var redis = await RedisProcess.StartAsync();
        await using var node = await StartOfficialAsync("development", redis.Port.ToString());
        await using var host = await AdminHost.StartAsync("development", redis);
        var output = await NodeProcess.RunAsync(
            "admin-cluster.mjs", AddressOf(node), host.Address);
        Assert.Equal("as expected", output.Trim());
    }

    [Theory]
    [InlineData("node", "net")]
    [InlineData("net", "node")]
    [InlineData("net", "net")]
    public async Task Who_has_logged_in_at_one_node_is_known_at_the_other(
        string first, string second)
    {
        await using var redis = await RedisProcess.StartAsync();
        await using var node = await StartOfficialAsync(
            "production", redis.Port.ToString(), "sessions");
        await using var net = await AdminHost.StartAsync(
            "production", redis, sharesSessions: true);
        await using var other = await AdminHost.StartAsync(
            "production", redis, sharesSessions: true);
        var session = (await NodeProcess.RunAsync(
            "admin-logins.mjs", first == "node" ? AddressOf(node) : net.Address,
            second == "node" ? AddressOf(node) : other.Address)).Trim();

        var key = Encoding.UTF8.GetBytes("socket.io-admin#" + session);
        await using var client = new RedisClient(
            new RedisClientOptions { Address = RedisAddress.Parse(redis.Address) },
            NullLogger.Instance, TimeProvider.System);
        Assert.Equal("true", (await client.ExecuteAsync("GET", [key], Cancel)).Text);
        Assert.InRange((await client.ExecuteAsync("TTL", [key], Cancel)).Number, 86_000, 86_400);
    }

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    static async Task<string> TalkToOfficialAsync(string mode)
    {
        await using var node = await StartOfficialAsync(mode);
        return await TalkAsync(AddressOf(node), mode);
    }

    static Task<string> TalkAsync(string address, string mode) =>
        NodeProcess.RunAsync("admin-session.mjs", address, mode);

    static async Task<ChildProcess> StartOfficialAsync(string mode, params string[] more)
    {
        var node = NodeProcess.Start(
            "admin-server.mjs",
            [
                mode == "development" ? "development" : "production",
                mode == "readonly" ? "true" : "false", .. more,
            ]);
        await Patience.ForAsync(
            () => node.Output.Contains('\n'), () => node.Errors, Patience.Program);
        return node;
    }

    static string AddressOf(ChildProcess node) =>
        "http://127.0.0.1:" + node.Output.Split('\n')[0].Split(' ')[1];
}
