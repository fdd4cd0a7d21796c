using System.Reflection;
using System.Text.RegularExpressions;
using Sluice.EndToEnd.Servers;
using Sluice.SocketIO;

namespace Sluice.EndToEnd.SocketIO.Package;

/// <summary>The code of the pages is code, for who has the package.</summary>
[Collection(PackedLibrary.Name)]
public sealed partial class SocketIODocumentationTests(PackedLibrary packed)
{
    /// <summary>Not the library's, and named by the page of the two languages.</summary>
    static readonly string[] others = ["HttpContext", "Dispose", "null"];

    [Fact]
    public async Task Every_snippet_of_the_pages_compiles()
    {
        var files = new Dictionary<string, string>();
        foreach (var snippet in DocumentedSnippets.Fenced(DocumentedSnippets.Pages, "csharp"))
            files[$"{DocumentedSnippets.Identifier(snippet.Page)}.{snippet.Line}.cs"] =
                DocumentedSnippets.File(snippet);
        foreach (var page in DocumentedSnippets.Pages)
            files[$"{DocumentedSnippets.Identifier(page)}.cs"] =
                DocumentedSnippets.InlineFile(page);
        Assert.InRange(files.Count, DocumentedSnippets.Pages.Count() + 8, 200);
        await using var app = await FreshApplication.BuildPagesAsync(packed.Folder, files);
    }

    [Fact]
    public void Every_name_on_the_page_of_the_two_languages_is_there()
    {
        var names = typeof(SocketIOExtensions).Assembly.GetExportedTypes()
            .SelectMany(type => type.GetMembers(
                BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static)
                .Select(member => member.Name).Append(type.Name))
            .Concat(others).ToHashSet(StringComparer.Ordinal);
        var named = DocumentedSnippets.Inline(["docs/socketio/from-node.md"])
            .Where(span => Name().IsMatch(span.Text)).ToArray();
        Assert.InRange(named.Length, 20, 200);
        Assert.DoesNotContain(named, span => !names.Contains(span.Text));
    }

    [Fact]
    public async Task Every_snippet_of_JavaScript_parses()
    {
        var pages = DocumentedSnippets.Pages.Concat(
            Directory.GetFiles(
                Path.Combine(Repository.Root, "samples"), "README.md", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(Repository.Root, path))
            .Where(path => !path.Contains("node_modules")));
        var snippets = DocumentedSnippets.Fenced(pages, "js").ToArray();
        Assert.InRange(snippets.Length, 4, 100);
        var folder = Directory.CreateTempSubdirectory("sluice-pages-");
        try
        {
            foreach (var snippet in snippets)
            {
                var file = Path.Combine(folder.FullName, "snippet.mjs");
                await File.WriteAllTextAsync(
                    file, snippet.Text, TestContext.Current.CancellationToken);
                await using var node = ChildProcess.Start("node", ["--check", file]);
                var exit = await node.ExitAsync();
                Assert.True(exit == 0, $"{snippet.Page}:{snippet.Line}\n{node.Errors}");
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [GeneratedRegex("^[A-Z][A-Za-z]*$")]
    private static partial Regex Name();
}
