using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Sluice.SocketIO.Adapters;
using Sluice.SocketIO.Protocol;

namespace Sluice.SocketIO;

/// <summary>
/// What child namespaces have in common. Nobody is in it; what is sent to it goes to everybody in
/// every child that this node has, and other operations are not supported.
/// </summary>
/// <param name="server">The server.</param>
/// <param name="name">A name that no client can ask for.</param>
/// <param name="allows">Whether a name is one of its children's.</param>
/// <param name="pattern">What all their names match; null when only clients are asked for.</param>
sealed class ParentNamespace(
    SocketIOServer server, string name, Func<string, SocketHandshake, ValueTask<bool>> allows,
    Regex? pattern)
    : Namespace(server, name, parent: null)
{
    readonly ConcurrentDictionary<string, Namespace> children = new(StringComparer.Ordinal);

    public ConcurrentDictionary<string, Namespace> Children => children;

    /// <summary>Whether a namespace of this name is a child, whoever asks for it.</summary>
    public bool Matches(string child) => pattern?.IsMatch(child) == true;

    public ValueTask<bool> AllowsAsync(string child, SocketHandshake handshake) =>
        allows(child, handshake);

    protected override Adapter CreateAdapter() => new ToChildren(this);

    /// <summary>
    /// Sends to the children, and can do nothing else, as that of the official server: another
    /// node may have children that this one has not, so there is nobody to ask.
    /// </summary>
    sealed class ToChildren(ParentNamespace parent) : InMemoryAdapter(parent)
    {
        public override void Broadcast(Packet packet, BroadcastOptions options)
        {
            foreach (var child in parent.Children.Values)
                child.Broadcast(packet with { Namespace = child.Name }, options);
        }

        public override void BroadcastWithAck(
            Packet packet, BroadcastOptions options, Action<int> onClientCount,
            Action<Packet> onAck, CancellationToken cancel) => throw NotHere("emitWithAck()");

        public override Task<IReadOnlySet<string>> SocketsAsync(
            BroadcastOptions options, CancellationToken cancel = default) =>
            throw NotHere("allSockets()");

        public override Task<IReadOnlyList<RemoteSocketData>> FetchSocketsAsync(
            BroadcastOptions options, CancellationToken cancel = default) =>
            throw NotHere("fetchSockets()");

        public override void AddSockets(
            BroadcastOptions options, IReadOnlyCollection<string> rooms) =>
            throw NotHere("socketsJoin()");

        public override void RemoveSockets(
            BroadcastOptions options, IReadOnlyCollection<string> rooms) =>
            throw NotHere("socketsLeave()");

        public override void DisconnectSockets(BroadcastOptions options, bool close) =>
            throw NotHere("disconnectSockets()");

        public override void ServerSideEmit(ReadOnlyMemory<byte> json) =>
            throw NotHere("serverSideEmit()");

        public override Task<IReadOnlyList<ReadOnlyMemory<byte>>> ServerSideEmitWithAckAsync(
            ReadOnlyMemory<byte> json, CancellationToken cancel = default) =>
            throw NotHere("serverSideEmitWithAck()");

        static NotSupportedException NotHere(string what) => new(
            $"{what} is not supported on parent namespaces; NewNamespace tells of each child.");
    }
}
