namespace Sluice.EndToEnd.SocketIO.Cluster;

/// <summary>With createAdapter of @socket.io/redis-streams-adapter, and recovery.</summary>
public sealed class SocketIOStreamsClusterTests() : ClusterTests("streams");
