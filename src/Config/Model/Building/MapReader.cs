using System.Collections.Frozen;
using System.Collections.Immutable;
using Sluice.Config.Syntax;

namespace Sluice.Config.Model.Building;

/// <summary>Reads <c>map</c> blocks.</summary>
sealed class MapReader
{
    readonly BuildContext build;
    readonly DirectiveNode node;
    readonly NameTable<Template> names = new();
    readonly ImmutableArray<(Pattern, Template)>.Builder regexes =
        ImmutableArray.CreateBuilder<(Pattern, Template)>();

    Template? fallback;
    bool isVolatile;
    bool hasHostnames;

    MapReader(BuildContext build, DirectiveNode node)
    {
        this.build = build;
        this.node = node;
    }

    /// <summary>Reads a block; null after saying what is wrong with its head.</summary>
    public static MapConfig? Read(BuildContext build, DirectiveNode node)
    {
        if (!build.TryTemplate(node, 0, out var source)
            || !build.TryVariableName(node, 1, out string variable))
            return null;
        if (!build.Variables.DefineMap(variable))
        {
            var (message, hint) = VariableRegistry.Refusal(node.Arg(1)[1..]);
            build.Fail(node, 1, message, hint);
            return null;
        }

        return new MapReader(build, node).Read(source, variable);
    }

    MapConfig Read(Template source, string variable)
    {
        foreach (var line in node.Children)
        {
            bool isInclude = line.Name == "include" && line.Args.Length == 1;
            if (!line.IsBroken && !isInclude)
                ReadLine(line);
        }

        return new MapConfig
        {
            Source = source,
            Variable = variable,
            Exact = names.Exact.ToFrozenDictionary(),
            Leading = names.Leading.ToFrozenDictionary(),
            Trailing = names.Trailing.ToFrozenDictionary(),
            Regexes = regexes.ToImmutable(),
            Default = fallback ?? Template.Empty,
            Volatile = isVolatile,
            Hostnames = hasHostnames,
            Position = BuildContext.PositionOf(node),
        };
    }

    void ReadLine(DirectiveNode line)
    {
        if (line.Args.Length == 0 && line.Name is "hostnames" or "volatile")
        {
            hasHostnames |= line.Name == "hostnames";
            isVolatile |= line.Name == "volatile";
            return;
        }

        if (line.Args.Length != 1)
        {
            build.Fail(line, "invalid number of the map parameters");
            return;
        }

        if (!build.TryTemplate(line, 0, out var value))
            return;
        if (line.Name == "default")
            ReadDefault(line, value);
        else if (line.Name.StartsWith('~'))
            ReadRegex(line, value);
        else
            ReadName(line, value);
    }

    void ReadDefault(DirectiveNode line, Template value)
    {
        if (fallback is not null)
            build.Fail(line, "duplicate default map parameter");
        fallback ??= value;
    }

    void ReadRegex(DirectiveNode line, Template value)
    {
        bool ignoreCase = line.Name.StartsWith("~*");
        string text = line.Name[(ignoreCase ? 2 : 1)..];
        if (build.TryPattern(line, BuildContext.NameArg, text, ignoreCase, out var pattern))
            regexes.Add((pattern!, value));
    }

    void ReadName(DirectiveNode line, Template value)
    {
        string name = line.Name.StartsWith('\\') ? line.Name[1..] : line.Name;
        var added = hasHostnames ? names.AddHostname(name, value) : names.AddExact(name, value);
        if (added == NameAdded.Invalid)
            build.Fail(line, $"invalid hostname or wildcard \"{name}\"");
        else if (added == NameAdded.Conflict)
            build.Fail(line, $"conflicting parameter \"{name.ToLowerAscii()}\"");
    }
}
