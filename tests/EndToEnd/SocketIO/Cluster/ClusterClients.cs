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

    public Task CloseAsync(string name) => program.CallAsync("close", new { name });

    /// <summary>
    /// What each has received since the last call: arguments of events, in their order. A node
    /// sends everybody a fence, behind which nothing older can come.
    /// </summary>
    /// <param name="through">
    /// A node that has not done anything since: what others did is on its way before the fence.
    /// </param>
    /// <param name="gone">Who has been disconnected.</param>
    public async Task<Dictionary<string, JsonElement[][]>> TakeAsync(
        IClusterNode through, params string[] gone)
    {
        fence++;
        await through.DoAsync(new ClusterOperation("fence")
        {
            Args = [JsonSerializer.SerializeToElement(fence)],
        });
        var taken = await program.CallAsync("take", new { fence, gone });
        return taken.Deserialize<Dictionary<string, JsonElement[][]>>()!;
    }

    public ValueTask DisposeAsync() => program.DisposeAsync();
}
