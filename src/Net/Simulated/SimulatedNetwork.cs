using System.Diagnostics;
using System.Net;
using System.Text;

namespace Sluice.Net.Simulated;

/// <summary>
/// A network in memory: virtual time, and every delay, partial read and failure drawn from one
/// seed, so that a run can be repeated. It keeps count of all that is open.
/// </summary>
/// <remarks>
/// The gateway, its clients and its upstreams all use the same loop. Unlike a real network a
/// client may <see cref="ConnectOptions.Bind"/> to any address: it comes from there.
/// </remarks>
public sealed class SimulatedNetwork
{
    static readonly Address ipv4Client = Address.Parse("127.0.0.1:0");
    static readonly Address ipv6Client = Address.Parse("[::1]:0");

    readonly Random random;
    readonly PriorityQueue<Action, (long DueMs, int Tie, long Order)> happenings = new();
    readonly List<SimulatedListener> listeners = [];
    readonly HashSet<SimulatedConnection> open = [];
    long happeningsCount;
    long wallOffsetMs;
    int lastPort = 32767;

    public SimulatedNetwork(int seed, SimulatedFaults? faults = null)
    {
        Seed = seed;
        Faults = faults ?? SimulatedFaults.None;
        random = new(seed);
        // Not zero: who confuses "no deadline" with "at the beginning" shall notice.
        NowMs = 1_000_000 + random.Next(100_000);
    }

    public int Seed { get; }

    /// <summary>May be changed between runs, for example to let everything come to rest.</summary>
    public SimulatedFaults Faults { get; set; }

    /// <summary>The virtual monotonic clock.</summary>
    public long NowMs { get; private set; }

    /// <summary>2026-01-01 plus the time that has passed, plus the jumps of the wall clock.</summary>
    public long UnixMs => 1_767_225_600_000 + NowMs + wallOffsetMs;

    /// <summary>Ends of connections that ever were: two of each that was accepted.</summary>
    public int ConnectionsOpened { get; private set; }

    /// <summary>Ends that their owners have not closed.</summary>
    public int ConnectionsOpen => open.Count;

    public int ListenersOpen => listeners.Count;

    /// <summary>
    /// A number for everything that has happened so far: equal for equal seeds, or something
    /// depends on more than the seed.
    /// </summary>
    public ulong Fingerprint { get; private set; } = 14695981039346656037;

    /// <summary>One line per open connection, for the message of a test that expected none.</summary>
    public string DescribeOpen()
    {
        var text = new StringBuilder();
        foreach (var connection in open.OrderBy(connection => connection.Serial))
            text.Append(connection).Append('\n');
        return text.ToString();
    }

    internal long NextSerial() => ++ConnectionsOpened;

    internal bool Chance(double chance) => chance > 0 && random.NextDouble() < chance;

    /// <summary>From 0 up to and including <paramref name="max"/>.</summary>
    internal int Draw(int max) => max <= 0 ? 0 : random.Next(max + 1);

    internal void Shuffle<T>(Span<T> items) => random.Shuffle(items);

    /// <summary>FNV-1a over the numbers that describe what happens.</summary>
    internal void Note(long what, long serial, long detail)
    {
        foreach (long number in (ReadOnlySpan<long>)[NowMs, what, serial, detail])
            Fingerprint = (Fingerprint ^ (ulong)number) * 1099511628211;
    }

    /// <summary>Lets something happen; equal times happen in an order that the seed gives.</summary>
    internal void After(long delayMs, Action happening) =>
        At(NowMs + delayMs, random.Next(), happening);

    /// <summary>When the next thing happens by itself; long.MaxValue for never.</summary>
    internal long NextHappeningMs =>
        happenings.TryPeek(out _, out var at) ? at.DueMs : long.MaxValue;

    internal void MoveTo(long nowMs)
    {
        Debug.Assert(nowMs >= NowMs, "monotonic");
        NowMs = nowMs;
    }

