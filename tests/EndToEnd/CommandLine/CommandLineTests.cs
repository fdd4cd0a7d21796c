using System.Net;
using System.Text.RegularExpressions;
using Sluice.EndToEnd.Differential;
using Sluice.EndToEnd.Servers;

namespace Sluice.EndToEnd.CommandLine;

public partial class CommandLineTests
{
    public static TheoryData<string> Cases() => [.. CommandCase.All()];

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Sluice_says_what_nginx_says(string name)
    {
        var file = CommandCase.Load(name);
        var address = Loopback.Host(5);
        var listen = new IPEndPoint(address, Loopback.FreePort(address)).ToString();
        var nginx = await file.RunAsync(Repository.Nginx, listen);
        var sluice = await file.RunAsync(Repository.Sluice, listen);
        foreach (var one in nginx.Concat(sluice))
            TestContext.Current.TestOutputHelper?.WriteLine(
                $"{one.Arguments}\n{one.Exit}\n{one.Output}{one.Errors}");
        var found = Compare(nginx, sluice, listen);
        AcceptedDifferences.Verify("command-line/" + name, found);
    }

    static List<Difference> Compare(
        List<CommandSeen> nginx, List<CommandSeen> sluice, string listen)
    {
        var found = new List<Difference>();
        foreach (var (theirs, ours) in nginx.Zip(sluice))
        {
            Same("exit code", theirs.Exit.ToString(), ours.Exit.ToString());
            Same("standard output", theirs.Output, ours.Output);
            Same(
                "standard error",
                Lines(theirs.Errors),
                Lines(Explained().Replace(ours.Errors, "")));

            void Same(string what, string one, string other)
            {
                if (one != other)
                    found.Add(new Difference(
                        $"{theirs.Arguments}: {what}",
                        one.Replace(listen, "LISTEN"), other.Replace(listen, "LISTEN")));
            }
        }
        return found;
    }

    static string Lines(string text) => Version().Replace(text.TrimEnd('\n'), "$1VERSION");

    /// <summary>
    /// Below nginx's own message Sluice shows the line, a caret and the includes, indented.
    /// </summary>
    [GeneratedRegex(@"^ +(\d+ )?\| .*\n|^ {6}(?! ).*\n", RegexOptions.Multiline)]
    private static partial Regex Explained();

    [GeneratedRegex(@"(nginx version: nginx/)[0-9.]+.*")]
    private static partial Regex Version();
}
