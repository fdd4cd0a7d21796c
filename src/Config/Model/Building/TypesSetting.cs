using System.Collections.Frozen;
using Sluice.Config.Syntax;
using Sluice.Config.Text;

namespace Sluice.Config.Model.Building;

/// <summary>
/// The <c>types</c> block: an inner level's replaces that of the outer one, several on one level
/// add up.
/// </summary>
sealed class TypesSetting() : Setting("types")
{
    static readonly FrozenDictionary<string, string> builtIn = new Dictionary<string, string>
    {
        ["html"] = "text/html",
        ["gif"] = "image/gif",
        ["jpg"] = "image/jpeg",
    }.ToFrozenDictionary();

    public override void Read(BuildContext build, Level level, DirectiveNode node)
    {
        if (!level.Writes(this))
            level.Write(this, new Dictionary<string, string>(), node);

        var types = Own(level);
        foreach (var line in node.Children)
        {
            if (line.IsBroken || line.Name == "include")
                continue;
            foreach (var word in line.Args)
                Add(build, types, line, word);
        }
    }

    /// <summary>What holds at a level, given what holds outside it.</summary>
    public FrozenDictionary<string, string> Resolve(Level level, CoreSettings? outer) =>
        level.Writes(this) ? Own(level).ToFrozenDictionary() : outer?.Types ?? builtIn;

    static void Add(
        BuildContext build, Dictionary<string, string> types, DirectiveNode line, Token word)
    {
        string extension = word.Value.ToLowerAscii();
        if (types.TryGetValue(extension, out string? earlier))
        {
            build.Diagnostics.Warn(line, word, $"duplicate extension \"{extension}\", "
                + $"content type: \"{line.Name}\", previous content type: \"{earlier}\"");
        }

        types[extension] = line.Name;
    }

    Dictionary<string, string> Own(Level level) =>
        (Dictionary<string, string>)level.OwnValue(this)!;
}
