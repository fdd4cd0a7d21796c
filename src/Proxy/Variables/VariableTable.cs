using System.Collections.Immutable;
using System.Text;
using Sluice.Config.Model;
using Sluice.Config.Syntax;
using Sluice.Proxy.Log;

namespace Sluice.Proxy.Variables;

/// <summary>
/// The variables of one configuration by name: nginx's own, and those of <c>set</c>, <c>map</c>
/// and named groups, which have slots in an exchange. Immutable once made.
/// </summary>
public sealed class VariableTable
{
    readonly Dictionary<string, Variable> variables = new(StringComparer.OrdinalIgnoreCase);
    readonly Dictionary<string, int> slots = new(StringComparer.OrdinalIgnoreCase);

    public VariableTable(MainConfig config)
    {
        foreach (var variable in BuiltInVariables.All)
            variables.Add(variable.Name, variable);
        if (config.Http is { } http)
            AddDefined(http);
    }

    /// <summary>How many values an exchange has room for (<see cref="Exchange.Values"/>).</summary>
    public int SlotCount => slots.Count;

    /// <summary>Makes a text ready to be evaluated.</summary>
    public CompiledText Compile(Template template) => new(template, this);

    /// <summary>Makes the access logs of a location ready.</summary>
    public AccessLog Compile(ImmutableArray<AccessLogTarget> targets, LogFiles files) =>
        new([.. targets.Select(target => Compile(target, files))]);

    /// <summary>Makes a log_format ready.</summary>
    public LineFormat Compile(LogFormat format) => new(
        format.Escape,
        [.. format.Line.Parts.Select(part => part.Kind == TemplatePartKind.Literal
            ? new LinePart(Encoding.Latin1.GetBytes(part.Text), null)
            : new LinePart(null, VariableOf(part)))]);

    /// <summary>The variable of a name, with or without a value in any exchange.</summary>
    /// <exception cref="ArgumentException">
    /// Nothing defines it; the configuration's checks do not let that through.
    /// </exception>
    public Variable Get(string name)
    {
        if (variables.TryGetValue(name, out var known))
            return known;
        if (VariableFamilies.TryMake(name) is not { } made)
            throw new ArgumentException($"unknown \"{name}\" variable", nameof(name));
        return variables[name] = made;
    }

    /// <summary>The variable that <c>set</c> writes.</summary>
    public SettableVariable GetSettable(string name) => (SettableVariable)Get(name);

    /// <summary>The place of the value of a named group's or a <c>set</c> variable.</summary>
    internal bool TryFindSlot(string name, out int slot) => slots.TryGetValue(name, out slot);

    /// <summary>The variable that a part of a template stands for.</summary>
    internal Variable VariableOf(TemplatePart part) => part.Kind == TemplatePartKind.Capture
        ? CaptureVariable.Of(part.Capture)
        : Get(part.Text);

    AccessLogOutput Compile(AccessLogTarget target, LogFiles files)
    {
        var format = Compile(target.Format);
        var condition = target.If is { } text ? Compile(text) : null;
        return target.Path.IsConstant
            ? new FileAccessLog(files.Find(target.Path.Source), format, condition)
            : new VariableAccessLog(
                Compile(target.Path), Get("document_root"), files, format, condition);
    }

    void AddDefined(HttpConfig http)
    {
        var captured = CapturedNames.Of(http);
        foreach (string name in http.SetVariables)
        {
            var own = variables.GetValueOrDefault(name) ?? VariableFamilies.TryMake(name);
            variables[name] = name == "args"
                ? new ArgsVariable()
                : new SlotVariable(name, AddSlot(name), captured.Contains(name), own);
        }
        foreach (var map in http.Maps)
            variables[map.Variable] = new MapVariable(map, AddSlot(map.Variable));
        foreach (var map in variables.Values.OfType<MapVariable>().ToArray())
            map.Compile(this);
    }

    int AddSlot(string name)
    {
        slots.TryAdd(name, slots.Count);
        return slots[name];
    }
}

/// <summary>The names of groups in a configuration's regular expressions.</summary>
static class CapturedNames
{
    public static HashSet<string> Of(HttpConfig http)
    {
        var patterns = http.Maps.SelectMany(map => map.Regexes).Select(entry => entry.Pattern)
            .Concat(http.Servers.SelectMany(PatternsOf));
        return patterns.SelectMany(pattern => pattern.Names).Select(entry => entry.Name)
            .ToHashSet(StringComparer.OrdinalIgnoreCase);
    }

    static IEnumerable<Pattern> PatternsOf(ServerConfig server) =>
        server.Names.Where(name => name.Pattern is not null).Select(name => name.Pattern!)
            .Concat(server.Locations.SelectMany(PatternsOf))
            .Concat(server.NamedLocations.Values.SelectMany(PatternsOf));

    static IEnumerable<Pattern> PatternsOf(LocationConfig location)
    {
        if (location.Pattern is { } own)
            yield return own;
        foreach (var rule in location.Proxy.Redirects)
        {
            if (rule.Pattern is { } pattern)
                yield return pattern;
        }
        foreach (var rule in location.Proxy.CookieDomains.Concat(location.Proxy.CookiePaths))
        {
            if (rule.Pattern is { } pattern)
                yield return pattern;
        }
        foreach (var pattern in location.Children.SelectMany(PatternsOf))
            yield return pattern;
    }
}
