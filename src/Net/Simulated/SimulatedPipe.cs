using System.Diagnostics;

namespace Sluice.Net.Simulated;

/// <summary>
/// One direction of a simulated connection: a ring of bytes, of which the first have arrived and
/// can be read, and the rest is under way.
/// </summary>
sealed class SimulatedPipe(byte[] ring, int delayMsMax)
{
    readonly Queue<int> underWay = new();
    int start;
    int bytesUnderWay;

    internal int DelayMsMax => delayMsMax;

    /// <summary>Bytes that can be read.</summary>
    internal int Arrived { get; private set; }

    internal int Room => ring.Length - Arrived - bytesUnderWay;

    internal bool IsEmpty => Arrived + bytesUnderWay == 0;

    /// <summary>No byte is sent after this; those under way still arrive.</summary>
    internal bool IsEndSent { get; set; }

    internal bool IsEndArrived { get; set; }

    /// <summary>Bytes were lost on the way: an end that comes behind them is no orderly one.</summary>
    internal bool HasLost { get; private set; }

    /// <summary>When the last of what was sent arrives: nothing overtakes it.</summary>
    internal long LastArrivalMs { get; set; }

    internal void Send(ReadOnlySpan<byte> bytes)
    {
        Debug.Assert(bytes.Length <= Room && !IsEndSent, "the writer knows the room");
        int at = (start + Arrived + bytesUnderWay) % ring.Length;
        int first = Math.Min(bytes.Length, ring.Length - at);
        bytes[..first].CopyTo(ring.AsSpan(at));
        bytes[first..].CopyTo(ring);
        bytesUnderWay += bytes.Length;
        underWay.Enqueue(bytes.Length);
    }

    /// <summary>The oldest piece under way has come; false when it was dropped meanwhile.</summary>
    internal bool Arrive()
    {
        if (!underWay.TryDequeue(out int count))
            return false;
        bytesUnderWay -= count;
        Arrived += count;
        return true;
    }

    internal void Receive(Span<byte> target)
    {
        int first = Math.Min(target.Length, ring.Length - start);
        ring.AsSpan(start, first).CopyTo(target);
        ring.AsSpan(0, target.Length - first).CopyTo(target[first..]);
        start = (start + target.Length) % ring.Length;
        Arrived -= target.Length;
    }

    /// <summary>A reset loses what is under way; what has arrived may still be read.</summary>
    internal void DropUnderWay()
    {
        HasLost |= bytesUnderWay > 0;
        underWay.Clear();
        bytesUnderWay = 0;
    }
}
