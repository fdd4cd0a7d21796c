using System.Text.Json;
using SocketIOClient.Transport;
using Sluice.EndToEnd.Servers;
using Sluice.SocketIO;

namespace Sluice.EndToEnd.SocketIO;

/// <summary>
/// Clients that are not the official one in Node.js, directly and behind the configurations of the
/// samples that speak Socket.IO.
/// </summary>
public sealed class SocketIOOtherClientsTests
{
    /// <summary>Every deployment behind every proxy.</summary>
    public static TheoryData<string, ProxyKind?> Proxied => [.. MatrixDeployment.Fronts
        .Select(front => new TheoryDataRow<string, ProxyKind?>(front.Sample, front.Kind))];

    /// <summary>The same, and directly.</summary>
    public static TheoryData<string, ProxyKind?> Fronts =>
        [.. Proxied, new TheoryDataRow<string, ProxyKind?>("Tasks", null)];

    /// <summary>Each transport behind every deployment and proxy.</summary>
    public static TheoryData<TransportProtocol, bool, int, string, ProxyKind?> ProxiedDotNetClients
    {
        get
        {
            var rows = new TheoryData<TransportProtocol, bool, int, string, ProxyKind?>();
            foreach (var (sample, kind) in MatrixDeployment.Fronts)
            {
                rows.Add(TransportProtocol.Polling, false, 4, sample, kind);
                rows.Add(TransportProtocol.Polling, true, 4, sample, kind);
                rows.Add(TransportProtocol.WebSocket, false, 4, sample, kind);
            }
            rows.Add(TransportProtocol.WebSocket, false, 3, "Chat", ProxyKind.Epoll);
            return rows;
        }
    }

    /// <summary>The same, and directly.</summary>
    public static TheoryData<TransportProtocol, bool, int, string, ProxyKind?> DotNetClients =>
        new(ProxiedDotNetClients)
        {
            { TransportProtocol.Polling, false, 4, "Tasks", null },
            { TransportProtocol.Polling, true, 4, "Tasks", null },
            { TransportProtocol.WebSocket, false, 4, "Tasks", null },
            { TransportProtocol.Polling, false, 3, "Tasks", null },
        };

    [Theory, MemberData(nameof(DotNetClients))]
    public async Task The_client_for_dotnet_is_served(
        TransportProtocol transport, bool upgrades, int version, string sample, ProxyKind? kind)
    {
        await using var deployment = await MatrixDeployment.StartAsync(sample, kind, pings: false);
        using var client = Create(deployment, transport, upgrades, version);
        client.On("ask", question =>
            _ = question.CallbackAsync(new { got = question.GetValue<string>(0) }));
        var pushed = new TaskCompletionSource<byte[]>();
        client.On("pushed", piece =>
        {
            if (piece.GetValue<int>(0) == 9)
                pushed.SetResult(piece.GetValue<byte[]>(1));
        });
        var heard = new TaskCompletionSource<SocketIOClient.SocketIOResponse>();
        client.On("heard", heard.SetResult);
        await client.ConnectAsync();
        var (own, other) = await OwnAndOtherAsync(deployment, client);
        Assert.Equal(
            transport == TransportProtocol.WebSocket || upgrades ? "websocket" : "polling",
            own.IO.Sockets.Single().TransportName);

        var echo = await client.AskAsync("echo", "é😀", new byte[] { 0, 255 });
        Assert.Equal("é😀", echo.GetValue<string>(0));
        Assert.Equal([0, 255], echo.GetValue<byte[]>(1));
        var answer = await client.AskAsync("ask me", "x");
        Assert.Equal("x", answer.GetValue<JsonElement>(0).GetProperty("got").GetString());
        await client.EmitAsync("push", 10);
        Assert.Equal([9, 255], await Patience.ForAsync(pushed.Task));

        await client.AskAsync("join", "hall");
        other.IO.To("hall").Emit("heard", "from afar", new byte[] { 1, 255 });
        var call = await Patience.ForAsync(heard.Task);
        Assert.Equal("from afar", call.GetValue<string>(0));
        Assert.Equal([1, 255], call.GetValue<byte[]>(1));

        await client.DisconnectAsync();
        await Patience.ForAsync(() => own.IO.Sockets.Count == 0, () => "the socket's end");
    }

    [Theory, MemberData(nameof(ProxiedDotNetClients))]
    public async Task The_client_for_dotnet_goes_on_at_another_instance_when_its_own_dies(
        TransportProtocol transport, bool upgrades, int version, string sample, ProxyKind? kind)
    {
        await using var deployment = await MatrixDeployment.StartAsync(sample, kind, pings: false);
        using var client = Create(deployment, transport, upgrades, version);
        await client.ConnectAsync();
        var (own, _) = await OwnAndOtherAsync(deployment, client);
        await own.KillAsync();
        await client.ConnectedAsync(2);
        var (now, _) = await OwnAndOtherAsync(deployment, client);
        Assert.NotEqual(own, now);
    }

