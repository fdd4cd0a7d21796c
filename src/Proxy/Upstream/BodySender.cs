using Sluice.Net;
using Sluice.Proxy.Http1;

namespace Sluice.Proxy.Upstream;

/// <summary>
/// Sends a request's body to the peer: from memory and the temporary file when it was read
/// whole, or piece by piece as the client sends it. Starts over for another peer when it can.
/// </summary>
sealed class BodySender
{
    enum Source
    {
        None,
        Memory,
        File,
        Client,
    }

    Source source;
    HeldBytes held;
    int memorySent;
    long fileSent;
    bool isEndSent;

    /// <summary>Everything was given to the peer's socket.</summary>
    public bool IsDone => source == Source.None && held.IsEmpty;

    /// <summary>The peer would take more, but the client has not sent it.</summary>
    public bool IsWaitingForClient => source == Source.Client && held.IsEmpty;

    /// <summary>Bytes of the client went to this peer that no other can be sent.</summary>
    public bool HasTakenUnbuffered { get; private set; }

    /// <summary>The status that answers the client when its body failed.</summary>
    public int FailureStatus { get; private set; }

    /// <summary>Begins with what the exchange has of its body.</summary>
    public void Begin(Exchange x, ProxyPlan plan)
    {
        memorySent = 0;
        fileSent = 0;
        isEndSent = false;
        FailureStatus = 0;
        if (plan.Body is not null || !plan.Settings.PassRequestBody || x.Body.IsDropped)
            source = Source.None;
        else if (x.Body.IsBuffered)
            source = x.Body.Spill is not null ? Source.File
                : x.Body.MemoryCount > 0 ? Source.Memory : Source.None;
        else
            source = x.Body.State == BodyState.Reading ? Source.Client : Source.None;
    }

    /// <summary>Moves what can be moved; a failure of the peer shows when it is read from.</summary>
    public async LoopTask<UpstreamFailure> PumpAsync(Exchange x, Connection peer)
    {
        while (true)
        {
            if (!Flush(x, peer))
                return UpstreamFailure.Error;
            if (!held.IsEmpty || source == Source.None)
                return UpstreamFailure.None;
            switch (source)
            {
                case Source.Memory:
                    SendFromMemory(x, peer);
                    break;
                case Source.File:
                    if (!await SendFromFileAsync(x, peer))
                        return UpstreamFailure.Internal;
                    break;
                default:
                    if (SendFromClient(x, peer) is var result && result == IoResult.Again)
                        return UpstreamFailure.None;
                    if (result < 0)
                    {
                        FailureStatus = -result;
                        return UpstreamFailure.ClientBody;
                    }
                    break;
            }
        }
    }

    public void Reset(BufferPool buffers)
    {
        held.Drop(buffers);
        source = Source.None;
        HasTakenUnbuffered = false;
    }

    bool Flush(Exchange x, Connection peer)
    {
        while (!held.IsEmpty && peer.CanWrite)
        {
            var taken = peer.Write(held.Span);
            if (taken == IoResult.Again)
                break;
            if (taken < 0)
                return false;
            x.LastTry.BytesSent += taken;
            held.Remove(taken, x.Worker.Buffers);
        }
        return true;
    }

    void Send(Exchange x, Connection peer, ReadOnlySpan<byte> bytes)
    {
        var taken = Math.Max(peer.Write(bytes), 0);
        x.LastTry.BytesSent += taken;
        held.Add(bytes[taken..], x.Worker.Buffers);
    }

    void SendFromMemory(Exchange x, Connection peer)
    {
        var rest = x.Body.InMemory[memorySent..];
        var piece = rest[..Math.Min(rest.Length, NetLimits.ScratchBytes)];
        memorySent += piece.Length;
        if (memorySent == x.Body.MemoryCount)
            source = Source.None;
        Send(x, peer, piece);
    }

    async LoopTask<bool> SendFromFileAsync(Exchange x, Connection peer)
    {
        var buffer = x.Worker.Buffers.Rent(NetLimits.ScratchBytes);
        var count = await x.Body.Spill!.ReadAsync(x, buffer, fileSent);
        if (count > 0)
        {
            fileSent += count;
            if (fileSent == x.Body.Spill.Length)
                source = Source.None;
            Send(x, peer, buffer.AsSpan(0, count));
        }
        x.Worker.Buffers.Return(buffer);
        return count > 0;
    }

    /// <summary>What had arrived before the peer was asked, then what comes.</summary>
    int TakePiece(Exchange x, Span<byte> into)
    {
        var arrived = x.Body.InMemory[memorySent..];
        if (arrived.IsEmpty)
            return x.Body.Read(x, into);
        var piece = arrived[..Math.Min(arrived.Length, into.Length)];
        piece.CopyTo(into);
        memorySent += piece.Length;
        return piece.Length;
    }

    /// <summary>
    /// One piece from the client. A chunked body is framed anew: the size line is written before
    /// the piece, its end behind it, in the loop's scratch buffer.
    /// </summary>
    int SendFromClient(Exchange x, Connection peer)
    {
        const int Front = ChunkedWriter.SizeLineMax;
        var scratch = x.Worker.Loop.Scratch.AsSpan();
        var count = TakePiece(x, scratch[Front..^2]);
        if (count < 0)
            return count;
        HasTakenUnbuffered = true;
        var start = Front;
        var end = Front + count;
        if (x.Body.IsChunked && count > 0)
        {
            Span<byte> line = stackalloc byte[Front];
            var length = ChunkedWriter.WriteSizeLine(count, line);
            start -= length;
            line[..length].CopyTo(scratch[start..]);
            ChunkedWriter.DataEnd.CopyTo(scratch[end..]);
            end += 2;
        }
        Send(x, peer, scratch[start..end]);
        if (x.Body.State == BodyState.Complete && !isEndSent)
        {
            isEndSent = true;
            source = Source.None;
            if (x.Body.IsChunked)
                SendEnd(x, peer);
        }
        return count;
    }

    void SendEnd(Exchange x, Connection peer)
    {
        if (x.Body.Trailers.Length == 0)
        {
            SendOrHold(x, peer, ChunkedWriter.LastChunk);
            return;
        }
        var text = x.Worker.Text;
        text.Clear();
        text.Append(ChunkedWriter.LastSize);
        TrailerText.Append(text, x.Body.Trailers, x.Body.TrailerBytes);
        SendOrHold(x, peer, text.Written);
    }

    void SendOrHold(Exchange x, Connection peer, ReadOnlySpan<byte> bytes)
    {
        if (held.IsEmpty)
            Send(x, peer, bytes);
        else
            held.Add(bytes, x.Worker.Buffers);
    }
}
