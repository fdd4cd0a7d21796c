using Sluice.Proxy.Http1;

namespace Sluice.Proxy.Static;

/// <summary>What the conditions of a request are compared with.</summary>
readonly ref struct FileFacts(long length, long modifiedSeconds, ReadOnlySpan<byte> eTag)
{
    public long Length { get; } = length;

    /// <summary>When the file was last changed, in whole seconds since 1970.</summary>
    public long ModifiedSeconds { get; } = modifiedSeconds;

    /// <summary>The strong validator with its quotes.</summary>
    public ReadOnlySpan<byte> ETag { get; } = eTag;
}

/// <summary>
/// What a request asks of the state of a file: If-Match, If-Unmodified-Since, If-None-Match,
/// If-Modified-Since and If-Range (RFC 9110, section 13). As in nginx all that were sent must
/// hold: a file is "not modified" only when its date and its ETag both say so, and
/// If-Modified-Since has to name the very second (if_modified_since exact, the default).
/// Source: ngx_http_not_modified_filter_module.c, ngx_http_range_filter_module.c.
/// </summary>
static class FileConditions
{
    /// <summary>200 when the file is to be sent, else 304 or 412.</summary>
    public static int StatusOf(RequestHead head, ReadOnlySpan<byte> bytes, in FileFacts file)
    {
        if (head.TryFind(KnownHeader.IfUnmodifiedSince, out var until)
            && !(HttpDate.TryParse(until.Value(bytes), out var latest)
                && file.ModifiedSeconds <= latest))
            return 412;
        if (head.TryFind(KnownHeader.IfMatch, out var match)
            && !HasTag(match.Value(bytes), file.ETag, isWeak: false))
            return 412;
        var hasSince = head.TryFind(KnownHeader.IfModifiedSince, out var since);
        var hasNone = head.TryFind(KnownHeader.IfNoneMatch, out var none);
        if ((!hasSince && !hasNone)
            || (hasSince && !IsDateOf(since.Value(bytes), file))
            || (hasNone && !HasTag(none.Value(bytes), file.ETag, isWeak: true)))
            return 200;
        return 304;
    }

    /// <summary>
    /// Whether Range counts: without If-Range, or when it names the file's ETag or date.
    /// </summary>
    public static bool IsRangeCurrent(
        RequestHead head, ReadOnlySpan<byte> bytes, in FileFacts file)
    {
        if (!head.TryFind(KnownHeader.IfRange, out var field))
            return true;
        var value = field.Value(bytes);
        return value is [_, .., (byte)'"'] ? value.SequenceEqual(file.ETag) : IsDateOf(value, file);
    }

    static bool IsDateOf(ReadOnlySpan<byte> value, in FileFacts file) =>
        HttpDate.TryParse(value, out var date) && date == file.ModifiedSeconds;

    /// <summary>
    /// Whether a list of tags names this one. Where weak tags count, the mark before them does
    /// not (RFC 9110, section 8.8.3.2).
    /// </summary>
    static bool HasTag(ReadOnlySpan<byte> list, ReadOnlySpan<byte> tag, bool isWeak)
    {
        if (list is [(byte)'*'])
            return true;
        foreach (var member in HeaderText.Tokens(list))
        {
            var candidate = isWeak && member.StartsWith("W/"u8) ? member[2..] : member;
            if (candidate.SequenceEqual(tag))
                return true;
        }
        return false;
    }
}
