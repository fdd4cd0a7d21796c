using System.Numerics;
using System.Runtime.InteropServices;
using System.Text;

namespace Sluice.Proxy.Matching;

/// <summary>
/// A table of byte strings that is made once and then only read, by any thread. What is looked
/// for may come from an attacker; what is stored comes from the configuration, so no lookup
/// takes longer than the worst of the stored keys.
/// </summary>
sealed class ByteTable<T>
{
    readonly Entry[] entries;
    readonly int mask;

    /// <summary>Makes a table from Latin-1 texts, each once.</summary>
    internal ByteTable(IReadOnlyCollection<KeyValuePair<string, T>> pairs)
    {
        // At most half full, so that a probe finds an empty entry soon.
        var size = (int)BitOperations.RoundUpToPowerOf2((uint)pairs.Count * 2 + 1);
        entries = new Entry[size];
        mask = size - 1;
        Count = pairs.Count;
        foreach (var (text, value) in pairs)
            Add(Encoding.Latin1.GetBytes(text), value);
    }

    internal int Count { get; }

    internal bool TryFind(ReadOnlySpan<byte> key, out T value)
    {
        var hash = HashOf(key);
        for (var at = (int)hash & mask; entries[at].Key is { } stored; at = (at + 1) & mask)
        {
            if (entries[at].Hash == hash && key.SequenceEqual(stored))
            {
                value = entries[at].Value;
                return true;
            }
        }
        value = default!;
        return false;
    }

    void Add(byte[] key, T value)
    {
        var hash = HashOf(key);
        var at = (int)hash & mask;
        while (entries[at].Key is not null)
            at = (at + 1) & mask;
        entries[at] = new Entry(key, value, hash);
    }

    static uint HashOf(ReadOnlySpan<byte> key)
    {
        const ulong Odd = 0x9E3779B97F4A7C15;
        var hash = (ulong)key.Length * Odd;
        while (key.Length >= sizeof(ulong))
        {
            hash = (BitOperations.RotateLeft(hash, 5) ^ MemoryMarshal.Read<ulong>(key)) * Odd;
            key = key[sizeof(ulong)..];
        }
        foreach (var value in key)
            hash = (BitOperations.RotateLeft(hash, 5) ^ value) * Odd;
        return (uint)(hash >> 32);
    }

    readonly record struct Entry(byte[] Key, T Value, uint Hash);
}
