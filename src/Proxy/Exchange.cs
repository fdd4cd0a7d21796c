using Sluice.Config.Model;
using Sluice.Config.Syntax;
using Sluice.Net;
using Sluice.Proxy.Http1;
using Sluice.Proxy.Matching;
using Sluice.Proxy.Variables;
using Sluice.Proxy.Upstream;

namespace Sluice.Proxy;

/// <summary>
/// The record of one request from its first byte to its log line. A worker keeps them for reuse:
/// a client connection has one while a request is under way and none while it idles.
/// </summary>
public sealed class Exchange(Worker worker) : ICaptures
{
    public Worker Worker { get; } = worker;

    /// <summary>The configuration this request began under; a reload does not change it midway.</summary>
    public Snapshot Snapshot { get; internal set; } = null!;

    /// <summary>The address the client connected to, with the servers behind it.</summary>
    public ListenTable Listen { get; internal set; } = null!;

    /// <summary>The client's connection.</summary>
    public Connection Client { get; internal set; } = null!;

    /// <summary>What the serving code waits on: events of the client, the peer, and the deadline.</summary>
    public Wakeup Wakeup { get; internal set; } = null!;

    /// <summary>Requests on the client's connection so far, this one included.</summary>
    public int RequestsOnConnection { get; internal set; }

    /// <summary>The loop's clock when the client's connection was accepted.</summary>
    public long ConnectionStartMs { get; internal set; }

    /// <summary>The request came in one read with the one before it ($pipe).</summary>
    public bool IsPipelined { get; internal set; }

    // ---- the request ----

    public RequestHead Head { get; } = new();

    /// <summary>The bytes <see cref="Head"/> points into; rented by the client connection.</summary>
    public byte[] HeadBuffer { get; internal set; } = [];

    /// <summary>
    /// Where the bytes that were read behind the head begin, and end, in <see cref="HeadBuffer"/>:
    /// the body's first, or the next request's.
    /// </summary>
    public int BufferedStart { get; internal set; }

    public int BufferedEnd { get; internal set; }

    /// <summary>The request's body on its way.</summary>
    internal RequestBody Body { get; } = new();

    /// <summary>The loop's clock when the first byte of the request was there.</summary>
    public long StartMs { get; internal set; }

    /// <summary>Bytes of the request read so far: line, headers and body ($request_length).</summary>
    public long RequestBytes { get; internal set; }

    /// <summary>The method sent on; error_page turns it into GET.</summary>
    public bool MethodIsGet { get; internal set; }

    /// <summary>
    /// The path locations are chosen by: decoded, dots resolved, slashes merged; changed by
    /// internal redirects ($uri).
    /// </summary>
    public ByteBuilder Path { get; } = new(256);

    /// <summary>The arguments without the question mark; changed by internal redirects ($args).</summary>
    public ByteBuilder Args { get; } = new(256);

    /// <summary>The path is still the client's: an upstream may be sent its raw bytes.</summary>
    public bool IsUriUnchanged { get; internal set; }

    /// <summary>The raw path held escapes: a path that is sent on is escaped again.</summary>
    public bool IsUriQuoted { get; internal set; }

    /// <summary>Reached through an internal redirect, so `internal` locations are open to it.</summary>
    public bool IsInternal { get; internal set; }

    public int InternalRedirects { get; internal set; }

    /// <summary>An error page is being served: further errors are answered plainly.</summary>
    public bool IsErrorPage { get; internal set; }

    /// <summary>
    /// The status that error_page wants answered in place of its target's own; 0 for none.
    /// </summary>
    public int ErrorPageStatus { get; internal set; }

    public Server Server { get; internal set; } = null!;

    /// <summary>The location that answers; the server's own level until one is found.</summary>
    public Location Location { get; internal set; } = null!;

    // ---- variables ----

    /// <summary>Bytes that live as long as the request: texts under way, the head sent.</summary>
    public ByteBuilder Arena { get; } = new(1024);