    internal void JumpClocks()
    {
        if (!Chance(Faults.ClockJumps))
            return;
        MoveTo(NowMs + Draw(Faults.ClockJumpMsMax));
        wallOffsetMs += Draw(2 * Faults.ClockJumpMsMax) - Faults.ClockJumpMsMax;
    }

    internal void Happen()
    {
        if (open.Count > 0 && Chance(Faults.SpuriousEvents))
            open.ElementAt(Draw(open.Count - 1)).AnnounceNothing();
        while (NextHappeningMs <= NowMs)
            happenings.Dequeue()();
    }

    internal SimulatedPipe NewPipe()
    {
        var faults = Faults;
        int bytes = faults.PipeBytesMin + Draw(faults.PipeBytesMax - faults.PipeBytesMin);
        bool isSlow = Chance(faults.SlowPipes);
        return new(new byte[bytes], isSlow ? faults.SlowDelayMsMax : faults.DelayMsMax);
    }

    /// <summary>Lets something travel along a pipe: nothing overtakes what was sent before.</summary>
    internal void Travel(SimulatedPipe pipe, Action arrival)
    {
        long dueMs = Math.Max(pipe.LastArrivalMs, NowMs + Draw(pipe.DelayMsMax));
        // Of two that arrive at once, the first sent arrives first: the tie is not drawn.
        pipe.LastArrivalMs = dueMs;
        At(dueMs, 0, arrival);
    }

    internal bool HasDescriptor => open.Count + listeners.Count < Faults.DescriptorsMax;

    internal void Add(SimulatedConnection connection) => open.Add(connection);

    internal void Remove(SimulatedConnection connection) => open.Remove(connection);

    /// <summary>0, or -errno.</summary>
    internal int Add(SimulatedListener listener)
    {
        foreach (var other in listeners)
        {
            bool isShared = other.Options.ReusePort && listener.Options.ReusePort;
            if (!isShared && Overlap(other.LocalAddress, listener.LocalAddress))
                return IoResult.AddressInUse;
        }
        if (!HasDescriptor)
            return IoResult.TooManyOpenFiles;
        listeners.Add(listener);
        return 0;
    }

    internal void Remove(SimulatedListener listener) => listeners.Remove(listener);

    /// <summary>Who listens there: an exact address before a wildcard, of several any.</summary>
    internal SimulatedListener? Find(Address remote)
    {
        var listening = listeners.FindAll(listener => !listener.Options.BindOnly);
        var exact = listening.FindAll(listener => listener.LocalAddress.Equals(remote));
        var found = exact.Count > 0
            ? exact
            : listening.FindAll(listener => Overlap(listener.LocalAddress, remote));
        return found.Count == 0 ? null : found[Draw(found.Count - 1)];
    }

    /// <summary>Where a connect comes from.</summary>
    internal Address ClientAddress(Address remote, Address? bind)
    {
        if (bind is null && remote.IsUnix)
            return Address.Unnamed;
        return WithPort(bind ?? (remote.Ip.IsIpv6 ? ipv6Client : ipv4Client));
    }

    /// <summary>The address with a port of its own when it has none.</summary>
    internal Address WithPort(Address address)
    {
        if (address.IsUnix || address.Port != 0)
            return address;
        lastPort = lastPort >= 65535 ? 32768 : lastPort + 1;
        return new(new IPEndPoint(((IPEndPoint)address.EndPoint).Address, lastPort));
    }

    internal void CloseAll()
    {
        foreach (var listener in listeners.ToArray())
            listener.Close();
        foreach (var connection in open.ToArray())
            connection.Close();
    }

    void At(long dueMs, int tie, Action happening) =>
        happenings.Enqueue(happening, (dueMs, tie, happeningsCount++));

    static bool Overlap(Address one, Address other)
    {
        if (one.Equals(other))
            return true;
        if (one.Family != other.Family || one.IsUnix || one.Port != other.Port)
            return false;
        return IsWildcard(one) || IsWildcard(other);
    }

    static bool IsWildcard(Address address)
    {
        var ip = ((IPEndPoint)address.EndPoint).Address;
        return ip.Equals(IPAddress.Any) || ip.Equals(IPAddress.IPv6Any);
    }
}
