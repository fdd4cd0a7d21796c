using System.Text;

namespace Sluice.Proxy.Http1;

/// <summary>The two forms of a request target that are served (RFC 9112, 3.2).</summary>
public enum TargetForm : byte
{
    /// <summary>"/path?query".</summary>
    Origin,

    /// <summary>"http://host/path?query"; the host goes before the Host header.</summary>
    Absolute,
}

/// <summary>
/// One request head, read from a growing buffer: <see cref="Parse"/> is called with all bytes
/// since the head's first one whenever some were appended, and goes on where it stopped. The head
/// keeps offsets into that buffer, not the bytes, so the buffer may move between calls. One
/// object serves any number of heads; <see cref="Reset"/> is called between them.
/// <para>
/// The grammar is nginx's (the judge is a real nginx), except that what could be understood in
/// two ways is refused: see <see cref="RequestRejection"/>.
/// </para>
/// </summary>
public sealed partial class RequestHead
{
    // A pooled head keeps room for usual paths and names, not for the longest.
    const int PathBytesKept = 1024;
    const int HostNameBytesKept = 128;

    readonly HeaderFieldList fields = new();
    byte[] hostName = new byte[HostNameBytesKept];
    int hostNameLength;
    byte[] path = [];
    int pathLength;

    /// <summary>Why the head is refused; None before that.</summary>
    public RequestRejection Rejection { get; private set; }

    /// <summary>Bytes of the complete head, the empty line included: the body begins there.</summary>
    public int Consumed { get; private set; }

    /// <summary>
    /// Bytes of the lines that were read whole, from the request line on; 0 before that one was
    /// read ($request_length of a head that never came whole or is refused).
    /// </summary>
    public int LineBytes =>
        Version == 0 ? 0 : (Consumed > 0 ? Consumed : lineStart) - RequestLine.Offset;

    /// <summary>The request line is whole and sound, but its path leads nowhere.</summary>
    public bool IsPathInvalid =>
        Rejection == RequestRejection.InvalidRequestLine && Version != 0;

    /// <summary>
    /// The request line without its line end ($request). When it was refused: as much of it as
    /// nginx would log.
    /// </summary>
    public HeadRange RequestLine { get; private set; }

    public RequestMethod Method { get; private set; }

    /// <summary>The method's text ($request_method).</summary>
    public HeadRange MethodText { get; private set; }

    public TargetForm TargetForm { get; private set; }

    /// <summary>"http" of an absolute target.</summary>
    public HeadRange TargetScheme { get; private set; }

    /// <summary>The host of an absolute target, with its port.</summary>
    public HeadRange TargetHost { get; private set; }

    /// <summary>
    /// Path and query as they were sent ($request_uri). An absolute target without a path has
    /// "/" here, or begins with "?".
    /// </summary>
    public HeadRange Target { get; private set; }

    /// <summary>
    /// The path that locations are compared with ($uri): escapes decoded, dots resolved, slashes
    /// merged. A piece of <paramref name="head"/> when it was sent like that, otherwise kept in
    /// this object until Reset.
    /// </summary>
    public ReadOnlySpan<byte> NormalPath(ReadOnlySpan<byte> head) =>
        IsPathPlain ? Path.Of(head) : path.AsSpan(0, pathLength);

    /// <summary>The target up to its "?", as it was sent.</summary>
    public HeadRange Path { get; private set; }

    /// <summary>The path was sent in its normal form.</summary>
    public bool IsPathPlain { get; private set; }

    /// <summary>The path had escapes: where it is sent on it is escaped again.</summary>
    public bool IsPathQuoted { get; private set; }

    /// <summary>The query behind the "?", without a fragment ($args).</summary>
    public HeadRange Args { get; private set; }

    /// <summary>The target has a "?", perhaps with nothing behind it.</summary>
    public bool HasArgs { get; private set; }

    /// <summary>"HTTP/1.1" as it was sent ($server_protocol).</summary>
    public HeadRange Protocol { get; private set; }

    /// <summary>Major * 1000 + minor, 1001 for HTTP/1.1; minors above 1 are read as 1.1.</summary>
    public int Version { get; private set; }

    /// <summary>The header lines in their order, without those that were dropped.</summary>
    public ReadOnlySpan<HeaderField> Fields => fields.Fields;

    /// <summary>Lines that ignore_invalid_headers dropped.</summary>
    public int DroppedCount { get; private set; }

    /// <summary>The first dropped line, for "client sent invalid header line".</summary>
    public HeadRange FirstDropped { get; private set; }

    /// <summary>Content-Length in bytes, -1 without the header.</summary>
    public long ContentLength { get; private set; } = -1;

    /// <summary>Transfer-Encoding is "chunked".</summary>
    public bool IsChunked { get; private set; }

    /// <summary>A body follows the head, perhaps an empty chunked one.</summary>
    public bool HasBody => IsChunked || ContentLength > 0;

    /// <summary>
    /// The client would keep the connection: HTTP/1.1 without "Connection: close", or HTTP/1.0
    /// with "Connection: keep-alive".
    /// </summary>
    public bool WantsKeepAlive { get; private set; }

    /// <summary>There is an Upgrade header, with whatever value: what nginx asks for a tunnel.</summary>
    public bool HasUpgrade => fields.Has(KnownHeader.Upgrade);

