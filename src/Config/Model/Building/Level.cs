using Sluice.Config.Syntax;

namespace Sluice.Config.Model.Building;

/// <summary>
/// The settings that one block writes, and the way out to the blocks around it: http, server,
/// location, nested location.
/// </summary>
sealed class Level(Level? outer)
{
    readonly Dictionary<Setting, (object Value, DirectiveNode Node)> written = [];

    /// <summary>The level around this one; null for the outermost.</summary>
    public Level? Outer { get; } = outer;

    /// <summary>Whether this is a server's level: the one within http's.</summary>
    public bool IsServer => Outer is { Outer: null };

    /// <summary>Whether this block writes the setting itself.</summary>
    public bool Writes(Setting setting) => written.ContainsKey(setting);

    /// <summary>Whether this block writes one of these settings itself.</summary>
    public bool WritesAny(IEnumerable<Setting> settings) => settings.Any(written.ContainsKey);

    /// <summary>What this block writes itself, or null.</summary>
    public object? OwnValue(Setting setting) =>
        written.TryGetValue(setting, out var found) ? found.Value : null;

    /// <summary>Keeps what the block writes.</summary>
    public void Write(Setting setting, object value, DirectiveNode at) =>
        written[setting] = (value, at);

    /// <summary>The directive nearest to this level that writes the setting.</summary>
    public DirectiveNode? NodeOf(Setting setting)
    {
        for (var level = this; level is not null; level = level.Outer)
        {
            if (level.written.TryGetValue(setting, out var found))
                return found.Node;
        }

        return null;
    }

    /// <summary>The value that holds here: the nearest one written, else the default.</summary>
    public T Get<T>(Setting<T> setting) where T : notnull
    {
        for (var level = this; level is not null; level = level.Outer)
        {
            if (level.written.TryGetValue(setting, out var found))
                return (T)found.Value;
        }

        return setting.Default;
    }

    /// <summary>The nearest list that is written: lists are inherited whole or not at all.</summary>
    public IReadOnlyList<T> GetAll<T>(ListSetting<T> setting)
    {
        for (var level = this; level is not null; level = level.Outer)
        {
            if (level.written.TryGetValue(setting, out var found))
                return (List<T>)found.Value;
        }

        return [];
    }

    /// <summary>The list this block writes itself; empty when it does not.</summary>
    public IReadOnlyList<T> GetOwnAll<T>(ListSetting<T> setting) =>
        written.TryGetValue(setting, out var found) ? (List<T>)found.Value : [];
}
