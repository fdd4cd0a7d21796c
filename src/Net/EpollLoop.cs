using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace Sluice.Net;

/// <summary>The loop of the product: Linux's epoll(7), one thread, no buffers of its own.</summary>
/// <remarks>
/// A turn is: wait, read the clocks, hand out the batch of events, fire timers, run posted work,
/// run what has yielded. Events carry a slot and its generation, never a file descriptor, so
/// that an event collected before a close cannot reach whoever has the number next.
/// </remarks>
[SupportedOSPlatform("linux")]
public sealed unsafe class EpollLoop : Loop
{
    /// <summary>The data of the eventfd's record: a generation no slot reaches.</summary>
    const ulong WakeUpData = ulong.MaxValue;

    /// <summary>struct epoll_event is packed on x86-64 and on no other machine.</summary>
    static readonly int recordBytes =
        RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 12 : 16;

    static readonly int dataOffset = recordBytes - sizeof(ulong);

    readonly int epoll;
    readonly SafeFileHandle wakeUp;
    readonly byte* records;
    readonly byte* staging;
    readonly PostQueue posted = new();
    readonly RunQueue<EpollConnection> yielded = new();
    Slot[] slots = new Slot[64];
    int slotsUsed;
    int freeSlot = -1;
    volatile bool isStopping;
    bool isDisposed;

    /// <summary>Nobody needs it, but reads whose result went nowhere would be left out.</summary>
    int touchedSum;

    public EpollLoop()
    {
        epoll = Demand(Native.Result(Native.EpollCreate(Native.EpollCloexec)), "epoll_create1");
        int eventDescriptor = Demand(
            Native.Result(
                Native.EventDescriptor(0, Native.EventCloexec | Native.EventNonblock)),
            "eventfd");
        wakeUp = new(eventDescriptor, ownsHandle: true);
        records = (byte*)NativeMemory.Alloc((nuint)(NetLimits.EventsPerTurn * recordBytes));
        staging = (byte*)NativeMemory.Alloc(NetLimits.StagedBytes);
        const uint Edges = Native.EpollIn | Native.EpollEdge;
        Demand(Control(Native.EpollAdd, eventDescriptor, Edges, WakeUpData), "epoll_ctl");
        ReadClocks();
        Timers.Advance(NowMs);
    }

    public override string Name => "epoll";

    /// <summary>Where two pieces of a short write become one, within a single call.</summary>
    internal Span<byte> Staging => new(staging, NetLimits.StagedBytes);

    /// <summary>Counts the turns, so that a listener knows whether two were consecutive.</summary>
    internal long Turn { get; private set; }

    public override Listener? Listen(
        Address address, ListenOptions options, IAcceptHandler handler, out int error)
    {
        AssertCurrent();
        int fd = NativeSocket.Listen(address, options);
        if (fd >= 0)
        {
            var listener = new EpollListener(this, fd, address, handler);
            // A socket that does not listen would make nothing but events of its own.
            error = options.BindOnly
                ? 0
                : Register(fd, Native.EpollIn, listener, out listener.Slot);
            if (error == 0)
                return listener;
            listener.Close();
            return null;
        }
        error = fd;
        return null;
    }

    public override Connection? Connect(
        Address remote, ConnectOptions options, IConnectionHandler handler, out int error)
    {
        AssertCurrent();
        int fd = NativeSocket.Connect(
            remote, options, Descriptors.ConnectLimit, out bool isOpen);
        if (fd < 0)
        {
            error = fd;
            return null;
        }
        var connection = new EpollConnection(this, handler, fd, remote, isOpen);
        error = Register(connection);
        return error == 0 ? connection : null;
    }

    public override void Post(ILoopWork work)
    {
        if (IsRunningHere)
            posted.AddFromLoop(work);
        else if (posted.Add(work))
            WakeUp();
    }

    public override void Stop()
    {
        isStopping = true;
        WakeUp();
    }

    protected override void RunTurns()
    {
        while (!isStopping)
            RunTurn();
    }

    /// <summary>
    /// A method of its own because the just-in-time compiler improves what is called often: a
    /// loop that is never left keeps the code it started with.
    /// </summary>
    void RunTurn()
    {
        int count = Wait();
        ReadClocks();
        Turn++;
        int touched = 0;
        for (int i = 0; i < count; i++)
        {
            if (i == touched)
                touched = TouchAhead(i, count);
            byte* record = Record(i);
            Dispatch(*(ulong*)(record + dataOffset), *(uint*)record);
        }
        Timers.Advance(NowMs);
        posted.Run(this);
        RunYielded();
    }

    byte* Record(int index) => records + (index * recordBytes);

    /// <summary>
    /// Reads what the next events will need. With thousands of connections their objects are not
    /// in the processor's cache; read here, one behind the other with nothing between, they are
    /// waited for together, and not one by one with two system calls between.
    /// </summary>
    int TouchAhead(int first, int count)
    {
        int end = Math.Min(first + NetLimits.EventsTouchedAhead, count);
        int sum = 0;
        for (int i = first; i < end; i++)
        {
            ulong data = *(ulong*)(Record(i) + dataOffset);
            if (data != WakeUpData && slots[(int)(uint)data].Source is EpollConnection connection)
                sum += connection.TouchAll();
        }
        touchedSum = sum;
        return end;
    }