    /// <summary>
    /// What variables keep: only they append here, so that a text that is put together in the
    /// arena is not torn by a value that is found on the way.
    /// </summary>
    public ByteBuilder Kept { get; } = new(0);

    /// <summary>
    /// Values of `set`, `map` and named captures by the snapshot's slot number: ranges of
    /// <see cref="Kept"/>.
    /// </summary>
    public VariableValue[] Values { get; internal set; } = [];

    /// <summary>What $1 to $9 stand for: ranges of <see cref="Kept"/>.</summary>
    public ArenaRange[] Captures { get; } = new ArenaRange[10];

    public int CaptureCount { get; internal set; }

    /// <summary>$request_id, made when it is first asked for.</summary>
    public UInt128 RequestId { get; internal set; }

    // ---- the answer ----

    /// <summary>The status sent to the client, 0 before there is one.</summary>
    public int Status { get; internal set; }

    /// <summary>
    /// What $status is although another was sent: an error page that is to be a 200 may be
    /// answered with 206 or 304. 0 else.
    /// </summary>
    internal int StatusBefore { get; set; }

    /// <summary>Bytes of the file that has none of the ranges asked for; -1 when none was.</summary>
    internal long UnsatisfiedLength { get; set; } = -1;

    /// <summary>When that file was changed.</summary>
    internal long UnsatisfiedModifiedSeconds { get; set; }

    /// <summary>Lines of WWW-Authenticate of a peer's 401 that error_page answers for.</summary>
    internal ArenaRange Challenge { get; set; }

    /// <summary>The head as it was sent, in <see cref="Arena"/> ($sent_http_*).</summary>
    public ArenaRange SentHead { get; internal set; }

    /// <summary>The trailers as they were sent, in <see cref="Arena"/> ($sent_trailer_*).</summary>
    public ArenaRange SentTrailers { get; internal set; }

    /// <summary>What goes to the client, and what it has not taken yet.</summary>
    internal ClientOutput Output { get; } = new();

    /// <summary>Bytes sent to the client, head included ($bytes_sent).</summary>
    public long BytesSent { get; internal set; }

    /// <summary>Of those, the heads, interim ones too ($body_bytes_sent is the difference).</summary>
    public long HeadBytesSent { get; internal set; }

    /// <summary>The client's connection may serve another request afterwards.</summary>
    public bool KeepAlive { get; internal set; }

    /// <summary>The client was given up because it did not read or send in time.</summary>
    public bool IsClientTimedOut { get; internal set; }

    /// <summary>The whole answer reached the client ($request_completion).</summary>
    public bool IsComplete { get; internal set; }

    // ---- the upstream ----

    /// <summary>The peers that were asked, in order ($upstream_addr and its kin).</summary>
    public UpstreamTry[] Tries { get; internal set; } = new UpstreamTry[2];

    public int TryCount { get; internal set; }

    /// <summary>Who asks the peers for this exchange, and who passes their answer on; lent by the worker.</summary>
    internal Forward? Forward { get; set; }

    internal Relay? Relay { get; set; }

    /// <summary>The URI the last peer was asked for, in <see cref="Arena"/>.</summary>
    public ArenaRange UpstreamTarget { get; internal set; }

    /// <summary>
    /// The head of the peer's answer ($upstream_http_*). Lent by the worker when there is
    /// something to read: what waits for its answer should not have to hold it in the cache.
    /// </summary>
    public ResponseHead UpstreamHead { get; internal set; } = ResponseHead.None;

    /// <summary>The bytes <see cref="UpstreamHead"/> points into.</summary>
    public byte[]? UpstreamBuffer { get; internal set; }

