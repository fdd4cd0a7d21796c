using Sluice.Fuzz.Targets;

namespace Sluice.Fuzz;

/// <summary>All targets. A new one is a file in Targets/, a line here, and a corpus folder.</summary>
public static class FuzzTargets
{
    public static IReadOnlyList<IFuzzTarget> All { get; } =
    [
        new RequestHeadTarget(),
        new ResponseHeadTarget(),
        new ChunkedBodyTarget(),
        new UriPathTarget(),
        new ConfigLexerTarget(),
        new JwtTarget(),
        new PollingPayloadTarget(),
        new OldPollingPayloadTarget(),
        new WebSocketFramesTarget(),
        new DeflatedMessageTarget(),
        new SocketIOPacketTarget(),
        new MessagePackTarget(),
        new RespTarget(),
        new ClusterMessagesTarget(),
        new StreamEntriesTarget(),
        new StoredSessionsTarget(),
    ];

    public static IFuzzTarget? Find(string name) => All.FirstOrDefault(one => one.Name == name);
}
