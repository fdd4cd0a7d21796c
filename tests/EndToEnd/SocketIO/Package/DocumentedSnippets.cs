using System.Text;
using System.Text.RegularExpressions;
using Sluice.EndToEnd.Servers;

namespace Sluice.EndToEnd.SocketIO.Package;

/// <summary>A fenced block of a page.</summary>
/// <param name="Page">Its path from the repository's root.</param>
/// <param name="Line">The first line within the fence, from 1.</param>
/// <param name="Text">What stands in it.</param>
sealed record Snippet(string Page, int Line, string Text);

/// <summary>
/// The code of the pages, as files of one project. A block is a method in a class of its own,
/// which has the names of <c>applications/Pages/Frame.cs</c>; its types stand beside it, in a
/// namespace of the page. An ellipsis stands for what the page leaves out: the body of a lambda,
/// a block, arguments.
/// </summary>
static partial class DocumentedSnippets
{
    const string Root = "docs/socketio";

    /// <summary>Running text names no namespaces.</summary>
    const string Usings = """
        using System.Text.RegularExpressions;
        using Sluice.SocketIO.AdminUI;
        using Sluice.SocketIO.Diagnostics;
        using Sluice.SocketIO.Jwt;
        using Sluice.SocketIO.MessagePack;
        using Sluice.SocketIO.Redis;
        using Sluice.SocketIO.Typed;

        """;

    /// <summary>The pages of the library, and the one in its package.</summary>
    public static IEnumerable<string> Pages =>
        Directory.GetFiles(Path.Combine(Repository.Root, Root), "*.md")
            .Select(path => Path.GetRelativePath(Repository.Root, path))
            .Append("src/SocketIO/README.md").Order(StringComparer.Ordinal);

    public static IEnumerable<Snippet> Fenced(IEnumerable<string> pages, string language)
    {
        foreach (var page in pages)
        {
            var text = Read(page);
            foreach (Match match in Fence().Matches(text))
                if (match.Groups[1].Value == language)
                    yield return new Snippet(
                        page, LineOf(text, match.Groups[2].Index), match.Groups[2].Value);
        }
    }

    /// <summary>
    /// Code in running text and in tables, a span each. Of a table that compares only the last
    /// column is C#.
    /// </summary>
    public static IEnumerable<Snippet> Inline(IEnumerable<string> pages)
    {
        foreach (var page in pages)
        {
            bool isComparison = false;
            bool isFence = false;
            int number = 0;
            foreach (var line in Read(page).Split('\n'))
            {
                number++;
                isFence ^= line.StartsWith("```", StringComparison.Ordinal);
                isComparison = line.StartsWith('|')
                    && (isComparison || line.EndsWith("| C# |", StringComparison.Ordinal));
                var from = isComparison ? line.LastIndexOf(" | ", StringComparison.Ordinal) : 0;
                if (!isFence && from >= 0)
                    foreach (Match match in Code().Matches(line[from..]))
                        yield return new Snippet(page, number, match.Groups[1].Value);
            }
        }
    }

    /// <summary>A block of C# as a file.</summary>
    public static string File(Snippet snippet)
    {
        var lines = Complete(snippet.Text).Split('\n');
        int statements = Array.FindIndex(lines, line => line.Length > 0 && !Using().IsMatch(line));
        int types = Array.FindIndex(lines, Type().IsMatch);
        if (types < 0)
            types = lines.Length;
        var file = new StringBuilder();
        foreach (var line in lines[..statements])
            file.AppendLine(line);
        file.AppendLine($"namespace Pages.{Identifier(snippet.Page)};");
        file.AppendLine($"sealed class Line{snippet.Line} : Frame");
        file.AppendLine("{ static async Task Snippet() { await Task.CompletedTask;");
        Append(snippet.Line + statements, lines[statements..types]);
        file.AppendLine("} }");
        Append(snippet.Line + types, lines[types..]);
        return file.ToString();

        void Append(int number, string[] part)
        {
            file.AppendLine($"#line {number} \"{Path.Combine(Repository.Root, snippet.Page)}\"");
            foreach (var line in part)
                file.AppendLine(line);
            file.AppendLine("#line default");
        }
    }

    /// <summary>The spans of a page as one file; those that are no code are left out.</summary>
    public static string InlineFile(string page)
    {
        var file = new StringBuilder(Usings);
        file.AppendLine($"namespace Pages.{Identifier(page)};");
        // What it leaves out may be what an asynchronous lambda waits for.
        file.AppendLine("#pragma warning disable CS1998, CS8321");
        file.AppendLine("sealed class Inline<T> : Frame { static void Snippets() {");
        foreach (var span in Inline([page]))
        {
            var line = $"#line {span.Line} \"{Path.Combine(Repository.Root, page)}\"\n";
            var text = Complete(span.Text);
            if (text.StartsWith("AddSocketIO(", StringComparison.Ordinal))
                text = "builder.Services." + text;
            if (Injected().IsMatch(text))
                file.AppendLine($"{line}void At{span.Line}({text} one) {{ }}");
            else if (!Known().IsMatch(text))
                continue;
            else if (Dotted().IsMatch(text))
                file.AppendLine($"{line}_ = nameof({text});");
            else if (text.EndsWith(';'))
                file.AppendLine(line + text);
            else if (text.StartsWith("await ", StringComparison.Ordinal))
                file.AppendLine($"{line}Show(async () => {text});");
            else
                file.AppendLine($"{line}Show(() => {text});");
        }
        return file.AppendLine("#line default").AppendLine("} }").ToString();
    }

    public static string Identifier(string page) => NotIdentifier().Replace(page, "_");

    /// <summary>Without its ellipses.</summary>
    static string Complete(string text) =>
        text.Replace("=> ...", "=> { }").Replace("{ ... }", "{ }").Replace("(...)", "()")
            .Replace(", ...)", ")");

    static string Read(string page) =>
        System.IO.File.ReadAllText(Path.Combine(Repository.Root, page));

    static int LineOf(string text, int index) => text.AsSpan(0, index).Count('\n') + 1;

    [GeneratedRegex("^```(\\w+)\n(.*?)^```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Fence();

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Code();

    [GeneratedRegex(@"^using [\w.]+;$")]
    private static partial Regex Using();

    [GeneratedRegex(@"^(\[|(public|internal|sealed|static|partial|abstract) )")]
    private static partial Regex Type();

    [GeneratedRegex(@"^(await |_ = )?(builder|app|io|nsp|socket|options|admin)\.[A-Z]|^throw ")]
    private static partial Regex Known();

    [GeneratedRegex(@"^[\w.]+$")]
    private static partial Regex Dotted();

    [GeneratedRegex(@"^\[[^\]]+\] \w+$")]
    private static partial Regex Injected();

    [GeneratedRegex(@"\W")]
    private static partial Regex NotIdentifier();
}