    /// <summary>
    /// Reads more from the client behind the head; as <see cref="Connection.Read"/>. Heads are
    /// known by offsets, so the buffer may be exchanged for a larger one.
    /// </summary>
    internal int FillHeadBuffer()
    {
        if (BufferedStart == BufferedEnd)
            BufferedStart = BufferedEnd = Head.Consumed;
        if (HeadBuffer.Length - BufferedEnd < Limits.ReadAheadBytesMin)
        {
            var larger = Worker.Buffers.Rent(HeadBuffer.Length + Limits.ReadAheadBytes);
            HeadBuffer.AsSpan(0, BufferedEnd).CopyTo(larger);
            Worker.Buffers.Return(HeadBuffer);
            HeadBuffer = larger;
        }
        var count = Client.Read(HeadBuffer.AsSpan(BufferedEnd));
        BufferedEnd += Math.Max(count, 0);
        return count;
    }

    /// <summary>The peer sent more than its head announced, so its connection is not used again.</summary>
    internal bool UpstreamSentMore { get; set; }

    /// <summary>The request to the peer says that no other will follow on its connection.</summary>
    internal bool AsksPeerToClose { get; set; }

    /// <summary>
    /// The host and port that a proxy_pass with variables led to ($proxy_host); and its URI part,
    /// empty when it has none.
    /// </summary>
    public ReadOnlyMemory<byte> TargetHost { get; internal set; }

    public ReadOnlyMemory<byte> TargetUri { get; internal set; }

    /// <summary>
    /// Nobody waits for the answer any more: the client left, unless that is to be ignored, or
    /// the gateway itself closed the connection because it stops.
    /// </summary>
    internal bool IsClientGone(bool ignoresAbort) =>
        Client.State != ConnectionState.Open || (!ignoresAbort && Client.IsPeerGone);

    /// <summary>The client speaks HTTP/1.1: it can be sent chunks and interim answers.</summary>
    public bool IsHttp11 => Head.Version >= 1001;

    /// <summary>
    /// The request line, or of a head that never came whole as much as there is ($request).
    /// </summary>
    public ReadOnlySpan<byte> RequestLine
    {
        get
        {
            if (Head.RequestLine.Length > 0)
                return Head.RequestLine.Of(HeadBuffer);
            if (Head.Consumed > 0)
                return default;
            var read = HeadBuffer.AsSpan(0, BufferedEnd);
            int end = read.IndexOfAny((byte)'\r', (byte)'\n');
            return end < 0 ? read : read[..end];
        }
    }

    /// <summary>Adds the record of another peer that is asked.</summary>
    internal ref UpstreamTry AddTry(bool isAfterRedirect = false)
    {
        if (TryCount == Tries.Length)
        {
            var grown = Tries;
            Array.Resize(ref grown, TryCount * 2);
            Tries = grown;
        }
        ref var next = ref Tries[TryCount++];
        next = UpstreamTry.Begin();
        next.IsAfterRedirect = isAfterRedirect;
        return ref next;
    }

    internal ref UpstreamTry LastTry => ref Tries[TryCount - 1];

    /// <summary>Bytes of the arena; valid until something is appended to it.</summary>
    public ReadOnlySpan<byte> At(ArenaRange range) => Arena.Slice(range.Offset, range.Length);

    /// <summary>Copies bytes into the arena.</summary>
    internal ArenaRange Store(ReadOnlySpan<byte> bytes)
    {
        var start = Arena.Length;
        Arena.Append(bytes);
        return new ArenaRange(start, bytes.Length);
    }

    /// <summary>Takes on the configuration that is in force at the client's address.</summary>
    internal void Use(ListenTable listen)
    {
        Listen = listen;
        Snapshot = listen.Snapshot;
        Server = listen.DefaultServer;
        Location = Server.Root;
        if (Values.Length < Snapshot.Variables.SlotCount)
            Values = new VariableValue[Snapshot.Variables.SlotCount];
        StartMs = Worker.Loop.NowMs;
        Head.Reset();
    }

    /// <summary>Some log would take a line of this exchange.</summary>
    internal bool IsLogged => !Location.AccessLog.IsOff || Location.Errors.IsEnabled(LogLevel.Info);

    /// <summary>Some variable was set or evaluated.</summary>
    internal bool HasValues
    {
        get
        {
            foreach (var value in Values)
            {
                if (value.State != ValueState.Unknown)
                    return true;
            }
            return false;
        }
    }

