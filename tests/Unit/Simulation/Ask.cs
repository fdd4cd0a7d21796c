using System.Text;

namespace Sluice.Unit.Simulation;

/// <summary>What a peer does instead of answering as it should.</summary>
enum Misdeed
{
    None,
    CloseBeforeHead,
    ResetBeforeHead,
    CloseWithinHead,
    SendGarbage,
    SayBusy,
    CloseWithinBody,
    ResetWithinBody,
    NeverAnswer,
}

/// <summary>What came of a request, as its client sees it.</summary>
enum Outcome
{
    /// <summary>Not asked yet, or under way.</summary>
    Open,

    /// <summary>The peer's answer came whole.</summary>
    Answered,

    /// <summary>An answer of the gateway itself came whole.</summary>
    Refused,

    /// <summary>The answer broke off.</summary>
    Broken,

    /// <summary>The connection ended, or could not be made, before an answer began.</summary>
    Unanswered,

    /// <summary>The client left by itself.</summary>
    Left,
}

/// <summary>
/// One request of a run: what its client sends, what the peer answers, and what came of it. Both
/// sides know it by the number in its path.
/// </summary>
sealed class Ask
{
    /// <summary>client_max_body_size of all configurations.</summary>
    internal const int BodyBytesMax = 100_000;

    internal required int Id { get; init; }

    // ---- the request ----

    internal string Method { get; init; } = "GET";

    /// <summary>The location, such as "/kept/".</summary>
    internal string Place { get; init; } = "/kept/";
    internal BodyForm RequestForm { get; init; }
    internal int RequestLength { get; init; }
    internal bool IsExpecting { get; init; }
    internal bool IsHttp10 { get; init; }
    internal bool AsksClose { get; init; }

    // ---- the answer ----

    internal int Status { get; init; } = 200;
    internal BodyForm AnswerForm { get; init; } = BodyForm.Length;
    internal int AnswerLength { get; init; }
    internal int InterimCount { get; init; }
    internal int DelayMs { get; init; }

    /// <summary>The peer answers as soon as it has the head.</summary>
    internal bool IsEarly { get; init; }

    /// <summary>The peer ends its connection behind the answer.</summary>
    internal bool PeerCloses { get; init; }
    internal Misdeed Misdeed { get; init; }

    /// <summary>How many of the first tries it happens to.</summary>
    internal int MisdeedTimes { get; init; }

    /// <summary>A conversation follows the handshake; null for other requests.</summary>
    internal Talk? Talk { get; init; }

    // ---- what happened ----

    /// <summary>Times the client began to send it, and bytes of the request when sent whole.</summary>
    internal int SendsCount { get; set; }
    internal long SentBytes { get; set; }

    /// <summary>Heads and whole requests that peers got.</summary>
    internal int HeadsSeen { get; set; }
    internal int RequestsSeen { get; set; }

    /// <summary>Bytes between gateway and peers: what they got, and what they answered.</summary>
    internal long PeerReceivedBytes { get; set; }
    internal long PeerSentBytes { get; set; }

    internal Outcome Outcome { get; set; }

    /// <summary>The status the client was told; 0 for none.</summary>
    internal int StatusSeen { get; set; }
    internal long AnswerBytesSeen { get; set; }

    internal long RequestStream => Id * 4L;
    internal long AnswerStream => (Id * 4L) + 1;
    internal long UpStream => (Id * 4L) + 2;
    internal long DownStream => (Id * 4L) + 3;

    internal string Path => Place + Id;

    /// <summary>Asked again after a failure only where that is wanted.</summary>
    internal bool IsIdempotent => Method != "POST";

    /// <summary>
    /// The end of the connection is the end of the body, for the gateway or for the client: one
    /// that came too early looks like any other.
    /// </summary>
    internal bool MayEndUnnoticed =>
        AnswerForm == BodyForm.UntilClose || (IsHttp10 && AnswerForm == BodyForm.Chunked);

