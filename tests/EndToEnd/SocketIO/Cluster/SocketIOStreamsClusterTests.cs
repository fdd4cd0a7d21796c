namespace Sluice.EndToEnd.SocketIO.Cluster;

/// <summary>With createAdapter of @socket.io/redis-streams-adapter, and recovery.</summary>
public sealed class SocketIOStreamsClusterTests() : ClusterTests("streams");

/// <summary>With streams that namespaces are spread over, and sharded channels.</summary>
public sealed class SocketIOSpreadStreamsClusterTests() : ClusterTests("streams-spread");
