using System.Text.Json;

namespace Sluice.EndToEnd.SocketIO.Cluster;

/// <summary>socket.io-clients in one Node.js program, each with a name.</summary>
sealed class ClusterClients(ControlledProgram program) : IAsyncDisposable
{
    int fence;

    public static async Task<ClusterClients> StartAsync() =>
        new((await ControlledProgram.StartAsync("cluster-clients.mjs")).Program);

    /// <summary>Connects one; its socket's id.</summary>
    public async Task<string> ConnectAsync(string name, Uri url, object? options = null) =>
        (await program.CallAsync("connect", new { name, url, options = options ?? new { } }))
            .GetString()!;

    /// <summary>Loses its connection and comes back elsewhere.</summary>
    public Task<JsonElement> MoveAsync(string name, Uri url) =>
        program.CallAsync("move", new { name, url });

    /// <summary>Loses its connection and stays away.</summary>
    public Task LeaveAsync(string name) => program.CallAsync("leave", new { name });

    /// <summary>Comes back from <see cref="LeaveAsync"/>: its socket's id, and whether recovered.</summary>
    public Task<JsonElement> ArriveAsync(string name, Uri url) =>
        program.CallAsync("arrive", new { name, url });

    public Task CloseAsync(string name) => program.CallAsync("close", new { name });

    /// <summary>
    /// What each has received since the last call: arguments of events, in their order. Two nodes
    /// send everybody a fence, behind which nothing older can come: a node's own clients get its
    /// fence at once, but that of another node only after what was under way before.
    /// </summary>
    /// <param name="through">Two nodes: that which has done something, and any other.</param>
    /// <param name="gone">Who has been disconnected.</param>
    public async Task<Dictionary<string, JsonElement[][]>> TakeAsync(
        (IClusterNode First, IClusterNode Second) through, params string[] gone)
    {
        fence++;
        await FenceAsync(through.First, 0);
        await FenceAsync(through.Second, 1);
        var taken = await program.CallAsync("take", new { fence, gone });
        return taken.Deserialize<Dictionary<string, JsonElement[][]>>()!;
    }

    /// <summary>As <see cref="TakeAsync"/>, of some clients, with a fence of the caller's.</summary>
    public async Task<Dictionary<string, JsonElement[][]>> TakeOwnAsync(
        Action<int> emitFences, params string[] names)
    {
        fence++;
        emitFences(fence);
        var taken = await program.CallAsync(
            "take", new { fence, gone = Array.Empty<string>(), names });
        return taken.Deserialize<Dictionary<string, JsonElement[][]>>()!;
    }

    Task<JsonElement> FenceAsync(IClusterNode node, int index) =>
        node.DoAsync(new ClusterOperation("fence")
        {
            Args =
            [
                JsonSerializer.SerializeToElement(fence), JsonSerializer.SerializeToElement(index),
            ],
        });

    public ValueTask DisposeAsync() => program.DisposeAsync();
}
