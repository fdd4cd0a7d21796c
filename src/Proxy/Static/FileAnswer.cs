using System.Buffers.Text;
using Sluice.Net;
using Sluice.Proxy.Http1;
using Sluice.Proxy.Routing;

namespace Sluice.Proxy.Static;

/// <summary>
/// Sends an open file: whole, one range of it, or several as multipart/byteranges, with type,
/// length, Last-Modified and ETag. Source: ngx_http_static_module.c,
/// ngx_http_range_filter_module.c.
/// </summary>
static class FileAnswer
{
    /// <summary>Bytes of an ETag at most: two numbers of 16 hexadecimal digits, quotes, a dash.</summary>
    const int TagBytes = 35;

    /// <summary>Answers, or says which status the conditions of the request lead to.</summary>
    public static async LoopTask<Verdict> SendAsync(Exchange x, FileWork file)
    {
        var ranges = new List<FileRange>();
        var status = StatusOf(x, file, ranges);
        if (status is 412 or 416)
            return Verdict.Fail(status);
        // An error page whose status became 200 may be answered with 206 or 304 all the same.
        if (status != 200)
            (x.StatusBefore, x.ErrorPageStatus) = (x.ErrorPageStatus, 0);
        var boundary = ranges.Count > 1 ? x.Worker.Random.NextInt64() : 0;
        SendHead(x, file, status, ranges, boundary);
        if (x.Status is 204 or 304 || x.Head.Method == RequestMethod.Head)
        {
            x.IsComplete = true;
            return Verdict.Done;
        }
        if (ranges.Count == 0)
            ranges.Add(new FileRange(0, file.Length));
        x.IsComplete = await SendBodyAsync(x, file, ranges, boundary);
        // A file that became shorter leaves the client waiting for bytes that will not come.
        if (!x.IsComplete)
            x.KeepAlive = false;
        return Verdict.Done;
    }

    /// <summary>
    /// 200, 206 with the ranges, 304, 412, or 416. A file that is shown for another status is
    /// no answer to the request's conditions.
    /// </summary>
    static int StatusOf(Exchange x, FileWork file, List<FileRange> ranges)
    {
        if (x.ErrorPageStatus is not (0 or 200))
            return 200;
        x.UnsatisfiedLength = -1;
        Span<byte> tag = stackalloc byte[TagBytes];
        var facts = new FileFacts(
            file.Length, file.ModifiedSeconds, tag[..FormatTag(file, tag)]);
        var status = FileConditions.StatusOf(x.Head, x.HeadBuffer, facts);
        if (status != 200
            || !x.Head.TryFind(KnownHeader.Range, out var field)
            || !FileConditions.IsRangeCurrent(x.Head, x.HeadBuffer, facts))
            return status;
        switch (FileRanges.Parse(field.Value(x.HeadBuffer), file.Length, ranges))
        {
            case RangeResult.Parts:
                return 206;
            case RangeResult.Unsatisfiable:
                x.UnsatisfiedLength = file.Length;
                x.UnsatisfiedModifiedSeconds = file.ModifiedSeconds;
                return 416;
            default:
                ranges.Clear();
                return 200;
        }
    }

    /// <summary>nginx's validator: the time of change and the length, both in hexadecimal.</summary>
    static int FormatTag(FileWork file, Span<byte> into)
    {
        into[0] = (byte)'"';
        Utf8Formatter.TryFormat(file.ModifiedSeconds, into[1..], out var first, 'x');
        into[1 + first] = (byte)'-';
        Utf8Formatter.TryFormat(file.Length, into[(2 + first)..], out var second, 'x');
        into[2 + first + second] = (byte)'"';
        return first + second + 3;
    }

    // ---- the head ----

    static void SendHead(
        Exchange x, FileWork file, int status, List<FileRange> ranges, long boundary)
    {
        var start = AnswerHead.Begin(x, status);
        AnswerHead.ServerAndDate(x);
        if (x.Status is not (204 or 304))
            AppendTypeAndLength(x, file, ranges, boundary);
        Span<byte> text = stackalloc byte[TagBytes];
        if (x.Status is 200 or 206 or 304)
            AnswerHead.Field(
                x, "Last-Modified"u8, text[..HeaderText.FormatDate(file.ModifiedSeconds, text)]);
        AnswerHead.Framing(x, isChunked: false);
        AnswerHead.Field(x, "ETag"u8, text[..FormatTag(file, text)]);
        AnswerHead.Configured(
            x, start, file.ModifiedSeconds, AnswerHead.IsHeaderStatus(x.Status));
        if (x.UnsatisfiedLength >= 0)
        {
            AnswerHead.UnsatisfiedRange(x);
        }
        else if (ranges.Count == 1)
        {
            x.Arena.Append("Content-Range: "u8);
            AppendRange(x.Arena, ranges[0], file.Length);
        }
        else if (status == 200 && x.ErrorPageStatus is 0 or 200)
        {
            AnswerHead.Field(x, "Accept-Ranges"u8, "bytes"u8);
        }
        AnswerHead.Close(x, start);
        x.Output.Send(x, x.At(x.SentHead));
    }

