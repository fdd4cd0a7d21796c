namespace Sluice.Config.Model.Building;

/// <summary>What became of a name.</summary>
enum NameAdded
{
    /// <summary>It is in the table.</summary>
    Added,

    /// <summary>It, or the plain name that it includes, is taken; nothing was added.</summary>
    Conflict,

    /// <summary>It is neither a name nor a wildcard that nginx knows.</summary>
    Invalid,
}

/// <summary>
/// Names without regard to case, and nginx's two kinds of wildcards (ngx_hash_add_key).
/// </summary>
sealed class NameTable<T>
{
    public Dictionary<string, T> Exact { get; } = [];

    /// <summary>The key of <c>*.example.com</c> is <c>.example.com</c>.</summary>
    public Dictionary<string, T> Leading { get; } = [];

    /// <summary>The key of <c>www.example.*</c> is <c>www.example.</c>.</summary>
    public Dictionary<string, T> Trailing { get; } = [];

    /// <summary>Adds a whole name.</summary>
    public NameAdded AddExact(string name, T value) =>
        Exact.TryAdd(name.ToLowerAscii(), value) ? NameAdded.Added : NameAdded.Conflict;

    /// <summary>Adds a name or a wildcard.</summary>
    public NameAdded AddHostname(string name, T value)
    {
        name = name.ToLowerAscii();
        int stars = name.Count(ch => ch == '*');
        if (stars > 1 || name.Contains("..", StringComparison.Ordinal) || name.Contains('\0'))
            return NameAdded.Invalid;
        if (name.Length > 1 && name[0] == '.')
            return AddWithSubdomains(name, value);
        if (stars == 0)
            return AddExact(name, value);
        if (name.Length > 2 && name.StartsWith("*."))
            return Leading.TryAdd(name[1..], value) ? NameAdded.Added : NameAdded.Conflict;
        if (name.Length > 2 && name.EndsWith(".*"))
            return Trailing.TryAdd(name[..^1], value) ? NameAdded.Added : NameAdded.Conflict;
        return NameAdded.Invalid;
    }

    /// <summary><c>.example.com</c>: the name itself and everything below it.</summary>
    NameAdded AddWithSubdomains(string name, T value)
    {
        if (Leading.ContainsKey(name) || !Exact.TryAdd(name[1..], value))
            return NameAdded.Conflict;
        Leading.Add(name, value);
        return NameAdded.Added;
    }
}