    [Theory, MemberData(nameof(Fronts))]
    public async Task Wscat_speaks_the_protocol(string sample, ProxyKind? kind)
    {
        await using var deployment = await MatrixDeployment.StartAsync(sample, kind);
        var entrance = new UriBuilder(deployment.Entrance)
        {
            Scheme = "ws", Query = "EIO=4&transport=websocket",
        };
        await using var wscat = NodeProcess.Wscat("-c", entrance.Uri.ToString());
        await wscat.OutputWithAsync("\"pingTimeout\":20000");
        await wscat.WriteAsync("40\n");
        await wscat.OutputWithAsync("40{\"sid\":\"");
        await wscat.WriteAsync("4217[\"echo\",\"spoken\"]\n");
        await wscat.OutputWithAsync("4317[\"spoken\"]");
        await wscat.WriteAsync("4218[\"join\",\"hall\"]\n");
        await wscat.OutputWithAsync("4318[true]");
        var other = deployment.Hosts.First(host => host.IO.Sockets.Count == 0);
        other.IO.To("hall").Emit("heard", "from afar");
        await wscat.OutputWithAsync("42[\"heard\",\"from afar\"]");
        wscat.CloseInput();
        Assert.Equal(0, await wscat.ExitAsync(Patience.Program));
    }

    [Theory, MemberData(nameof(Fronts))]
    public async Task A_page_in_Chromium_loads_the_client_and_talks_by_each_transport(
        string sample, ProxyKind? kind)
    {
        await using var deployment = await MatrixDeployment.StartAsync(sample, kind);
        await using var browser = await OpenPageAsync(deployment);
        await browser.EvaluateAsync("""
            window.talk = transports => new Promise((resolve, reject) => {
                const socket = io({ path, transports, forceNew: true, reconnection: false });
                socket.on("connect_error", error => reject(error.message));
                socket.io.on("open", () => socket.io.engine.on("upgrade", () => speak()));
                socket.on("connect", () => transports.length === 1 && speak());
                const speak = async () => {
                    const [text] = [await socket.emitWithAck("echo", "é😀")];
                    const bytes = await socket.emitWithAck("echo", new Uint8Array([1, 2, 255]));
                    const { name } = socket.io.engine.transport;
                    socket.close();
                    resolve(`${name} ${text} ${new Uint8Array(bytes).join()}`);
                };
            });
            """);
        Assert.Equal("polling é😀 1,2,255", await TalkAsync("['polling']"));
        Assert.Equal("websocket é😀 1,2,255", await TalkAsync("['polling', 'websocket']"));
        Assert.Equal("websocket é😀 1,2,255", await TalkAsync("['websocket']"));

        async Task<string?> TalkAsync(string transports) =>
            (await browser.EvaluateAsync($"window.talk({transports})")).GetString();
    }

    [Theory, MemberData(nameof(Proxied))]
    public async Task A_page_in_Chromium_goes_on_at_another_instance_and_hears_its_room(
        string sample, ProxyKind? kind)
    {
        await using var deployment = await MatrixDeployment.StartAsync(sample, kind);
        await using var browser = await OpenPageAsync(deployment);
        await browser.EvaluateAsync("""
            const socket = io({ path, reconnectionDelay: 20, reconnectionDelayMax: 100 });
            socket.on("connect", async () => {
                await socket.emitWithAck("join", "hall");
                document.title = await socket.emitWithAck("instance");
            });
            socket.on("heard", (text, bytes) => {
                document.title += ` ${text} ${new Uint8Array(bytes).join()}`;
            });
            null;
            """);
        await browser.UntilAsync("['a', 'b', 'c'].includes(document.title)");
        var own = (await browser.EvaluateAsync("document.title")).GetString()!;
        await deployment.Hosts["abc".IndexOf(own, StringComparison.Ordinal)].KillAsync();
        await browser.UntilAsync(
            $"['a', 'b', 'c'].includes(document.title) && document.title !== '{own}'");
        var now = (await browser.EvaluateAsync("document.title")).GetString()!;
        // The one that has been killed still speaks to Redis.
        deployment.Hosts.First(host => host.IO.Sockets.Count == 0).IO.To("hall")
            .Emit("heard", "from afar", new byte[] { 1, 255 });
        await browser.UntilAsync($"document.title === '{now} from afar 1,255'");
    }

    /// <summary>A page that has the client, and knows the path.</summary>
    static async Task<Browser> OpenPageAsync(MatrixDeployment deployment)
    {
        var browser = await Browser.OpenAsync($"{deployment.Address}page?at={deployment.Path}");
        await browser.EvaluateAsync($"window.path = '{deployment.Path}'");
        return browser;
    }

    static DotNetClient Create(
        MatrixDeployment deployment, TransportProtocol transport, bool upgrades, int version) =>
        new(deployment.Address, deployment.Path, transport, upgrades, version);

    /// <summary>The instance that has the client, and one that has not.</summary>
    static async Task<(SocketIOHost Own, SocketIOHost Other)> OwnAndOtherAsync(
        MatrixDeployment deployment, DotNetClient client)
    {
        var name = (await client.AskAsync("instance")).GetValue<string>(0);
        var own = deployment.Hosts["abc".IndexOf(name, StringComparison.Ordinal)];
        return (own, deployment.Hosts.First(host => host != own));
    }
}
