using System.Diagnostics;
using System.Numerics;

namespace Sluice.Net;

/// <summary>Something that is told when its time has come.</summary>
public interface ITimed
{
    /// <summary>The time has come: answers the next due time, or 0 for none.</summary>
    long OnTimer(long nowMs);
}

/// <summary>Names an entry of a <see cref="TimerWheel"/>; the default names none.</summary>
public readonly record struct TimerHandle(int Index, int Generation);

/// <summary>The timers of one loop: no system calls, no allocation per timer.</summary>
/// <remarks>
/// A hierarchical timing wheel (Varghese and Lauck, 1987). Level 0 has a slot a tick, level 1 a
/// slot per 64 ticks, and so on. An entry lies at the level of the highest digit (base 64) in
/// which its tick differs from the current one, and moves down when time enters its slot. A
/// bitmap a level says which slots are taken, so empty time is skipped. Entries are linked by
/// index inside one array, 32 bytes each.
/// </remarks>
public sealed class TimerWheel
{
    /// <summary>Due times are rounded up to this: no timer fires early, and up to 10 ms late.</summary>
    public const int TickMs = NetLimits.TimerTickMs;

    const int DigitBits = 6;
    const int SlotsPerLevel = 1 << DigitBits;
    const int DigitMask = SlotsPerLevel - 1;
    const int Levels = 7;
    const int None = -1;

    /// <summary>1,394 years: what is due later is due then.</summary>
    const long TickMax = (1L << (DigitBits * Levels)) - 1;

    /// <summary>The entry belongs to an owner and waits in no slot: it is being fired.</summary>
    const int Unlinked = -1;

    /// <summary>The entry belongs to nobody.</summary>
    const int Free = -2;

    readonly int[] heads = new int[Levels * SlotsPerLevel];
    readonly ulong[] taken = new ulong[Levels];
    Entry[] entries = new Entry[16];
    int entriesUsed;
    int freeHead = None;

    /// <summary>Every slot up to this tick has been fired.</summary>
    long current;

    /// <summary>What is scheduled now is due at this tick at the earliest.</summary>
    long earliest = 1;

    bool advancing;

    public TimerWheel() => Array.Fill(heads, None);

    /// <summary>Entries that wait or are being fired.</summary>
    public int Count { get; private set; }

    /// <summary>
    /// Asks for OnTimer at <paramref name="dueMs"/>. An <paramref name="existing"/> entry that is
    /// due earlier or equally early is left as it is (its owner re-arms when it fires), a later
    /// one is moved.
    /// </summary>
    /// <returns>The existing handle, when it still names an entry, or a new one.</returns>
    public TimerHandle Schedule(TimerHandle existing, long dueMs, ITimed target)
    {
        long tick = ToTick(dueMs);
        if (!IsLive(existing))
        {
            var handle = Add(target);
            Link(handle.Index, tick);
            return handle;
        }
        Debug.Assert(entries[existing.Index].Target == target, "a handle has one owner");
        Move(existing.Index, tick);
        return existing;
    }

    /// <summary>Forgets the entry; the default handle and a fired one are ignored.</summary>
    public void Cancel(ref TimerHandle handle)
    {
        if (IsLive(handle))
        {
            if (entries[handle.Index].Slot >= 0)
                Unlink(handle.Index);
            Release(handle.Index);
        }
        handle = default;
    }

    /// <summary>True while the handle names an entry that waits or is being fired.</summary>
    public bool IsLive(TimerHandle handle) =>
        handle.Generation != 0 && entries[handle.Index].Generation == handle.Generation;

    /// <summary>
    /// When <see cref="Advance"/> has to be called next: never later than the first due time,
    /// and earlier only when entries move down a level. long.MaxValue when nothing waits.
    /// </summary>
    public long NextDueMs
    {
        get
        {
            long tick = NextTick();
            return tick == long.MaxValue ? tick : tick * TickMs;
        }
    }

    /// <summary>
    /// Calls OnTimer of everything due by <paramref name="nowMs"/>, in the order of the ticks.
    /// OnTimer may schedule and cancel as it likes; what it schedules fires in a later Advance.
    /// A time before the last one is ignored.
    /// </summary>
    public void Advance(long nowMs)
    {
        Debug.Assert(!advancing, "OnTimer advances no time");
        long target = Math.Min(nowMs / TickMs, TickMax - 1);
        if (target <= current)
            return;
        advancing = true;
        earliest = target + 1;
        try
        {
            for (long tick = NextTick(); tick <= target; tick = NextTick())
            {
                current = tick;
                MoveDown();
                Fire(nowMs);
            }
            current = target;
        }
        finally
        {
            advancing = false;
        }
    }

