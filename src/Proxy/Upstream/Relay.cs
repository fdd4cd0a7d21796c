using Sluice.Net;
using Sluice.Proxy.Http1;

namespace Sluice.Proxy.Upstream;

/// <summary>
/// Passes a peer's answer to the client: the head written anew, the body as it comes. Bytes go
/// through the loop's scratch buffer; what the client does not take is held, up to
/// proxy_buffers with buffering, up to one read without, and then the peer is not read.
/// </summary>
sealed class Relay(Worker worker)
{
    /// <summary>Room before the body's bytes for the size line of a chunk.</summary>
    const int Front = ChunkedWriter.SizeLineMax;

    readonly ChunkedReader chunks = new();
    Exchange x = null!;
    ProxyPlan plan = null!;
    Forward forward = null!;
    BodyFraming framing;
    bool isRechunked;
    bool hasBody;
    bool isEnded;
    long left;
    long activeMs;

    /// <summary>Relays the whole answer. A small one came with its head, and nobody waits.</summary>
    public LoopTask RunAsync(Exchange exchange, ProxyPlan by, Forward from)
    {
        x = exchange;
        plan = by;
        forward = from;
        Begin();
        var isSound = SendHead();
        if (isSound && (!isEnded || x.Output.IsBroken))
            return PumpToEndAsync();
        End(isWhole: isSound);
        return LoopTask.Done;
    }

    async LoopTask PumpToEndAsync() => End(await PumpAsync());

    void End(bool isWhole)
    {
        if (isWhole)
            forward.Complete(MayKeepPeer());
        else
            forward.Fail(PeerOutcome.Success);
        x.IsComplete = isWhole && !x.Output.IsBroken;
        if (!isWhole)
            x.KeepAlive = false;
        x = null!;
        forward = null!;
    }

    void Begin()
    {
        var head = x.UpstreamHead;
        framing = head.Framing(plan.SentMethod(x));
        left = framing == BodyFraming.Length ? head.ContentLength : 0;
        isEnded = framing == BodyFraming.None;
        hasBody = framing != BodyFraming.None && x.Head.Method != RequestMethod.Head
            && x.ErrorPageStatus is not (204 or 304);
        isRechunked = hasBody && head.ContentLength < 0 && x.IsHttp11;
        if (hasBody && head.ContentLength < 0 && !x.IsHttp11)
            x.KeepAlive = false;
        activeMs = worker.Loop.NowMs;
        chunks.Reset();
    }

    /// <summary>
    /// The head, with what came of the body in the same read; false when that is malformed.
    /// </summary>
    bool SendHead()
    {
        ResponseHeadWriter.Write(x, plan, isRechunked);
        var behind = forward.Buffer.AsSpan(
            x.UpstreamHead.Consumed, forward.BufferedCount - x.UpstreamHead.Consumed);
        var head = x.At(x.SentHead);
        if (behind.IsEmpty || framing == BodyFraming.None)
        {
            x.UpstreamSentMore |= !behind.IsEmpty;
            x.Output.Send(x, head);
            return true;
        }
        if (framing == BodyFraming.Length && behind.Length <= left)
        {
            Count(behind.Length);
            x.Output.Send(x, head, hasBody ? behind : default);
            return true;
        }
        x.Output.Send(x, head);
        var scratch = worker.Loop.Scratch.AsSpan(Front);
        behind.CopyTo(scratch);
        return Pass(behind.Length);
    }

    async LoopTask<bool> PumpAsync()
    {
        while (true)
        {
            x.Output.Flush(x);
            if (x.Output.IsBroken && !MayOutliveClient)
                return false;
            if (!isEnded && !ReadSome())
                return false;
            if (isEnded)
                return true;
            // A peer that takes no more of the body may still be answering.
            var sent = await forward.PumpBodyAsync();
            if (sent is not (UpstreamFailure.None or UpstreamFailure.Error))
                return false;
            if (IsClientGone())
                return false;
            var isReading = IsReading;
            await x.Wakeup.NextAsync(DueMs());
            // While the client was behind, the peer had nobody to speak to.
            if (!isReading)
                activeMs = worker.Loop.NowMs;
            if (x.Wakeup.IsTimedOut && DueMs() <= worker.Loop.NowMs)
                return TimeOut();
        }
    }

    /// <summary>Reads and passes on while there is something and it may be held; false when it broke off.</summary>
    bool ReadSome()
    {
        var peer = forward.Peer.Connection;
        var movedBytes = 0;
        while (!isEnded && peer.CanRead && IsReading)
        {
            if (movedBytes >= NetLimits.BytesPerTurn)
            {
                peer.Yield();
                return true;
            }
            var room = worker.Loop.Scratch.AsSpan(Front, RoomBytes());
            var count = peer.Read(room);
            if (count == IoResult.Again)
                return true;
            if (count <= 0)
                return PeerEnded(count);
            activeMs = worker.Loop.NowMs;
            movedBytes += count;
            x.LastTry.BytesReceived += count;
            if (!Pass(count))
                return false;
        }
        return true;
    }

    /// <summary>What may be held for the client before the peer has to wait.</summary>
    int HeldMost => plan.Settings.Buffering
        ? plan.Settings.BuffersCount * plan.Settings.BuffersSize
        : 1;

