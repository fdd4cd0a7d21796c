namespace Sluice.SocketIO.EngineIO;

/// <summary>Why a session or a socket has ended: the official server's words.</summary>
public static class CloseReasons
{
    public const string TransportError = "transport error";
    public const string TransportClose = "transport close";
    public const string PingTimeout = "ping timeout";
    public const string ParseError = "parse error";
    public const string ForcedClose = "forced close";
    public const string ForcedServerClose = "forced server close";
    public const string ServerShuttingDown = "server shutting down";
    public const string ClientNamespaceDisconnect = "client namespace disconnect";
    public const string ServerNamespaceDisconnect = "server namespace disconnect";
}
