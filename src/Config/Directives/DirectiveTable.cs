using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Sluice.Config.Directives;

/// <summary>All rows, and the names of nginx that have none.</summary>
public static class DirectiveTable
{
    public static ImmutableArray<DirectiveModule> Modules { get; } =
    [
        MainRows.Module,
        EventsRows.Module,
        HttpCoreRows.Module,
        ProxyRows.Module,
        UpstreamRows.Module,
        StaticRows.Module,
        LogRows.Module,
        HeadersRows.Module,
        MapRows.Module,
        RewriteRows.Module,
        SluiceRows.Module,
    ];

    // Plain dictionaries: a frozen one costs more to make at a start than its look-ups save.
    static readonly Dictionary<string, Directive[]> rows = Modules
        .SelectMany(module => module.Directives)
        .GroupBy(row => row.Name)
        .ToDictionary(group => group.Key, group => group.ToArray());

    static readonly Dictionary<string, string> known = ReadKnown();

    /// <summary>The contexts that a configuration can have: main, and what rows open.</summary>
    public static Contexts Opened { get; } = Modules
        .SelectMany(module => module.Directives)
        .Aggregate(Contexts.Main, (sum, row) => sum | row.Opens);

    /// <summary>
    /// The rows of a name: more than one when it means different things in different blocks, as
    /// <c>server</c> does; none for a name without a row.
    /// </summary>
    public static ImmutableArray<Directive> Find(string name) =>
        rows.TryGetValue(name, out var found)
            ? ImmutableCollectionsMarshal.AsImmutableArray(found)
            : [];

    /// <summary>The row of a name in a context; null when it is not allowed there.</summary>
    public static Directive? Find(string name, Contexts context)
    {
        foreach (var row in Find(name))
        {
            if ((row.Contexts & context) != 0)
                return row;
        }

        return null;
    }

    /// <summary>
    /// The module of nginx that has a directive Sluice does not have; null for other names.
    /// </summary>
    public static string? ModuleOfKnown(string name) => known.GetValueOrDefault(name);

    /// <summary>A directive of nginx or of Sluice, whether it has a row or not.</summary>
    public static bool IsName(string name) => rows.ContainsKey(name) || known.ContainsKey(name);

    static Dictionary<string, string> ReadKnown()
    {
        var modules = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var module in KnownNames.Modules)
        {
            foreach (string name in module.Directives)
                modules.Add(name, module.Name);
        }

        return modules;
    }

    /// <summary>All rows that a context allows.</summary>
    public static IEnumerable<Directive> AllowedIn(Contexts context) => Modules
        .SelectMany(module => module.Directives)
        .Where(row => (row.Contexts & context) != 0);
}
