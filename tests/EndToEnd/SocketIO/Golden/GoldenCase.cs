using System.Globalization;
using System.Text;
using Sluice.EndToEnd.Servers;

namespace Sluice.EndToEnd.SocketIO.Golden;

/// <summary>
/// One case: a claim in a comment, the variant of the server it wants, and what a client does,
/// a step a line.
/// </summary>
/// <remarks>
/// <c>\n \r \t \\ \xHH</c> stand for characters. The steps:
/// <code>
/// header NAME: VALUE       for the next request
/// get|post|put|delete|options TARGET [BODY]    TARGET: a path, or a query of /socket.io/;
///                          BODY: a text, or hex:HEX
/// begin NAME get TARGET    starts a request; end NAME reads it, cancel NAME gives it up
/// ws TARGET                opens a WebSocket; "ws/NAME TARGET" a further one
/// > TEXT   >> HEX          sends a text, a binary message; "NAME> TEXT"
/// >>> HEX                  sends as a text what may be none
/// &lt; PREFIX                 waits for a message that starts so; "NAME&lt; PREFIX"
/// closed                   waits for the server's close; "closed NAME"
/// close                    closes; "close NAME"
/// logged TEXT              waits until the server has seen it
/// pause MS                 waits, where time is what the case is about
/// save NAME PATTERN        keeps what the pattern's group finds in what was read last: $NAME
/// </code>
/// </remarks>
sealed class GoldenCase
{
    static readonly string folder =
        Path.Combine(Repository.EndToEnd, "SocketIO", "Golden", "cases");

    public required string Name { get; init; }

    /// <summary>The comment at its start: what the official server does here.</summary>
    public required string Claim { get; init; }

    /// <summary>Which of the servers of golden-server.mjs.</summary>
    public required string Variant { get; init; }

    public required IReadOnlyList<string> Steps { get; init; }

    public static IEnumerable<string> All() =>
        Directory.EnumerateFiles(folder, "*.case", SearchOption.AllDirectories)
            .Select(file => Path.ChangeExtension(Path.GetRelativePath(folder, file), null))
            .Order(StringComparer.Ordinal);

    public static GoldenCase Load(string name) =>
        Parse(name, File.ReadAllText(Path.Combine(folder, name + ".case")));

    public static GoldenCase Parse(string name, string text)
    {
        var lines = text.Split('\n');
        var claim = lines.TakeWhile(line => line.StartsWith('#')).Select(line => line[1..].Trim());
        var steps = lines.Where(line => line.Length > 0 && line[0] != '#').ToArray();
        if (steps is not [var first, ..] || !first.StartsWith("variant ", StringComparison.Ordinal))
            throw new FormatException($"{name}: the first step is not the variant");
        return new GoldenCase
        {
            Name = name,
            Claim = string.Join(' ', claim),
            Variant = first[8..],
            Steps = steps[1..],
        };
    }

    public static string Unescape(string text)
    {
        var plain = new StringBuilder();
        for (var at = 0; at < text.Length; at++)
        {
            if (text[at] != '\\' || at + 1 == text.Length || !"nrtx\\".Contains(text[at + 1]))
            {
                plain.Append(text[at]);
                continue;
            }
            at++;
            plain.Append(text[at] switch
            {
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                'x' => (char)byte.Parse(text.AsSpan(at + 1, 2), NumberStyles.HexNumber),
                var other => other,
            });
            if (text[at] == 'x')
                at += 2;
        }
        return plain.ToString();
    }
}
