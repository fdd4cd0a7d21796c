using Microsoft.AspNetCore.Http;

namespace Sluice.SocketIO.EngineIO;

/// <summary>What becomes of a client that reads more slowly than it is sent to.</summary>
public enum SendQueuePolicy
{
    /// <summary>
    /// The session ends with "transport error"; its client comes back by itself and begins anew,
    /// or recovers its state.
    /// </summary>
    Disconnect,

    /// <summary>
    /// What does not fit is dropped, a message with all its attachments or not at all; answers to
    /// the client's own questions too. For data of which a later piece makes up for a lost one.
    /// </summary>
    DropNewest,
}

/// <summary>The options of an Engine.IO server; names and defaults are the official server's.</summary>
public class EngineOptions
{
    /// <summary>How long after the last answer the client is pinged again.</summary>
    public TimeSpan PingInterval { get; set; } = TimeSpan.FromSeconds(25);

    /// <summary>How long a client may take to answer a ping.</summary>
    public TimeSpan PingTimeout { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>How long a client may take to move from polling to a WebSocket.</summary>
    public TimeSpan UpgradeTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>The longest message or request body that is taken, in bytes.</summary>
    public int MaxHttpBufferSize { get; set; } = 1_000_000;

    /// <summary>What clients may use: "polling", "websocket".</summary>
    public ISet<string> Transports { get; } =
        new HashSet<string>(StringComparer.Ordinal) { "polling", "websocket" };

    /// <summary>Whether a polling client may go on over a WebSocket.</summary>
    public bool AllowUpgrades { get; set; } = true;

    /// <summary>
    /// Lets clients in that speak version 3 of Engine.IO: those of Socket.IO 1 and 2.
    /// </summary>
    public bool AllowEIO3 { get; set; }

    /// <summary>
    /// Asked before a session begins: null lets the client in, a text refuses it with 403 and is
    /// sent as the message. The place for a check of the Origin.
    /// </summary>
    public Func<HttpContext, ValueTask<string?>>? AllowRequest { get; set; }

    /// <summary>The cookie that carries the session's id on polling handshakes; null for none.</summary>
    public string? CookieName { get; set; }

    /// <summary>
    /// How that cookie is kept: for this host and all paths, unseen by scripts, not sent with
    /// requests from other sites unless that is changed.
    /// </summary>
    public CookieOptions CookieAttributes { get; set; } = new()
    {
        HttpOnly = true,
        SameSite = SameSiteMode.Lax,
    };

    /// <summary>
    /// Polling answers from this many bytes on are compressed for clients that take gzip or
    /// deflate; null for none.
    /// </summary>
    public int? HttpCompressionThreshold { get; set; } = 1024;

    /// <summary>
    /// Compresses messages on the WebSockets of clients that offer permessage-deflate, which
    /// browsers do; null for none.
    /// </summary>
    public PerMessageDeflateOptions? PerMessageDeflate { get; set; }

    /// <summary>
    /// Packets that one polling answer carries at most. Clients made of python-engineio refuse
    /// more than 16 (Payload.max_decode_packets).
    /// </summary>
    public int MaxPacketsPerPoll { get; set; } = 16;

    /// <summary>
    /// Bytes that may wait for one client, so that one that reads more slowly than it is sent to
    /// does not fill the server's memory.
    /// </summary>
    public long MaxSendQueueBytes { get; set; } = 16 * 1024 * 1024;

    /// <summary>
    /// What becomes of a client for which more than <see cref="MaxSendQueueBytes"/> would wait. A
    /// sender that waits for <see cref="EngineSession.DrainAsync"/> never comes that far.
    /// </summary>
    public SendQueuePolicy SendQueuePolicy { get; set; }

    /// <summary>
    /// Up to four characters (A-Z a-z 0-9 - _) that every session's id begins with, so that a
    /// gateway can lead <c>?sid=</c> to this node.
    /// </summary>
    public string NodeTag { get; set; } = "";
}