    /// <summary>Answered by the configuration, without a peer.</summary>
    internal bool IsSaid => Place == "/said/";

    /// <summary>
    /// The body is larger than allowed; of a chunked one nobody notices before it is read.
    /// </summary>
    internal bool IsTooLarge =>
        RequestLength > BodyBytesMax && !(IsSaid && RequestForm == BodyForm.Chunked);

    /// <summary>error_page asks again, of the same peers.</summary>
    internal bool IsAskedAgain => Place == "/again/" && Status is 404 or 500;

    internal bool IsAnswerless => Method == "HEAD" || Status is 204 or 304;

    internal string RequestHead()
    {
        var head = new StringBuilder();
        head.Append($"{Method} {Path} HTTP/1.{(IsHttp10 ? 0 : 1)}\r\n");
        head.Append($"Host: test\r\nX-Ask: {Id}\r\n");
        if (RequestForm == BodyForm.Length)
            head.Append($"Content-Length: {RequestLength}\r\n");
        if (RequestForm == BodyForm.Chunked)
            head.Append("Transfer-Encoding: chunked\r\n");
        if (IsExpecting)
            head.Append("Expect: 100-continue\r\n");
        if (AsksClose)
            head.Append("Connection: close\r\n");
        else if (IsHttp10)
            head.Append("Connection: keep-alive\r\n");
        if (Talk is not null)
        {
            head.Append("Upgrade: websocket\r\nConnection: Upgrade\r\n");
            head.Append("Sec-WebSocket-Version: 13\r\n");
            head.Append("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n");
        }
        return head.Append("\r\n").ToString();
    }

    /// <summary>The body as it is sent, in chunks of any size when it is chunked.</summary>
    internal byte[] RequestBody(Random random) =>
        Framed(Marker.Bytes(RequestStream, 0, RequestLength), RequestForm, random);

    internal string AnswerHead()
    {
        var head = new StringBuilder();
        for (int i = 0; i < InterimCount; i++)
            head.Append("HTTP/1.1 103 Early Hints\r\nLink: </style>\r\n\r\n");
        head.Append($"HTTP/1.1 {Status} Status {Status}\r\nX-Ask: {Id}\r\n");
        if (AnswerForm == BodyForm.Length)
            head.Append($"Content-Length: {AnswerLength}\r\n");
        if (AnswerForm == BodyForm.Chunked)
            head.Append("Transfer-Encoding: chunked\r\n");
        if (PeerCloses || AnswerForm == BodyForm.UntilClose)
            head.Append("Connection: close\r\n");
        return head.Append("\r\n").ToString();
    }

    internal byte[] AnswerBody(Random random) => IsAnswerless
        ? []
        : Framed(Marker.Bytes(AnswerStream, 0, AnswerLength), AnswerForm, random);

    public override string ToString() =>
        $"{Method} {Path} ({RequestForm} {RequestLength}) -> {Status} ({AnswerForm} {AnswerLength})"
        + $" {Misdeed} x{MisdeedTimes}: {Outcome} {StatusSeen}, {AnswerBytesSeen} bytes,"
        + $" sent {SendsCount}, seen {HeadsSeen}/{RequestsSeen} {Talk}";

    static byte[] Framed(byte[] body, BodyForm form, Random random)
    {
        if (form != BodyForm.Chunked)
            return body;
        var framed = new MemoryStream();
        for (int at = 0; at < body.Length;)
        {
            int count = Math.Min(body.Length - at, 1 + random.Next(3000));
            string extension = random.Next(8) == 0 ? ";name=value" : "";
            framed.Write(Encoding.ASCII.GetBytes($"{count:x}{extension}\r\n"));
            framed.Write(body, at, count);
            framed.Write("\r\n"u8);
            at += count;
        }
        framed.Write(random.Next(4) == 0 ? "0\r\nTrailer: x\r\n\r\n"u8 : "0\r\n\r\n"u8);
        return framed.ToArray();
    }
}
