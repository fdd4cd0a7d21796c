using Sluice.EndToEnd.Servers;

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
