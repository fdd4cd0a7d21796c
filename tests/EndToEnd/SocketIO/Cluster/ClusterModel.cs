namespace Sluice.EndToEnd.SocketIO.Cluster;

/// <summary>What a cluster should be like: who is where and in which rooms.</summary>
sealed class ClusterModel
{
    public List<ClusterMember> Members { get; } = [];

    /// <summary>Whom an operation of a node is for.</summary>
    public ClusterMember[] Select(ClusterTarget to, int origin) =>
    [
        .. Members.Where(member =>
            (to.Rooms.Length == 0 || member.Rooms.Overlaps(to.Rooms))
            && !member.Rooms.Overlaps(to.Except) && (!to.Local || member.Node == origin)),
    ];
}

/// <summary>A client and its socket.</summary>
/// <param name="Name">The client's.</param>
/// <param name="Id">The socket's.</param>
/// <param name="Node">Where it is connected.</param>
sealed record ClusterMember(string Name, string Id, int Node)
{
    /// <summary>Its own room among them.</summary>
    public HashSet<string> Rooms { get; } = new(StringComparer.Ordinal) { Id };

    /// <summary>Its id and rooms, as fetchSockets gives them.</summary>
    public string Description => Id + ": " + string.Join(' ', Rooms.Order(StringComparer.Ordinal));
}
