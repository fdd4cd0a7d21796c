namespace Sluice.Proxy;

/// <summary>Something that stands in a <see cref="Roster{T}"/> and remembers where.</summary>
interface IRostered
{
    int RosterIndex { get; set; }
}

/// <summary>Who is there: eight bytes an entry, added and removed in one step, in no order.</summary>
sealed class Roster<T>
    where T : class, IRostered
{
    readonly List<T> entries = [];

    public int Count => entries.Count;

    public T this[int index] => entries[index];

    public void Add(T entry)
    {
        entry.RosterIndex = entries.Count;
        entries.Add(entry);
    }

    public void Remove(T entry)
    {
        var last = entries[^1];
        entries[entry.RosterIndex] = last;
        last.RosterIndex = entry.RosterIndex;
        entries.RemoveAt(entries.Count - 1);
    }
}
