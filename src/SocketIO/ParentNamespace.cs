using System.Collections.Concurrent;
using Sluice.SocketIO.Adapters;
using Sluice.SocketIO.Protocol;

namespace Sluice.SocketIO;

/// <summary>
/// What child namespaces have in common. Nobody is in it; what is sent to it goes to everybody in
/// every child that this node has.
/// </summary>
sealed class ParentNamespace(
    SocketIOServer server, string name, Func<string, SocketHandshake, ValueTask<bool>> allows)
    : Namespace(server, name, parent: null)
{
    readonly ConcurrentDictionary<string, Namespace> children = new(StringComparer.Ordinal);

    public ConcurrentDictionary<string, Namespace> Children => children;

    public ValueTask<bool> AllowsAsync(string child, SocketHandshake handshake) =>
        allows(child, handshake);

    protected override Adapter CreateAdapter() => new ToChildren(this);

    sealed class ToChildren(ParentNamespace parent) : InMemoryAdapter(parent)
    {
        public override void Broadcast(Packet packet, BroadcastOptions options)
        {
            foreach (var child in parent.Children.Values)
                child.Broadcast(packet with { Namespace = child.Name }, options);
        }
    }
}
