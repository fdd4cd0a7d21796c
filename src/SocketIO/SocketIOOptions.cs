using System.Text.Json;
using Sluice.SocketIO.EngineIO;
using Sluice.SocketIO.Protocol;

namespace Sluice.SocketIO;

/// <summary>The options of a Socket.IO server.</summary>
public sealed class SocketIOOptions : EngineOptions
{
    /// <summary>
    /// How arguments are written and read. Add the application's source-generated contexts to its
    /// TypeInfoResolverChain; a type that none knows falls back to reflection where that is on.
    /// </summary>
    public JsonSerializerOptions Json { get; } = JsonDefaults.Create();

    /// <summary>A connection that joins no namespace for this long is closed.</summary>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(45);

    /// <summary>Lets clients that lost their connection go on where they were; null for off.</summary>
    public ConnectionStateRecoveryOptions? ConnectionStateRecovery { get; set; }

    /// <summary>
    /// Events of one socket whose handlers may run at a time. They start in the order in which
    /// they came; with 1 each ends before the next one starts.
    /// </summary>
    public int MaxParallelEvents { get; set; } = 1024;

    /// <summary>Removes a child namespace when its last socket leaves.</summary>
    public bool CleanupEmptyChildNamespaces { get; set; }

    /// <summary>
    /// A folder with the files of the official client, such as node_modules/socket.io/client-dist,
    /// which are then served below the server's path as <c>/socket.io/socket.io.min.js</c> and the
    /// like; null serves none. They are read when the server is mapped.
    /// </summary>
    public string? ClientFolder { get; set; }

    /// <summary>How packets stand on the wire; clients must use the same parser.</summary>
    public IPacketParser Parser { get; set; } = JsonPacketParser.Instance;
}

/// <summary>Connection state recovery: missed packets, rooms and data after a short absence.</summary>
public sealed class ConnectionStateRecoveryOptions
{
    /// <summary>How long a session and the packets it missed are kept.</summary>
    public TimeSpan MaxDisconnectionDuration { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>Middlewares do not run for a recovered socket.</summary>
    public bool SkipMiddlewares { get; set; } = true;

    /// <summary>
    /// Packets that are kept for recovery in memory, a namespace; the oldest go first, and who
    /// needs one of those begins anew.
    /// </summary>
    public int MaxPackets { get; set; } = 10_000;

    /// <summary>
    /// Bytes of packets that are kept for recovery in memory, a namespace; the oldest go first.
    /// </summary>
    public long MaxBytes { get; set; } = 64 * 1024 * 1024;

    /// <summary>Sessions that are kept in memory, a namespace; the oldest go first.</summary>
    public int MaxSessions { get; set; } = 10_000;
}
