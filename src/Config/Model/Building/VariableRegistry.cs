using Sluice.Config.Syntax;

namespace Sluice.Config.Model.Building;

/// <summary>
/// The variables a configuration uses and those it defines. nginx tells an unknown one when
/// everything is read, since a definition may follow a use.
/// </summary>
sealed class VariableRegistry
{
    /// <summary>
    /// Fixed names within the families of <see cref="VariableNames.Prefixes"/>: unlike the rest
    /// of a family, nobody may define them again.
    /// </summary>
    static readonly HashSet<string> fixedInFamily =
    [
        "http_host", "http_user_agent", "http_referer", "http_via", "http_x_forwarded_for",
        "http_cookie", "sent_http_content_type", "sent_http_content_length",
        "sent_http_location", "sent_http_last_modified", "sent_http_connection",
        "sent_http_keep_alive", "sent_http_transfer_encoding", "sent_http_cache_control",
        "sent_http_link",
    ];

    /// <summary>Built-in variables that a directive may define or write.</summary>
    static readonly HashSet<string> changeable = ["args", "proxy_host", "proxy_port"];

    readonly List<(string Name, DirectiveNode Node, Text.Token At)> uses = [];
    readonly HashSet<string> used = [];
    readonly HashSet<string> maps = [];
    readonly SortedSet<string> written = new(StringComparer.Ordinal);

    /// <summary>What set and named groups write, sorted.</summary>
    public IEnumerable<string> Written => written;

    /// <summary>Notes a use; only the first one of a name is remembered.</summary>
    public void Use(string name, DirectiveNode node, Text.Token at)
    {
        if (used.Add(name))
            uses.Add((name, node, at));
    }

    /// <summary>Why a directive may not define this variable, and a hint; name as written.</summary>
    public static (string Message, string Hint) Refusal(string name) =>
        name.Equals("limit_rate", StringComparison.OrdinalIgnoreCase)
            ? ($"\"${name}\" sets a directive of nginx that Sluice does not implement",
                "a request's rate is not limited; the variable may be read, and is 0")
            : ($"the duplicate \"{name}\" variable",
                "nginx has a variable of this name, and it cannot be set");

    /// <summary>Defines a variable of a map; false when the name is taken by nginx.</summary>
    public bool DefineMap(string name)
    {
        if (!MayDefine(name))
            return false;
        maps.Add(name);
        return true;
    }

    /// <summary>Defines a variable that requests write; false when nginx has it already.</summary>
    public bool DefineWritten(string name)
    {
        if (!MayDefine(name))
            return false;
        written.Add(name);
        return true;
    }

    /// <summary>The variables that nothing defines, in the order of their first use.</summary>
    public IEnumerable<(string Name, DirectiveNode Node, Text.Token At)> Unknown() =>
        uses.Where(use => !IsKnown(use.Name));

    /// <summary>The known names that an unknown one may have been meant for.</summary>
    public IEnumerable<string> NamesLike(string name) =>
        maps.Concat(written).Concat(VariableNames.BuiltIn).Concat(MembersLike(name));

    /// <summary>What the name would be in each family: htpt_x is near http_x.</summary>
    static IEnumerable<string> MembersLike(string name)
    {
        var words = name.Split('_');
        foreach (string prefix in VariableNames.Prefixes.ToArray())
        {
            int count = prefix.Count(ch => ch == '_');
            if (words.Length > count)
                yield return prefix + string.Join('_', words[count..]);
        }
    }

    bool IsKnown(string name) =>
        maps.Contains(name) || written.Contains(name) || VariableNames.IsKnown(name);

    static bool MayDefine(string name) => changeable.Contains(name)
        || name.StartsWith("ssl_", StringComparison.Ordinal)
        || !VariableNames.BuiltIn.Contains(name) && !fixedInFamily.Contains(name);
}
