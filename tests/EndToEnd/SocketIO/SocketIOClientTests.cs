using Sluice.EndToEnd.Servers;

namespace Sluice.EndToEnd.SocketIO;

/// <summary>
/// socket.io-client 4.8 plays the scenarios of clients/socketio. Each is played with the official
/// server too: what it asserts is what that one does.
/// </summary>
public sealed class SocketIOClientTests
{
    static readonly string[] everyTransport = ["polling", "websocket", "polling,websocket"];

    public static TheoryData<KitServerKind, string, string> Events => All(
        "both_ways", "answers", "attachments", "too_many_attachments_to_the_server",
        "too_many_attachments_to_the_client", "order", "any", "middleware", "handshake");

    public static TheoryData<KitServerKind, string, string> Rooms => All(
        "broadcasts", "questions", "many_at_once");

    public static TheoryData<KitServerKind, string, string> Namespaces => All(
        "several_on_one_connection", "a_middleware_refuses_and_lets_in", "dynamic");

    public static TheoryData<KitServerKind, string, string> Recovery => All(
        "what_was_missed_comes_back", "who_left_begins_anew");

    [Theory, MemberData(nameof(Events))]
    public Task Events_and_answers(KitServerKind kind, string scenario, string transports) =>
        PlayAsync(kind, "plain", "events", scenario, transports);

    [Theory, MemberData(nameof(Rooms))]
    public Task Rooms_and_operators(KitServerKind kind, string scenario, string transports) =>
        PlayAsync(kind, "plain", "rooms", scenario, transports);

    [Theory, MemberData(nameof(Namespaces))]
    public Task Namespaces_and_middlewares(
        KitServerKind kind, string scenario, string transports) =>
        PlayAsync(kind, "plain", "namespaces", scenario, transports);

    [Theory, MemberData(nameof(Recovery))]
    public Task Connection_state_recovery(
        KitServerKind kind, string scenario, string transports) =>
        PlayAsync(kind, "recovery", "recovery", scenario, transports);

    /// <summary>
    /// With upgrades the official server sends some of what was missed twice, so it is not asked.
    /// </summary>
    [Theory]
    [InlineData(KitServerKind.Official, "polling")]
    [InlineData(KitServerKind.Official, "websocket")]
    [InlineData(KitServerKind.Sluice, "polling")]
    [InlineData(KitServerKind.Sluice, "websocket")]
    [InlineData(KitServerKind.Sluice, "polling,websocket")]
    public Task Clients_that_come_and_go_get_everything_once_and_in_order(
        KitServerKind kind, string transports) =>
        PlayAsync(kind, "recovery", "recovery", "a_storm", transports);

    [Theory]
    [InlineData(KitServerKind.Official)]
    [InlineData(KitServerKind.Sluice)]
    public async Task All_of_it_in_MessagePack(KitServerKind kind)
    {
        foreach (var scenario in (string[])["both_ways", "answers", "attachments", "order", "any"])
            await PlayAsync(kind, "msgpack", "events", scenario, "polling,websocket");
        foreach (var scenario in (string[])["broadcasts", "questions", "many_at_once"])
            await PlayAsync(kind, "msgpack", "rooms", scenario, "websocket");
        foreach (var scenario in (string[])
            ["several_on_one_connection", "a_middleware_refuses_and_lets_in", "dynamic"])
            await PlayAsync(kind, "msgpack", "namespaces", scenario, "polling");
    }

    [Theory]
    [InlineData(KitServerKind.Official)]
    [InlineData(KitServerKind.Sluice)]
    public Task A_recovered_client_is_checked_again_when_the_options_say_so(KitServerKind kind) =>
        PlayAsync(kind, "checked", "recovery", "middlewares_run_again", "websocket");

    [Theory]
    [InlineData(KitServerKind.Official, "reasons", "websocket")]
    [InlineData(KitServerKind.Sluice, "reasons", "websocket")]
    [InlineData(KitServerKind.Official, "a_broken_websocket", "websocket")]
    [InlineData(KitServerKind.Sluice, "a_broken_websocket", "websocket")]
    [InlineData(KitServerKind.Official, "refused_handshakes", "polling")]
    [InlineData(KitServerKind.Sluice, "refused_handshakes", "polling")]
    [InlineData(KitServerKind.Official, "it_upgrades", "polling,websocket")]
    [InlineData(KitServerKind.Sluice, "it_upgrades", "polling,websocket")]
    public Task How_connections_end(KitServerKind kind, string scenario, string transports) =>
        PlayAsync(kind, "plain", "leaving", scenario, transports);

    [Theory]
    [InlineData(KitServerKind.Official, "a_client_that_answers_no_ping")]
    [InlineData(KitServerKind.Sluice, "a_client_that_answers_no_ping")]
    [InlineData(KitServerKind.Official, "a_client_that_joins_nothing")]
    [InlineData(KitServerKind.Sluice, "a_client_that_joins_nothing")]
    public Task A_client_that_keeps_still_is_closed(KitServerKind kind, string scenario) =>
        PlayAsync(kind, "quick", "leaving", scenario, "websocket");

    [Theory]
    [InlineData(KitServerKind.Official, "polling")]
    [InlineData(KitServerKind.Sluice, "polling")]
    [InlineData(KitServerKind.Official, "websocket")]
    [InlineData(KitServerKind.Sluice, "websocket")]
    public Task Clients_of_a_server_that_shuts_down_look_for_another(
        KitServerKind kind, string transports) =>
        PlayAsync(kind, "plain", "leaving", "a_server_that_shuts_down", transports);

    static TheoryData<KitServerKind, string, string> All(params string[] scenarios)
    {
        var all = new TheoryData<KitServerKind, string, string>();
        foreach (var scenario in scenarios)
            foreach (var kind in Enum.GetValues<KitServerKind>())
                foreach (var transports in everyTransport)
                    all.Add(kind, scenario, transports);
        return all;
    }

    static async Task PlayAsync(
        KitServerKind kind, string variant, string file, string scenario, string transports)
    {
        await using var server = await KitServer.StartAsync(kind, variant);
        var output = await NodeProcess.RunAsync(
            $"socketio/{file}.mjs", scenario, server.Url, transports, variant);
        Assert.Equal("done", output.Trim());
    }
}