    /// <summary>"upgrade" is among the tokens of Connection.</summary>
    public bool HasConnectionUpgrade { get; private set; }

    /// <summary>
    /// HTTP/1.1 with "Expect: 100-continue". Other expectations are ignored, as nginx does.
    /// </summary>
    public bool ExpectsContinue { get; private set; }

    /// <summary>
    /// A complete opening handshake (RFC 6455, 4.2.1): GET, HTTP/1.1, Upgrade with "websocket",
    /// Connection with "upgrade", a key of 16 bytes and version 13.
    /// </summary>
    public bool IsWebSocketHandshake { get; private set; }

    /// <summary>
    /// The host of the target or else of the Host header in small letters, without port and dot
    /// at the end ($host, server choice). Empty without either (HTTP/1.0). Valid until Reset.
    /// </summary>
    public ReadOnlySpan<byte> HostName => hostName.AsSpan(0, hostNameLength);

    /// <summary>The port of that host, 0 when it has none.</summary>
    public int HostPort { get; private set; }

    public bool Has(KnownHeader header) => fields.Has(header);

    /// <summary>The first line of a header; false when there is none.</summary>
    public bool TryFind(KnownHeader header, out HeaderField field) =>
        fields.TryFind(header, out field);

    /// <summary>The value of a header's first line; empty when there is none.</summary>
    public ReadOnlySpan<byte> Value(ReadOnlySpan<byte> head, KnownHeader header) =>
        fields.TryFind(header, out var field) ? field.Value(head) : default;

    /// <summary>
    /// Reads on in <paramref name="head"/>, whose first byte is the head's first byte. After
    /// Complete or Rejected the same answer comes again until <see cref="Reset"/>.
    /// </summary>
    public HeadStatus Parse(ReadOnlySpan<byte> head, in RequestHeadRules rules)
    {
        if (step <= Step.LineEnd && !ReadRequestLine(head, rules)) return Answer(head);
        if (step == Step.Fields) ReadFields(head, rules);
        return Answer(head);
    }

    /// <summary>Makes the object ready for another head.</summary>
    public void Reset()
    {
        fields.Reset();
        step = Step.Empty;
        position = scanned = lineStart = bufferEnd = largeBuffers = 0;
        Rejection = RequestRejection.None;
        offender = default;
        Consumed = 0;
        RequestLine = MethodText = TargetScheme = TargetHost = default;
        Target = Path = Args = Protocol = default;
        Method = RequestMethod.Other;
        TargetForm = TargetForm.Origin;
        HasArgs = IsPathPlain = IsPathQuoted = false;
        Version = 0;
        DroppedCount = 0;
        FirstDropped = default;
        ContentLength = -1;
        closes = keepsAlive = false;
        IsChunked = WantsKeepAlive = HasConnectionUpgrade = false;
        ExpectsContinue = IsWebSocketHandshake = false;
        hostNameLength = pathLength = HostPort = 0;
        if (path.Length > PathBytesKept) path = [];
        if (hostName.Length > HostNameBytesKept) hostName = new byte[HostNameBytesKept];
    }

    /// <summary>
    /// Writes nginx's error log text for the rejection, with the line it is about, and answers
    /// its length; what does not fit is cut. <paramref name="head"/> is the buffer last parsed.
    /// </summary>
    public int FormatRejection(ReadOnlySpan<byte> head, Span<byte> destination)
    {
        var text = new LogText(destination);
        text.Add(Rejection.LogText());
        switch (Rejection)
        {
            case RequestRejection.InvalidHeaderLine:
                text.AddInvalidLine(head, offender);
                break;
            case RequestRejection.TooLongHeaderLine:
                text.AddStartOfLine(offender.Of(head));
                break;
            case RequestRejection.DuplicateHeader or RequestRejection.DuplicateHost:
                text.AddDuplicate(head, fields.Last, fields.FirstLikeLast);
                break;
            case RequestRejection.UnknownTransferEncoding:
                text.AddQuoted(Value(head, KnownHeader.TransferEncoding));
                break;
        }
        return text.Length;
    }

    HeadStatus Answer(ReadOnlySpan<byte> head)
    {
        switch (step)
        {
            case Step.Complete:
                return HeadStatus.Complete;
            case Step.Rejected:
                if (Version == 0) RequestLine = LoggedLine(head);
                return HeadStatus.Rejected;
            default:
                return HeadStatus.NeedMore;
        }
    }

    HeadRange LoggedLine(ReadOnlySpan<byte> head)
    {
        var length = head[lineStart..].IndexOfAny((byte)'\r', (byte)'\n');
        return new HeadRange(lineStart, length < 0 ? head.Length - lineStart : length);
    }

    bool Reject(RequestRejection rejection)
    {
        Rejection = rejection;
        step = Step.Rejected;
        return false;
    }

    bool TakeHost(ReadOnlySpan<byte> text)
    {
        if (!Http1.HostName.TrySplit(text, out var nameLength, out var port)) return false;
        if (hostName.Length < nameLength) hostName = new byte[nameLength];
        Ascii.ToLower(text[..nameLength], hostName, out hostNameLength);
        HostPort = port;
        return true;
    }
}