    static void AppendTypeAndLength(
        Exchange x, FileWork file, List<FileRange> ranges, long boundary)
    {
        if (ranges.Count < 2)
        {
            AnswerHead.Field(x, "Content-Type"u8, Files.TypeOf(x));
            AnswerHead.Field(
                x, "Content-Length"u8, ranges.Count == 0 ? file.Length : ranges[0].Length);
            return;
        }
        x.Arena.Append("Content-Type: multipart/byteranges; boundary="u8);
        AppendBoundary(x.Arena, boundary);
        x.Arena.Append("\r\n"u8);
        var length = (long)MakePartsEnd(x, boundary).Length;
        foreach (var range in ranges)
            length += range.Length + MakePartHead(x, file, range, boundary).Length;
        AnswerHead.Field(x, "Content-Length"u8, length);
    }

    static void AppendRange(ByteBuilder to, FileRange range, long fileLength)
    {
        to.Append("bytes "u8);
        to.Append(range.Start);
        to.Append((byte)'-');
        to.Append(range.Start + range.Length - 1);
        to.Append((byte)'/');
        to.Append(fileLength);
        to.Append("\r\n"u8);
    }

    // ---- the body ----

    /// <summary>The ranges one after the other; false when the client or the file broke off.</summary>
    static async LoopTask<bool> SendBodyAsync(
        Exchange x, FileWork file, List<FileRange> ranges, long boundary)
    {
        var buffer = x.Worker.Buffers.Rent(NetLimits.ScratchBytes);
        var isSent = true;
        for (var i = 0; i < ranges.Count && isSent; i++)
        {
            if (ranges.Count > 1)
                x.Output.Send(x, MakePartHead(x, file, ranges[i], boundary));
            isSent = await SendRangeAsync(x, file, ranges[i], buffer);
        }
        if (ranges.Count > 1 && isSent)
            x.Output.Send(x, MakePartsEnd(x, boundary));
        x.Worker.Buffers.Return(buffer);
        return isSent;
    }

    static async LoopTask<bool> SendRangeAsync(
        Exchange x, FileWork file, FileRange range, byte[] buffer)
    {
        var sent = 0L;
        while (sent < range.Length && await x.Output.DrainAsync(x))
        {
            var piece = new FileReadWork(x.Wakeup, file.Handle!, buffer, range.Start + sent);
            await piece.RunAsync(x.Worker);
            if (piece.Count <= 0)
                break;
            var count = (int)Math.Min(piece.Count, range.Length - sent);
            x.Output.Send(x, buffer.AsSpan(0, count));
            sent += count;
        }
        return sent == range.Length;
    }

    /// <summary>What stands before each part; valid until the worker's text is used again.</summary>
    static ReadOnlySpan<byte> MakePartHead(
        Exchange x, FileWork file, FileRange range, long boundary)
    {
        var text = x.Worker.Text;
        text.Clear();
        text.Append("\r\n--"u8);
        AppendBoundary(text, boundary);
        var type = Files.TypeOf(x);
        if (!type.IsEmpty)
        {
            text.Append("\r\nContent-Type: "u8);
            text.Append(type);
        }
        text.Append("\r\nContent-Range: "u8);
        AppendRange(text, range, file.Length);
        text.Append("\r\n"u8);
        return text.Written;
    }

    static ReadOnlySpan<byte> MakePartsEnd(Exchange x, long boundary)
    {
        var text = x.Worker.Text;
        text.Clear();
        text.Append("\r\n--"u8);
        AppendBoundary(text, boundary);
        text.Append("--\r\n"u8);
        return text.Written;
    }

    /// <summary>
    /// Twenty digits, as nginx has them; drawn, so that no file can hold its own boundary.
    /// </summary>
    static void AppendBoundary(ByteBuilder to, long boundary)
    {
        Utf8Formatter.TryFormat(boundary, to.Reserve(20), out var written, new('D', 20));
        to.Advance(written);
    }
}
