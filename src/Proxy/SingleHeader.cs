using Sluice.Proxy.Http1;

namespace Sluice.Proxy;

/// <summary>
/// add_header ETag and Last-Modified: the line stands where the answer's own stood, which goes.
/// Source: ngx_http_set_response_header, ngx_http_set_last_modified.
/// </summary>
static class SingleHeader
{
    /// <summary>
    /// Replaces the line in the head that begins at <paramref name="start"/> of the arena.
    /// </summary>
    public static void Replace(Exchange x, CompiledHeader header, int start)
    {
        // The answer to a range that is not there shows neither.
        if (x.UnsatisfiedLength >= 0)
            return;
        var to = x.Arena;
        if (!TryFind(to.From(start), header.Name.Span, out var at, out var length))
        {
            AnswerHead.AddHeader(x, header);
            return;
        }
        var behind = to.From(start + at + length);
        // A file's Last-Modified has a place before Connection; one that is set stands behind.
        if (behind.IndexOf("\r\nConnection: "u8) >= 0
            || behind.StartsWith("Connection: "u8))
        {
            behind.CopyTo(to.Mutable(start + at));
            to.Truncate(to.Length - length);
            AnswerHead.AddHeader(x, header);
            return;
        }
        var scratch = x.Worker.Scratch;
        var kept = scratch.Length;
        scratch.Append(behind);
        to.Truncate(start + at);
        AnswerHead.AddHeader(x, header);
        to.Append(scratch.From(kept));
        scratch.Release(kept);
    }

    static bool TryFind(
        ReadOnlySpan<byte> head, ReadOnlySpan<byte> name, out int at, out int length)
    {
        for (at = 0; at < head.Length; at += length)
        {
            length = head[at..].IndexOf((byte)'\n') + 1;
            if (length > name.Length && head[at + name.Length] == ':'
                && HeaderText.EqualsIgnoreCase(head.Slice(at, name.Length), name))
                return true;
        }
        length = 0;
        return false;
    }
}
