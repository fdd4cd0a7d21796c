using System.Collections.Immutable;
using System.Text;

namespace Sluice.Config.Directives;

/// <summary>A page of the documentation: its file name, and its text in Markdown.</summary>
public sealed record ReferencePage(string FileName, string Text);

/// <summary>
/// Writes the reference of directives from the rows: a page a module, the lists of what is only
/// accepted and of what is refused by name, and an index.
/// </summary>
public static class DirectiveReference
{
    const string IndexName = "README.md";
    const string TuningName = "accepted.md";
    const string KnownName = "not-implemented.md";

    /// <summary>All pages of docs/directives, the index first.</summary>
    public static ImmutableArray<ReferencePage> Pages() =>
    [
        new(IndexName, Index()),
        .. DirectiveTable.Modules.Select(module => new ReferencePage(
            module.Page + ".md", ModulePage(module))),
        new(TuningName, TuningPage()),
        new(KnownName, KnownPage()),
    ];

    static string Index()
    {
        var text = new StringBuilder("""
            # Directives

            The directives that Sluice reads, by nginx's modules. Meaning, defaults and messages
            are those of nginx 1.31. These pages are written by `./dev docs` from the rows in
            `src/Config/Directives`.

            | Page | Module | Directives |
            |---|---|---|

            """);
        foreach (var module in DirectiveTable.Modules)
        {
            int count = module.Directives.Count(row => row.Status == Status.Implemented);
            text.Append($"| [{module.Title}]({module.Page}.md) | `{module.Name}` | {count} |\n");
        }

        text.Append($"\n- [Accepted without effect]({TuningName})\n");
        text.Append($"- [Not implemented]({KnownName})\n\n## By name\n\n");
        var links = DirectiveTable.Modules
            .SelectMany(module => module.Directives
                .Where(row => row.Status == Status.Implemented)
                .Select(row => (row.Name, Link: LinkTo(module, row))))
            .OrderBy(entry => entry.Name, StringComparer.Ordinal)
            .ThenBy(entry => entry.Link, StringComparer.Ordinal);
        foreach (var (_, link) in links)
            text.Append($"- {link}\n");
        return text.ToString();
    }

    static string LinkTo(DirectiveModule module, Directive row)
    {
        bool isAmbiguous = DirectiveTable.Find(row.Name).Length > 1;
        string where = isAmbiguous ? $" ({module.Title})" : "";
        return $"[{row.Name}{where}]({module.Page}.md#{row.Name})";
    }

    static string ModulePage(DirectiveModule module)
    {
        var text = new StringBuilder($"# {module.Title}\n\n`{module.Name}` · [all]({IndexName})\n");
        foreach (var row in module.Directives.Where(row => row.Status == Status.Implemented))
            AppendRow(text, row);
        return text.ToString();
    }

    static void AppendRow(StringBuilder text, Directive row)
    {
        string end = row.Block == BlockForm.None ? ";" : " { ... }";
        string words = SyntaxOf(row);
        text.Append($"\n## {row.Name}\n\n{row.Summary}\n\n```nginx\n");
        text.Append($"{row.Name}{(words.Length == 0 ? "" : " ")}{words}{end}\n```\n\n");
        text.Append($"- Context: {string.Join(", ", ContextsOf(row))}\n");
        text.Append($"- Default: {(row.Default is null ? "none" : $"`{row.Default}`")}\n");
        if (row.Inherits)
            text.Append("- Inherited by inner blocks that have none of their own\n");
        if (row.Since is not null)
            text.Append($"- In nginx since {row.Since}\n");
    }

    static IEnumerable<string> ContextsOf(Directive row) =>
        row.Contexts == Contexts.Any ? ["any"] : Advice.NamesOf(row.Contexts);

    static string SyntaxOf(Directive row) => row.Syntax ?? row.Kind switch
    {
        Kind.Flag => "on | off",
        Kind.Size or Kind.Offset => "size",
        Kind.Msec or Kind.Sec => "time",
        Kind.Number => "number",
        Kind.Buffers => "number size",
        Kind.Enum => string.Join(" | ", row.Keywords),
        Kind.Path => "path",
        Kind.Text or Kind.Template => "text",
        _ => "",
    };

    static string TuningPage()
    {
        var text = new StringBuilder($"""
            # Accepted without effect

            [All directives]({IndexName}). These only tune nginx's processes or its use of the
            kernel. They are read and checked as nginx does, so that a configuration runs as it
            is; one notice names those that were met.

            | Directive | Context | What it does in nginx |
            |---|---|---|

            """);
        var rows = DirectiveTable.Modules
            .SelectMany(module => module.Directives)
            .Where(row => row.Status == Status.AcceptedTuning)
            .OrderBy(row => row.Name, StringComparer.Ordinal);
        foreach (var row in rows)
        {
            string contexts = string.Join(", ", ContextsOf(row));
            text.Append($"| `{row.Name}` | {contexts} | {row.Summary} |\n");
        }

        return text.ToString();
    }

    static string KnownPage()
    {
        var text = new StringBuilder($"""
            # Not implemented

            [All directives]({IndexName}). A configuration with one of these directives of nginx
            is refused, and the message names it. A block of a module is named once, whatever it
            holds.

            | Module | Directives |
            |---|---|

            """);
        foreach (var module in KnownNames.Modules)
        {
            var names = module.Directives.Select(name => $"`{name}`");
            text.Append($"| `{module.Name}` | {string.Join(" ", names)} |\n");
        }

        return text.ToString();
    }
}
