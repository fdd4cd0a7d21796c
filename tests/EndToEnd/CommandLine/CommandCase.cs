using System.Text;
using System.Text.RegularExpressions;
using Sluice.EndToEnd.Servers;

namespace Sluice.EndToEnd.CommandLine;

/// <summary>
/// One case of the command line: files below a prefix, then commands; what nginx prints and how it
/// exits is what Sluice has to print and how it has to exit.
/// </summary>
/// <remarks>
/// Sections: <c>=== conf</c> is conf/nginx.conf, <c>=== file PATH</c> another file,
/// <c>=== run ARGUMENTS</c> a command, one argument a word, <c>%20</c> for a space in it,
/// <c>=== log PATH</c> the lines of an error log without times and processes.
/// <c>%prefix%</c> is the prefix folder and <c>%listen%</c> an address that is free.
/// </remarks>
sealed partial class CommandCase
{
    readonly List<(string Path, string Text)> files = [];
    readonly List<string[]> commands = [];

    CommandCase(string name) => Name = name;

    public string Name { get; }

    static string Folder => Path.Combine(Repository.EndToEnd, "CommandLine", "cases");

    public static IEnumerable<string> All() =>
        Directory.GetFiles(Folder, "*.case").Select(Path.GetFileNameWithoutExtension)
            .OfType<string>().Order(StringComparer.Ordinal);

    public static CommandCase Load(string name)
    {
        var file = new CommandCase(name);
        var text = Encoding.Latin1.GetString(
            File.ReadAllBytes(Path.Combine(Folder, name + ".case")));
        foreach (var section in Title().Split(text).Skip(1))
        {
            var end = section.IndexOf('\n', StringComparison.Ordinal);
            var title = section[..end].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            var body = section[(end + 1)..];
            if (title[0] is "run" or "log")
                file.commands.Add(title);
            else
                file.files.Add((title[0] == "conf" ? "conf/nginx.conf" : title[1], body));
        }
        return file.commands.Count > 0
            ? file
            : throw new FormatException($"{name}: no command");
    }

    /// <summary>Runs all commands in a fresh prefix; one piece of text for each.</summary>
    public async Task<List<CommandSeen>> RunAsync(string executable, string listen)
    {
        var prefix = ProxyProcess.NewPrefix();
        try
        {
            foreach (var folder in new[] { "conf", "logs", "html" })
                Directory.CreateDirectory(Path.Combine(prefix, folder));
            foreach (var (path, text) in files)
                await File.WriteAllBytesAsync(
                    Path.Combine(prefix, path), Encoding.Latin1.GetBytes(Fill(text)));
            var seen = new List<CommandSeen>();
            foreach (var command in commands)
                seen.Add(command[0] == "log"
                    ? Read(command[1], prefix)
                    : await RunAsync(executable, [.. command[1..].Select(Fill)], prefix));
            return seen;
        }
        finally
        {
            Directory.Delete(prefix, recursive: true);
        }

        string Fill(string text) =>
            text.Replace("%prefix%", prefix).Replace("%listen%", listen).Replace("%20", " ");
    }

    static async Task<CommandSeen> RunAsync(string executable, string[] arguments, string prefix)
    {
        await using var process = ChildProcess.Start(executable, arguments, folder: prefix);
        process.CloseInput();
        var exit = await process.ExitAsync();
        return new CommandSeen(
            string.Join(' ', arguments).Replace(prefix, "PREFIX"),
            exit,
            process.Output.Replace(prefix, "PREFIX"),
            process.Errors.Replace(prefix, "PREFIX"));
    }

    static CommandSeen Read(string log, string prefix)
    {
        var text = Encoding.Latin1.GetString(File.ReadAllBytes(Path.Combine(prefix, log)));
        return new CommandSeen(
            log, 0, LineStart().Replace(text, "").Replace(prefix, "PREFIX"), "");
    }

    [GeneratedRegex(
        @"^\d{4}/\d\d/\d\d \d\d:\d\d:\d\d (?=\[)|(?<=\] )\d+#\d+: ", RegexOptions.Multiline)]
    private static partial Regex LineStart();

    [GeneratedRegex("^=== ", RegexOptions.Multiline)]
    private static partial Regex Title();
}

/// <summary>What one command printed, and how it ended.</summary>
sealed record CommandSeen(string Arguments, int Exit, string Output, string Errors);
