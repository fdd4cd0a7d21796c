namespace Sluice.Proxy.Http1;

/// <summary>
/// The headers that something in the gateway asks for by identity, so that a name is compared
/// once, when it is read. Requests and responses share the list.
/// </summary>
public enum KnownHeader : byte
{
    /// <summary>Any header that is not in this list.</summary>
    Other,
    Accept,
    AcceptCharset,
    AcceptEncoding,
    AcceptLanguage,
    AcceptRanges,
    Age,
    Allow,
    Authorization,
    CacheControl,
    Connection,
    ContentDisposition,
    ContentEncoding,
    ContentLanguage,
    ContentLength,
    ContentRange,
    ContentType,
    Cookie,
    Date,
    Depth,
    Destination,
    ETag,
    Expect,
    Expires,
    Forwarded,
    Host,
    IfMatch,
    IfModifiedSince,
    IfNoneMatch,
    IfRange,
    IfUnmodifiedSince,
    KeepAlive,
    LastModified,
    Link,
    Location,
    Origin,
    Overwrite,
    Pragma,
    ProxyAuthenticate,
    ProxyAuthorization,
    ProxyConnection,
    Range,
    Referer,
    Refresh,
    RetryAfter,
    SecWebSocketAccept,
    SecWebSocketExtensions,
    SecWebSocketKey,
    SecWebSocketProtocol,
    SecWebSocketVersion,
    Server,
    SetCookie,
    Status,
    StrictTransportSecurity,
    TE,
    Trailer,
    TransferEncoding,
    Upgrade,
    UserAgent,
    Vary,
    Via,
    WwwAuthenticate,
    XAccelBuffering,
    XAccelCharset,
    XAccelExpires,
    XAccelLimitRate,
    XAccelRedirect,
    XForwardedFor,
    XForwardedHost,
    XForwardedPort,
    XForwardedProto,
    XPad,
    XRealIp,
    XRequestId,
}

/// <summary>A set of known headers, two words wide: which lines to hide, drop or replace.</summary>
public readonly struct KnownHeaderSet : IEquatable<KnownHeaderSet>
{
    readonly ulong low;
    readonly ulong high;

    KnownHeaderSet(ulong low, ulong high)
    {
        this.low = low;
        this.high = high;
    }

    /// <summary>The set of these; <see cref="KnownHeader.Other"/> is never in a set.</summary>
    public static KnownHeaderSet Of(params ReadOnlySpan<KnownHeader> headers)
    {
        var set = default(KnownHeaderSet);
        foreach (var header in headers) set = set.With(header);
        return set;
    }

    public bool Contains(KnownHeader header) =>
        (((int)header < 64 ? low : high) >> ((int)header & 63) & 1) != 0;

    public KnownHeaderSet With(KnownHeader header)
    {
        if (header == KnownHeader.Other) return this;
        var bit = 1UL << ((int)header & 63);
        return (int)header < 64 ? new(low | bit, high) : new(low, high | bit);
    }

    public KnownHeaderSet Without(KnownHeader header)
    {
        var bit = 1UL << ((int)header & 63);
        return (int)header < 64 ? new(low & ~bit, high) : new(low, high & ~bit);
    }

    public bool Equals(KnownHeaderSet other) => low == other.low && high == other.high;

    public override bool Equals(object? obj) => obj is KnownHeaderSet other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(low, high);

    public static bool operator ==(KnownHeaderSet left, KnownHeaderSet right) => left.Equals(right);

    public static bool operator !=(KnownHeaderSet left, KnownHeaderSet right) =>
        !left.Equals(right);
}
