using Sluice.Config.Syntax;

namespace Sluice.Config.Model.Building;

/// <summary>
/// Reads a directive's arguments. Gives false after saying what is wrong with them.
/// </summary>
delegate bool SettingReader<T>(BuildContext build, DirectiveNode node, out T value);

/// <summary>A directive that blocks of several levels may write, and inner ones inherit.</summary>
abstract class Setting(string name)
{
    public string Name { get; } = name;

    /// <summary>Reads a directive into the level of its block.</summary>
    public abstract void Read(BuildContext build, Level level, DirectiveNode node);

    /// <summary>Names a group of settings for finding them by their directive.</summary>
    public static Dictionary<string, Setting> Table(params IEnumerable<Setting> settings) =>
        settings.ToDictionary(setting => setting.Name, StringComparer.Ordinal);

    public override string ToString() => Name;
}

/// <summary>A setting with one value; writing it twice in a block is an error.</summary>
sealed class Setting<T>(string name, T fallback, SettingReader<T> read) : Setting(name)
    where T : notnull
{
    /// <summary>The value where no level writes one.</summary>
    public T Default { get; } = fallback;

    public override void Read(BuildContext build, Level level, DirectiveNode node)
    {
        if (level.Writes(this))
            build.IsDuplicate(node);
        else if (read(build, node, out var value))
            level.Write(this, value, node);
    }
}

/// <summary>A setting whose directive may be repeated within a block.</summary>
sealed class ListSetting<T>(string name, SettingReader<T> read) : Setting(name)
{
    public override void Read(BuildContext build, Level level, DirectiveNode node)
    {
        if (!read(build, node, out var value))
            return;
        if (level.Writes(this))
            ((List<T>)level.GetOwnAll(this)).Add(value);
        else
            level.Write(this, new List<T> { value }, node);
    }
}
