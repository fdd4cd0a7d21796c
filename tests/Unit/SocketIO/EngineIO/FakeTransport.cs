using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Sluice.SocketIO.EngineIO;
using Sluice.Unit.SocketIO.Sockets;

namespace Sluice.Unit.SocketIO.EngineIO;

/// <summary>A session over a transport that takes what is queued while it is open.</summary>
sealed class FakeTransport : Transport
{
    readonly List<string> sent = [];

    public FakeTransport(EngineOptions options, int version = 4, string name = "websocket")
    {
        Name = name;
        var server = new EngineServer(options, NullLogger.Instance, Time, EmptyServices.Instance);
        Session = new LiveSession(server, EngineId.Next(), NewHandshake(), version);
        Session.Start(this, _ => new Handler(Received.Add, Reasons.Add));
    }

    public FakeTime Time { get; } = new();

    public LiveSession Session { get; }

    public List<string> Received { get; } = [];

    /// <summary>Why the session ended; once, or there is a mistake.</summary>
    public List<string> Reasons { get; } = [];

    /// <summary>A client that does not read.</summary>
    public bool IsStuck { get; set; }

    public bool HasSaidGoodbye { get; private set; }

    public bool IsAborted { get; private set; }

    public override string Name { get; }

    public override bool IsWritable => !IsStuck;

    /// <summary>What was sent since the last look.</summary>
    public string[] Sent
    {
        get
        {
            string[] all = [.. sent];
            sent.Clear();
            return all;
        }
    }

    public override void Pump()
    {
        while (!IsStuck && Session.TryTake(out var message))
            sent.Add(Encoding.UTF8.GetString(message.Bytes.Span));
    }

    public override void CloseWhenSent() => HasSaidGoodbye = true;

    public override void Abort() => IsAborted = true;

    /// <summary>A packet of the client.</summary>
    public bool Receive(string packet) =>
        Session.Receive(Encoding.UTF8.GetBytes(packet), isBinary: false);

    public static EngineHandshake NewHandshake() => new()
    {
        Headers = new HeaderDictionary(),
        Query = new QueryCollection(),
        Url = "/",
        Address = "127.0.0.1",
        IsCrossDomain = false,
        IsSecure = false,
        Time = DateTimeOffset.UnixEpoch,
        User = new(),
        Services = EmptyServices.Instance,
    };

    sealed class Handler(Action<string> onMessage, Action<string> onClosed) : IEngineHandler
    {
        public void OnMessage(ReadOnlySpan<byte> payload, bool isBinary) =>
            onMessage(isBinary ? Convert.ToHexString(payload) : Encoding.UTF8.GetString(payload));

        public void OnClosed(string reason) => onClosed(reason);
    }
}