    bool IsReading => x.Output.HeldCount < HeldMost;

    /// <summary>Once the client is behind, a read takes no more than may still be held.</summary>
    int RoomBytes()
    {
        var all = NetLimits.ScratchBytes - Front - ChunkedWriter.LastChunk.Length - 2;
        return x.Output.HeldCount == 0 ? all : Math.Min(all, HeldMost - x.Output.HeldCount);
    }

    /// <summary>
    /// Passes on what lies in the scratch buffer behind <see cref="Front"/>; false when it is malformed.
    /// </summary>
    bool Pass(int count)
    {
        switch (framing)
        {
            case BodyFraming.Length:
                var wanted = (int)Math.Min(left, count);
                Count(wanted);
                Send(Front, wanted);
                if (wanted < count)
                    x.UpstreamSentMore = true;
                return true;
            case BodyFraming.UntilClose:
                x.LastTry.ResponseLength += count;
                Send(Front, count);
                return true;
            default:
                return PassChunked(count);
        }
    }

    void Count(int bytes)
    {
        left -= bytes;
        x.LastTry.ResponseLength += bytes;
        isEnded = left == 0;
    }

    /// <summary>
    /// Takes the data out of its chunks, moving it together in place: when a read holds one
    /// chunk, which is the rule, nothing moves.
    /// </summary>
    bool PassChunked(int count)
    {
        var scratch = worker.Loop.Scratch.AsSpan();
        var input = scratch.Slice(Front, count);
        var position = 0;
        var dataStart = -1;
        var dataEnd = 0;
        while (true)
        {
            var status = chunks.Read(input[position..], out var consumed, out var data);
            if (status == ChunkedStatus.Data)
            {
                var from = position + data.Offset;
                if (dataStart < 0)
                    dataStart = dataEnd = from;
                if (from != dataEnd)
                    input.Slice(from, data.Length).CopyTo(input[dataEnd..]);
                dataEnd += data.Length;
            }
            position += consumed;
            if (status == ChunkedStatus.Data)
                continue;
            if (status == ChunkedStatus.Rejected)
            {
                x.Location.Errors.UpstreamInvalidChunk(x);
                return false;
            }
            isEnded = status == ChunkedStatus.Done;
            x.UpstreamSentMore |= isEnded && position < count;
            break;
        }
        if (dataStart >= 0)
        {
            x.LastTry.ResponseLength += dataEnd - dataStart;
            Send(Front + dataStart, dataEnd - dataStart);
        }
        if (isEnded)
            SendEnd();
        return true;
    }

    /// <summary>Sends bytes of the scratch buffer to the client, as a chunk where it gets chunks.</summary>
    void Send(int start, int length)
    {
        if (!hasBody || length == 0)
            return;
        var scratch = worker.Loop.Scratch.AsSpan();
        var end = start + length;
        if (isRechunked)
        {
            Span<byte> line = stackalloc byte[ChunkedWriter.SizeLineMax];
            var lineLength = ChunkedWriter.WriteSizeLine(length, line);
            start -= lineLength;
            line[..lineLength].CopyTo(scratch[start..]);
            ChunkedWriter.DataEnd.CopyTo(scratch[end..]);
            end += ChunkedWriter.DataEnd.Length;
        }
        x.Output.Send(x, scratch[start..end]);
    }

    void SendEnd()
    {
        if (!isRechunked)
            return;
        if (chunks.Trailers.Length == 0)
        {
            x.Output.Send(x, ChunkedWriter.LastChunk);
            return;
        }
        var text = worker.Text;
        text.Clear();
        text.Append(ChunkedWriter.LastSize);
        var start = text.Length;
        TrailerText.Append(text, chunks.Trailers, chunks.TrailerBytes);
        x.SentTrailers = x.Store(text.From(start));
        x.Output.Send(x, text.Written);
    }

    /// <summary>The peer closed: the end of a body that has no other, or a broken one.</summary>
    bool PeerEnded(int error)
    {
        if (framing == BodyFraming.UntilClose && error == 0)
        {
            isEnded = true;
            SendEnd();
            return true;
        }
        x.Location.Errors.UpstreamClosedMidway(x, error);
        return false;
    }

    bool TimeOut()
    {
        if (x.Output.DueMs(x) <= worker.Loop.NowMs)
            x.Output.TimeOut(x);
        else
            x.Location.Errors.UpstreamTimedOutMidway(x);
        return false;
    }

    long DueMs()
    {
        var peerDueMs = IsReading ? activeMs + plan.Settings.ReadTimeoutMs : long.MaxValue;
        return Math.Min(peerDueMs, x.Output.DueMs(x));
    }

    /// <summary>The answer is read to its end for nobody, unless the gateway stops.</summary>
    bool MayOutliveClient =>
        plan.Settings.IgnoreClientAbort && x.Client.State == ConnectionState.Open;

    bool IsClientGone()
    {
        if (!x.IsClientGone(plan.Settings.IgnoreClientAbort))
            return false;
        x.Location.Errors.ClientLeftUpstream(x);
        return true;
    }

    bool MayKeepPeer() =>
        x.UpstreamHead.KeepsAlive
        && framing != BodyFraming.UntilClose
        && !x.UpstreamSentMore
        && !x.AsksPeerToClose
        && forward.IsRequestSent;
}