    long ToTick(long dueMs) =>
        Math.Clamp((dueMs / TickMs) + (dueMs % TickMs > 0 ? 1 : 0), earliest, TickMax);

    void Move(int index, long tick)
    {
        if (entries[index].Slot == Unlinked)
        {
            Link(index, tick);
            return;
        }
        if (entries[index].Tick <= tick)
            return;
        Unlink(index);
        Link(index, tick);
    }

    /// <summary>The start of the first slot that is taken: a tick to fire or to move down at.</summary>
    long NextTick()
    {
        for (int level = 0; level < Levels; level++)
        {
            if (taken[level] == 0)
                continue;
            // Whatever waits at a level lies ahead in the same turn of that level's wheel, and
            // before everything at the levels above.
            int shift = level * DigitBits;
            long turn = current & ~((1L << (shift + DigitBits)) - 1);
            return turn | ((long)BitOperations.TrailingZeroCount(taken[level]) << shift);
        }
        return long.MaxValue;
    }

    /// <summary>Deals out the slots of the levels above 0 that begin at the current tick.</summary>
    void MoveDown()
    {
        for (int level = Levels - 1; level > 0; level--)
        {
            int shift = level * DigitBits;
            if ((current & ((1L << shift) - 1)) != 0)
                continue;
            int slot = (level * SlotsPerLevel) + (int)((current >> shift) & DigitMask);
            for (int index = heads[slot]; index != None; index = heads[slot])
            {
                long tick = entries[index].Tick;
                Unlink(index);
                Link(index, tick);
            }
        }
    }

    void Fire(long nowMs)
    {
        int slot = (int)(current & DigitMask);
        for (int index = heads[slot]; index != None; index = heads[slot])
        {
            Unlink(index);
            int generation = entries[index].Generation;
            long next = entries[index].Target!.OnTimer(nowMs);
            // Cancelled in OnTimer, and perhaps somebody else's by now.
            if (entries[index].Generation != generation)
                continue;
            if (next != 0)
                Move(index, ToTick(next));
            else if (entries[index].Slot == Unlinked)
                Release(index);
        }
    }

    TimerHandle Add(ITimed target)
    {
        int index = freeHead;
        if (index != None)
        {
            freeHead = entries[index].Next;
        }
        else
        {
            if (entriesUsed == entries.Length)
                Array.Resize(ref entries, entries.Length * 2);
            index = entriesUsed++;
        }
        Count++;
        ref var entry = ref entries[index];
        entry.Target = target;
        // Even generations are free, odd ones are in use; so zero never names an entry.
        entry.Generation++;
        return new(index, entry.Generation);
    }

    void Release(int index)
    {
        ref var entry = ref entries[index];
        entry.Target = null;
        entry.Generation++;
        entry.Slot = Free;
        entry.Next = freeHead;
        freeHead = index;
        Count--;
    }

    void Link(int index, long tick)
    {
        long differing = tick ^ current;
        int level = differing == 0 ? 0 : BitOperations.Log2((ulong)differing) / DigitBits;
        int digit = (int)((tick >> (level * DigitBits)) & DigitMask);
        int slot = (level * SlotsPerLevel) + digit;
        ref var entry = ref entries[index];
        entry.Tick = tick;
        entry.Slot = slot;
        entry.Next = None;
        int head = heads[slot];
        if (head == None)
        {
            entry.Previous = index;
            heads[slot] = index;
        }
        else
        {
            entry.Previous = entries[head].Previous;
            entries[entry.Previous].Next = index;
            entries[head].Previous = index;
        }
        taken[level] |= 1UL << digit;
    }

    void Unlink(int index)
    {
        ref var entry = ref entries[index];
        int head = heads[entry.Slot];
        if (head == index)
            heads[entry.Slot] = head = entry.Next;
        else
            entries[entry.Previous].Next = entry.Next;
        if (head != None)
            entries[entry.Next == None ? head : entry.Next].Previous = entry.Previous;
        else
            taken[entry.Slot / SlotsPerLevel] &= ~(1UL << (entry.Slot & DigitMask));
        entry.Slot = Unlinked;
    }

    struct Entry
    {
        internal ITimed? Target;
        internal long Tick;
        internal int Next;

        /// <summary>The one before; of a slot's first entry, the slot's last.</summary>
        internal int Previous;

        internal int Generation;

        /// <summary>level * 64 + digit, or Unlinked, or Free.</summary>
        internal int Slot;
    }
}
