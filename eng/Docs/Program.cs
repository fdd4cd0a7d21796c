using Sluice.Config.Directives;

// Writes docs/directives from the directive rows; `./dev docs` runs it. With --verify it writes
// nothing, and its exit code says whether every page is what it would have written.
if (args is not ([_] or [_, "--verify"]))
{
    Console.Error.WriteLine("usage: Sluice.Docs DOCS-FOLDER [--verify]");
    return 2;
}
string folder = Path.Combine(args[0], "directives");
bool verifies = args.Length == 2;
var pages = DirectiveReference.Pages();
var wanted = pages.Select(page => page.FileName).ToHashSet(StringComparer.Ordinal);
string[] surplus = Directory.Exists(folder)
    ? [.. Directory.GetFiles(folder).Where(path => !wanted.Contains(Path.GetFileName(path)))]
    : [];

if (!verifies)
{
    Directory.CreateDirectory(folder);
    foreach (var page in pages)
    {
        File.WriteAllText(Path.Combine(folder, page.FileName), page.Text);
    }
    foreach (string path in surplus)
    {
        File.Delete(path);
    }
    Console.WriteLine($"wrote {pages.Length} pages to {folder}");
    return 0;
}

string[] stale =
[
    .. pages.Select(page => (Path: Path.Combine(folder, page.FileName), page.Text))
        .Where(page => !File.Exists(page.Path) || File.ReadAllText(page.Path) != page.Text)
        .Select(page => page.Path),
    .. surplus,
];
foreach (string path in stale)
{
    Console.Error.WriteLine($"{path} is not what the rows say; run ./dev docs");
}
return stale.Length == 0 ? 0 : 1;
