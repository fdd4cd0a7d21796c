using Sluice.Proxy.Http1;

namespace Sluice.Proxy.Static;

/// <summary>Bytes of a file that are sent.</summary>
/// <param name="Start">The first.</param>
/// <param name="Length">How many.</param>
readonly record struct FileRange(long Start, long Length);

/// <summary>What a Range header comes to.</summary>
enum RangeResult
{
    /// <summary>The whole file is sent: 200.</summary>
    Whole,

    /// <summary>Parts of the file are sent: 206.</summary>
    Parts,

    /// <summary>No part of the file was asked for: 416.</summary>
    Unsatisfiable,
}

/// <summary>
/// The Range header (RFC 9110, section 14.2), as nginx reads it: what begins with "bytes=" and
/// is no list of ranges is unsatisfiable, ranges behind the file's end are left out, and ranges
/// that are longer together than the file get the whole file.
/// Source: ngx_http_range_filter_module.c.
/// </summary>
static class FileRanges
{
    /// <summary>
    /// Reads the ranges of a file of <paramref name="length"/> bytes into
    /// <paramref name="ranges"/>, in the order they were asked for.
    /// </summary>
    public static RangeResult Parse(ReadOnlySpan<byte> text, long length, List<FileRange> ranges)
    {
        ReadOnlySpan<byte> unit = "bytes="u8;
        if (text.Length <= unit.Length
            || !HeaderText.EqualsIgnoreCase(text[..unit.Length], unit))
            return RangeResult.Whole;
        text = text[unit.Length..];
        var sum = 0L;
        foreach (var part in text.Split((byte)','))
        {
            if (!TryRange(text[part].Trim((byte)' '), length, out var start, out var end))
                return RangeResult.Unsatisfiable;
            if (start < end)
            {
                if (ranges.Count == Limits.RangesOfFile)
                    return RangeResult.Whole;
                ranges.Add(new FileRange(start, end - start));
                sum += end - start;
            }
            else if (start == 0)
            {
                return RangeResult.Whole;
            }
        }
        return ranges.Count == 0 ? RangeResult.Unsatisfiable
            : sum > length ? RangeResult.Whole
            : RangeResult.Parts;
    }

    /// <summary>
    /// "2-5", "2-" or "-5"; <paramref name="end"/> is the byte behind the last one, within the
    /// file. Not above the start when the range is behind the file's end.
    /// </summary>
    static bool TryRange(ReadOnlySpan<byte> text, long length, out long start, out long end)
    {
        start = end = 0;
        var dash = text.IndexOf((byte)'-');
        if (dash < 0)
            return false;
        var first = text[..dash].TrimEnd((byte)' ');
        var last = text[(dash + 1)..];
        if (first.IsEmpty)
        {
            if (!HeaderText.TryParseDecimal(last, out var count))
                return false;
            start = Math.Max(length - count, 0);
            end = length;
            return true;
        }
        if (!HeaderText.TryParseDecimal(first, out start))
            return false;
        last = last.TrimStart((byte)' ');
        if (last.IsEmpty)
        {
            end = length;
            return true;
        }
        if (!HeaderText.TryParseDecimal(last, out end))
            return false;
        end = end >= length ? length : end + 1;
        return true;
    }
}
