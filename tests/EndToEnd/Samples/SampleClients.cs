using System.Text.Json;
using Sluice.EndToEnd.SocketIO.Cluster;

namespace Sluice.EndToEnd.Samples;

/// <summary>socket.io-clients of a sample, each with a name.</summary>
sealed class SampleClients(ControlledProgram program) : IAsyncDisposable
{
    public static async Task<SampleClients> StartAsync() =>
        new((await ControlledProgram.StartAsync("sample-client.mjs")).Program);

    /// <summary>Connects; what the server said when it refused, null when it did not.</summary>
    /// <param name="name">How the test calls it.</param>
    /// <param name="url">The server's, with the namespace.</param>
    /// <param name="options">As the client has them.</param>
    /// <param name="version">2, 3 or 4: 2.5, 3.1 or 4.8.</param>
    public async Task<string?> ConnectAsync(
        string name, Uri url, object options, int version = 4)
    {
        var result = await program.CallAsync("connect", new { name, url, options, version });
        return result.ValueKind == JsonValueKind.String ? result.GetString() : null;
    }

    /// <summary>Waits until it is carried by a transport.</summary>
    public Task<JsonElement> TransportAsync(string name, string wished) =>
        program.CallAsync("transport", new { name, wished });

    /// <summary>The next event of this name: its first argument.</summary>
    public async Task<JsonElement> NextAsync(string name, string @event) =>
        (await program.CallAsync("next", new { name, @event }))[1];

    /// <summary>Sends an event and waits for its acknowledgement.</summary>
    public Task<JsonElement> AskAsync(string name, string @event, params object?[] args) =>
        program.CallAsync("ask", new { name, @event, args });

    /// <summary>Waits until it has connected so many times.</summary>
    public Task ConnectedAsync(string name, int times) =>
        program.CallAsync("connected", new { name, times });

    public ValueTask DisposeAsync() => program.DisposeAsync();
}
