using Sluice.EndToEnd.Servers;

namespace Sluice.EndToEnd.Differential;

/// <summary>All that can be seen from outside of how one proxy dealt with one case.</summary>
sealed class Observation
{
    public List<ClientSeen> Clients { get; } = [];

    public List<RequestSeen> Requests { get; } = [];

    public List<string> AccessLog { get; set; } = [];

    /// <summary>For whoever looks at a case that fails; compared where the case asks for it.</summary>
    public List<string> ErrorLog { get; set; } = [];

    /// <summary>Lines of further logs, by file.</summary>
    public Dictionary<string, List<string>> Logs { get; } = [];

    /// <summary>What went wrong in running the case itself; empty when nothing did.</summary>
    public string Failure { get; set; } = "";
}

/// <summary>One client connection.</summary>
sealed class ClientSeen
{
    /// <summary>Every response in order, interim ones included.</summary>
    public List<HttpMessage> Responses { get; } = [];

    /// <summary>How it stood after the last response.</summary>
    public ConnectionEnd End { get; set; }

    /// <summary>Bytes that came after a 101, or that belong to no response.</summary>
    public byte[] Rest { get; set; } = [];
}

/// <summary>How a connection stood after its last response.</summary>
enum ConnectionEnd
{
    /// <summary>It served a further request.</summary>
    Kept,

    /// <summary>The proxy closed it.</summary>
    Closed,

    /// <summary>The script of the case closed it.</summary>
    ClosedByClient,

    /// <summary>Neither: it stayed open and silent.</summary>
    Silent,
}

/// <summary>One request as a backend received it.</summary>
sealed class RequestSeen
{
    public required string Backend { get; init; }

    /// <summary>The connection it came on; equal numbers are one connection.</summary>
    public required int Connection { get; init; }

    public HttpMessage? Message { get; set; }

    /// <summary>What came through a tunnel after it.</summary>
    public byte[] Tunnel { get; set; } = [];

    /// <summary>True when the proxy ended the tunnel, false when the script did.</summary>
    public bool EndedByProxy { get; set; }
}
