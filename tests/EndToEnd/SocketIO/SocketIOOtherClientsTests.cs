using System.Text.Json;
using SocketIOClient.Transport;
using Sluice.EndToEnd.Servers;
using Client = SocketIOClient.SocketIO;

namespace Sluice.EndToEnd.SocketIO;

/// <summary>Clients that are not the official one in Node.js.</summary>
public sealed class SocketIOOtherClientsTests
{
    /// <summary>The proxies, and none.</summary>
    public static TheoryData<ProxyKind?> Fronts =>
        new(new ProxyKind?[] { null, ProxyKind.Nginx, ProxyKind.Epoll, ProxyKind.Sockets });

    public static TheoryData<TransportProtocol, bool, int, ProxyKind?> DotNetClients
    {
        get
        {
            var rows = new TheoryData<TransportProtocol, bool, int, ProxyKind?>();
            foreach (var proxy in new ProxyKind?[] { null, ProxyKind.Nginx, ProxyKind.Epoll })
            {
                rows.Add(TransportProtocol.Polling, false, 4, proxy);
                rows.Add(TransportProtocol.Polling, true, 4, proxy);
                rows.Add(TransportProtocol.WebSocket, false, 4, proxy);
            }
            rows.Add(TransportProtocol.Polling, false, 3, null);
            rows.Add(TransportProtocol.WebSocket, false, 3, ProxyKind.Epoll);
            return rows;
        }
    }

    [Theory, MemberData(nameof(DotNetClients))]
    public async Task The_client_for_dotnet_is_served(
        TransportProtocol transport, bool upgrades, int version, ProxyKind? proxy)
    {
        await using var host = await MatrixHost.StartAsync();
        await using var front = await Front.StartAsync(proxy, host.Address);
        using var client = new Client(front.Address, new SocketIOClient.SocketIOOptions
        {
            Transport = transport,
            AutoUpgrade = upgrades,
            EIO = version,
            Reconnection = false,
        });
        client.On("ask", async question =>
            await question.CallbackAsync(new { got = question.GetValue<string>(0) }));
        var pushed = new TaskCompletionSource<byte[]>();
        client.On("pushed", piece =>
        {
            if (piece.GetValue<int>(0) == 9)
                pushed.SetResult(piece.GetValue<byte[]>(1));
        });
        await SoonAsync(client.ConnectAsync());
        await Patience.ForAsync(() => host.IO.Sockets.Count == 1, () => "a socket");
        Assert.Equal(
            transport == TransportProtocol.WebSocket || upgrades ? "websocket" : "polling",
            host.IO.Sockets.Single().TransportName);

        var echo = await AskAsync(client, "echo", "é😀", new byte[] { 0, 255 });
        Assert.Equal("é😀", echo.GetValue<string>(0));
        Assert.Equal([0, 255], echo.GetValue<byte[]>(1));
        var answer = await AskAsync(client, "ask me", "x");
        Assert.Equal("x", answer.GetValue<JsonElement>(0).GetProperty("got").GetString());
        await client.EmitAsync("push", 10);
        await SoonAsync(pushed.Task);
        Assert.Equal([9, 255], await pushed.Task);

        await SoonAsync(client.DisconnectAsync());
        await Patience.ForAsync(() => host.IO.Sockets.Count == 0, () => "the socket's end");
    }

    [Theory, MemberData(nameof(Fronts))]
    public async Task Wscat_speaks_the_protocol(ProxyKind? proxy)
    {
        await using var host = await MatrixHost.StartAsync();
        await using var front = await Front.StartAsync(proxy, host.Address);
        await using var wscat = NodeProcess.Wscat(
            "-c", $"ws://{front.Address.Authority}/socket.io/?EIO=4&transport=websocket");
        await wscat.OutputWithAsync("\"pingTimeout\":20000");
        await wscat.WriteAsync("40\n");
        await wscat.OutputWithAsync("40{\"sid\":\"");
        await wscat.WriteAsync("4217[\"echo\",\"spoken\"]\n");
        await wscat.OutputWithAsync("4317[\"spoken\"]");
        wscat.CloseInput();
        Assert.Equal(0, await wscat.ExitAsync(Patience.Program));
    }

    [Theory, MemberData(nameof(Fronts))]
    public async Task A_page_in_Chromium_loads_the_client_and_talks_by_each_transport(
        ProxyKind? proxy)
    {
        await using var host = await MatrixHost.StartAsync();
        await using var front = await Front.StartAsync(proxy, host.Address);
        await using var browser = await Browser.OpenAsync($"{front.Address}page");
        await browser.EvaluateAsync("""
            window.talk = transports => new Promise((resolve, reject) => {
                const socket = io({ transports, forceNew: true, reconnection: false });
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

    static async Task<SocketIOClient.SocketIOResponse> AskAsync(
        Client client, string name, params object[] values)
    {
        var answer = new TaskCompletionSource<SocketIOClient.SocketIOResponse>();
        await client.EmitAsync(name, answer.SetResult, values);
        await SoonAsync(answer.Task);
        return await answer.Task;
    }

    static Task SoonAsync(Task task) => task.WaitAsync(Patience.Event);
}