    /// <summary>The one registration of a connection; on failure it is closed.</summary>
    internal int Register(EpollConnection connection)
    {
        const uint All =
            Native.EpollIn | Native.EpollOut | Native.EpollReadHangUp | Native.EpollEdge;
        int error = Register(connection.Descriptor, All, connection, out connection.Slot);
        if (error != 0)
            connection.Close();
        return error;
    }

    /// <summary>Takes a listener's events away for a while, or gives them back.</summary>
    internal int SetEvents(int fd, SlotKey slot, uint events) =>
        Control(Native.EpollModify, fd, events, slot.Data);

    /// <summary>
    /// Drops the events of the batch that are still to come for this slot. The descriptor is
    /// closed by the caller, which ends its registration.
    /// </summary>
    internal void Release(ref SlotKey key)
    {
        if (key.Generation == 0)
            return;
        ref var slot = ref slots[key.Index];
        Debug.Assert(slot.Generation == key.Generation, "a slot is released by its owner");
        slot.Source = null;
        slot.Generation++;
        slot.NextFree = freeSlot;
        freeSlot = key.Index;
        key = default;
    }

    internal void AddYielded(EpollConnection connection) => yielded.Add(connection);

    int Register(int fd, uint events, IEpollSource source, out SlotKey key)
    {
        int index = freeSlot;
        if (index >= 0)
        {
            freeSlot = slots[index].NextFree;
        }
        else
        {
            if (slotsUsed == slots.Length)
                Array.Resize(ref slots, slots.Length * 2);
            index = slotsUsed++;
        }
        ref var slot = ref slots[index];
        slot.Source = source;
        // Odd while in use, so the default key names no slot and the wake-up's names none either.
        slot.Generation++;
        key = new(index, slot.Generation);
        int error = Control(Native.EpollAdd, fd, events, key.Data);
        if (error != 0)
            Release(ref key);
        return error;
    }

    int Control(int operation, int fd, uint events, ulong data)
    {
        byte* record = stackalloc byte[16];
        *(uint*)record = events;
        *(ulong*)(record + dataOffset) = data;
        return Native.Result(Native.EpollControl(epoll, operation, fd, record));
    }

    int Wait()
    {
        int timeoutMs = -1;
        if (isStopping || !posted.IsEmpty || !yielded.IsEmpty)
        {
            timeoutMs = 0;
        }
        else
        {
            long due = Timers.NextDueMs;
            if (due != long.MaxValue)
                timeoutMs = (int)Math.Clamp(due - NowMs, 0, int.MaxValue);
        }
        int count = Native.Result(
            Native.EpollWait(epoll, records, NetLimits.EventsPerTurn, timeoutMs));
        return count == Native.Interrupted ? 0 : Demand(count, "epoll_wait");
    }

    void Dispatch(ulong data, uint events)
    {
        if (data == WakeUpData)
            return;
        ref var slot = ref slots[(int)(uint)data];
        if (slot.Generation != (uint)(data >> 32))
            return;
        if (slot.Source is EpollConnection connection)
            connection.OnEvents(events);
        else
            slot.Source!.OnEvents(events);
    }

    void RunYielded()
    {
        var connections = yielded.TakeAll();
        for (int i = 0; i < connections.Length; i++)
        {
            var connection = connections[i];
            connections[i] = null!;
            connection.OnYielded();
        }
    }

    void WakeUp()
    {
        // The handle is counted: a late caller must not write to a descriptor that is by now
        // somebody else's.
        bool isHeld = false;
        try
        {
            wakeUp.DangerousAddRef(ref isHeld);
            ulong one = 1;
            Native.Write((int)wakeUp.DangerousGetHandle(), &one, sizeof(ulong));
        }
        catch (ObjectDisposedException)
        {
            // The loop is gone, and nobody is left to wake.
        }
        finally
        {
            if (isHeld)
                wakeUp.DangerousRelease();
        }
    }

    /// <summary>For what cannot fail on a sound system; a loop without it is no loop.</summary>
    static int Demand(int result, string call)
    {
        if (result >= 0)
            return result;
        throw new InvalidOperationException(
            $"{call}() failed ({-result}: {IoResult.Text(result)})");
    }

    /// <summary>Closes whatever is still open.</summary>
    public override void Dispose()
    {
        if (isDisposed)
            return;
        isDisposed = true;
        for (int i = 0; i < slotsUsed; i++)
            slots[i].Source?.Close();
        wakeUp.Dispose();
        _ = Native.Close(epoll);
        NativeMemory.Free(records);
        NativeMemory.Free(staging);
    }

    struct Slot
    {
        internal IEpollSource? Source;
        internal uint Generation;
        internal int NextFree;
    }
}

/// <summary>Whose events they are: the data of an epoll record. The default is none.</summary>
readonly record struct SlotKey(int Index, uint Generation)
{
    internal ulong Data => ((ulong)Generation << 32) | (uint)Index;
}

/// <summary>What a slot of an <see cref="EpollLoop"/> holds.</summary>
interface IEpollSource
{
    void OnEvents(uint events);

    void Close();
}
