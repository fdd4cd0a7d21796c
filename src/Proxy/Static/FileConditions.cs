using Sluice.Proxy.Http1;

namespace Sluice.Proxy.Static;

/// <summary>The bytes of a file that are sent.</summary>
/// <param name="Start">The first.</param>
/// <param name="Length">How many.</param>
/// <param name="IsPart">A range was asked for: 206.</param>
readonly record struct FileRange(long Start, long Length, bool IsPart);

/// <summary>
/// What a request asks of the state of a file, and which part of it: If-Match,
/// If-Unmodified-Since, If-None-Match, If-Modified-Since, Range and If-Range (RFC 9110, sections
/// 13 and 14). Dates have to name the very second, nginx's default. One range is served; a list
/// of ranges gets the whole file, which the RFC allows.
/// </summary>
static class FileConditions
{
    /// <summary>200 or 206, 304, 412 or 416.</summary>
    public static int StatusOf(Exchange x, FileWork file, out FileRange range)
    {
        range = new FileRange(0, file.Length, IsPart: false);
        if (x.ErrorPageStatus is not (0 or 200))
            return 200;
        if (!IsAsExpected(x, file))
            return 412;
        if (IsNotModified(x, file))
            return 304;
        if (!x.Head.TryFind(KnownHeader.Range, out var field) || !IsRangeCurrent(x, file))
            return 200;
        var text = field.Value(x.HeadBuffer);
        if (!TryParse(text, file.Length, out range, out var isSatisfiable))
            return 200;
        return isSatisfiable ? 206 : 416;
    }

    static bool IsAsExpected(Exchange x, FileWork file)
    {
        if (x.Head.TryFind(KnownHeader.IfMatch, out var match))
            return MatchesTag(match.Value(x.HeadBuffer), file.ETag, isStrong: true);
        return !x.Head.TryFind(KnownHeader.IfUnmodifiedSince, out var since)
            || IsDateOf(since.Value(x.HeadBuffer), file);
    }

    static bool IsNotModified(Exchange x, FileWork file)
    {
        if (x.Head.TryFind(KnownHeader.IfNoneMatch, out var match))
            return MatchesTag(match.Value(x.HeadBuffer), file.ETag, isStrong: false);
        return x.Head.TryFind(KnownHeader.IfModifiedSince, out var since)
            && IsDateOf(since.Value(x.HeadBuffer), file);
    }

    static bool IsRangeCurrent(Exchange x, FileWork file)
    {
        if (!x.Head.TryFind(KnownHeader.IfRange, out var field))
            return true;
        var value = field.Value(x.HeadBuffer);
        return value.StartsWith((byte)'"')
            ? value.SequenceEqual(file.ETag)
            : IsDateOf(value, file);
    }

    static bool IsDateOf(ReadOnlySpan<byte> value, FileWork file)
    {
        Span<byte> date = stackalloc byte[HeaderText.DateLength];
        HeaderText.FormatDate(file.ModifiedSeconds, date);
        return value.SequenceEqual(date);
    }

    static bool MatchesTag(ReadOnlySpan<byte> list, ReadOnlySpan<byte> tag, bool isStrong)
    {
        if (list.SequenceEqual("*"u8))
            return true;
        foreach (var part in list.Split((byte)','))
        {
            var candidate = list[part].Trim(" \t"u8);
            if (!isStrong && candidate.StartsWith("W/"u8))
                candidate = candidate[2..];
            if (candidate.SequenceEqual(tag))
                return true;
        }
        return false;
    }

    /// <summary>
    /// "bytes=2-5", "bytes=2-" or "bytes=-5"; false for anything else, which is not honoured.
    /// </summary>
    static bool TryParse(
        ReadOnlySpan<byte> text, long fileLength, out FileRange range, out bool isSatisfiable)
    {
        range = new FileRange(0, fileLength, IsPart: false);
        isSatisfiable = false;
        if (!text.StartsWith("bytes="u8))
            return false;
        text = text["bytes="u8.Length..].Trim((byte)' ');
        var dash = text.IndexOf((byte)'-');
        if (dash < 0 || text.Contains((byte)','))
            return false;
        var hasFirst = HeaderText.TryParseDecimal(text[..dash], out var first);
        var hasLast = HeaderText.TryParseDecimal(text[(dash + 1)..], out var last);
        if (!hasFirst && !hasLast || !hasFirst && dash > 0)
            return false;
        if (!hasFirst)
        {
            first = Math.Max(0, fileLength - last);
            isSatisfiable = last > 0 && fileLength > 0;
            last = fileLength - 1;
        }
        else
        {
            last = hasLast ? Math.Min(last, fileLength - 1) : fileLength - 1;
            isSatisfiable = first < fileLength && first <= last;
        }
        range = new FileRange(first, last - first + 1, IsPart: true);
        return true;
    }
}