    /// <summary>An expression matched: its groups are $1 to $9, and its names are variables.</summary>
    public void OnMatch(
        Pattern pattern, ReadOnlySpan<byte> subject, ReadOnlySpan<GroupRange> groups) =>
        CaptureStore.Add(this, pattern, subject, groups);

    /// <summary>Takes path and arguments over from the head, which has checked them.</summary>
    internal void SetPathFromHead()
    {
        Path.Append(Head.NormalPath(HeadBuffer));
        Args.Append(Head.Args.Of(HeadBuffer));
        IsUriQuoted = Head.IsPathQuoted;
    }

    /// <summary>
    /// Forgets the request, keeps the memory. The head is made ready when the next one is read,
    /// which touches it anyway.
    /// </summary>
    internal void Reset()
    {
        Snapshot = null!;
        Client = null!;
        Wakeup = null!;
        HeadBuffer = [];
        RequestBytes = 0;
        MethodIsGet = false;
        Path.Clear();
        Args.Clear();
        IsUriQuoted = false;
        IsInternal = false;
        InternalRedirects = 0;
        IsErrorPage = false;
        ErrorPageStatus = 0;
        Listen = null!;
        Server = null!;
        Location = null!;
        Arena.Clear();
        Kept.Clear();
        Array.Clear(Values);
        CaptureCount = 0;
        RequestId = default;
        Status = 0;
        UnsatisfiedLength = -1;
        StatusBefore = 0;
        Challenge = default;
        SentHead = default;
        SentTrailers = default;
        IsPipelined = false;
        BytesSent = 0;
        HeadBytesSent = 0;
        IsClientTimedOut = false;
        IsComplete = false;
        Output.Reset(Worker.Buffers);
        Body.Reset(Worker.Buffers);
        BufferedStart = 0;
        BufferedEnd = 0;
        Array.Clear(Tries, 0, TryCount);
        TryCount = 0;
        UpstreamHead = ResponseHead.None;
        UpstreamBuffer = null;
        UpstreamSentMore = false;
        AsksPeerToClose = false;
        UpstreamTarget = default;
        TargetHost = default;
        TargetUri = default;
    }
}

/// <summary>A run of bytes in an exchange's arena.</summary>
public readonly record struct ArenaRange(int Offset, int Length);

/// <summary>What is known of a variable's value in one request.</summary>
public enum ValueState : byte
{
    /// <summary>Not evaluated yet.</summary>
    Unknown,

    /// <summary>Being evaluated: a map that leads back to itself ends here.</summary>
    Evaluating,

    /// <summary>It has the bytes of its range.</summary>
    Found,

    /// <summary>It has no value: "-" in a log, nothing elsewhere.</summary>
    NotFound,
}

public record struct VariableValue(ValueState State, ArenaRange Range);

/// <summary>One peer that was asked for an answer.</summary>
public record struct UpstreamTry
{
    /// <summary>The peer, or null when none was to be had.</summary>
    public Peer? Peer { get; set; }

    /// <summary>What $upstream_addr prints: the peer's address, or the group's name.</summary>
    public ReadOnlyMemory<byte> Name { get; set; }

    /// <summary>Milliseconds until the connection, the head, the end; -1 when it never came.</summary>
    public long ConnectMs { get; set; }
    public long HeaderMs { get; set; }
    public long ResponseMs { get; set; }

    /// <summary>The status of the answer, 502 or 504 for a failure, 0 when unknown.</summary>
    public int Status { get; set; }

    public long BytesSent { get; set; }
    public long BytesReceived { get; set; }

    /// <summary>Bytes of the answer's body ($upstream_response_length).</summary>
    public long ResponseLength { get; set; }

    /// <summary>The try began after an internal redirect: " : " instead of ", " in the lists.</summary>
    public bool IsAfterRedirect { get; set; }

    internal static UpstreamTry Begin() =>
        new() { ConnectMs = -1, HeaderMs = -1, ResponseMs = -1 };
}
