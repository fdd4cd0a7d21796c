using System.Text.Json;
using Sluice.SocketIO.Protocol;

namespace Sluice.SocketIO.Testing;

/// <summary>What a <see cref="SocketIOTestClient"/> asks for.</summary>
public sealed class SocketIOTestClientOptions
{
    /// <summary>The path that the application serves Socket.IO at.</summary>
    public string Path { get; set; } = "/socket.io";

    /// <summary>The namespace to connect to.</summary>
    public string Namespace { get; set; } = "/";

    /// <summary>
    /// The auth payload, an object such as <c>new Dictionary&lt;string, string&gt;</c>; null for
    /// none. Headers are those of the HttpClient.
    /// </summary>
    public object? Auth { get; set; }

    /// <summary>What stands in the query of each request besides the protocol's own.</summary>
    public IDictionary<string, string> Query { get; } = new Dictionary<string, string>();

    /// <summary>How arguments are written and read; as the server's, unless it is changed.</summary>
    public JsonSerializerOptions Json { get; } = JsonDefaults.Create();

    /// <summary>The server's parser.</summary>
    public IPacketParser Parser { get; set; } = JsonPacketParser.Instance;

    /// <summary>
    /// How long something may take, by the machine's clock, before the test is told that it did
    /// not come.
    /// </summary>
    public TimeSpan Patience { get; set; } = TimeSpan.FromSeconds(10);
}
