using Sluice.Fuzz.Slow;
using Sluice.Proxy.Http1;

namespace Sluice.Fuzz.Targets;

/// <summary>
/// Normalised paths are those of the slow normaliser; a normalised path that is escaped again
/// normalises to itself; what is escaped decodes to what it was.
/// </summary>
public sealed class UriPathTarget : IFuzzTarget
{
    public string Name => "uri-path";

    public IReadOnlyList<string> Words { get; } =
    [
        "/", "//", "/.", "/./", "/..", "/../", "%2e", "%2E%2e", "%2f", "%00", "%25", "%3f", "%23",
        "%", "?", "#", "+", "%c3%a4", "/a/b/c",
    ];

    public void Run(ReadOnlySpan<byte> input)
    {
        var parts = new FuzzInput(input);
        var mergeSlashes = !parts.Has(0);
        var target = parts.Bytes;
        var path = new byte[target.Length + 1];
        var isPath = UriPath.TryNormalise(target, mergeSlashes, path, out var result);
        var slow = SlowUriPath.Read(HeadChecks.Text(target), mergeSlashes);
        Promise.Same(slow is not null, isPath, "is a path");
        if (isPath)
        {
            var normal = path.AsSpan(0, result.Length);
            Promise.Same(slow!.Path, HeadChecks.Text(normal), "path");
            Promise.Same(slow.WasQuoted, result.WasQuoted, "quoted");
            var args = result.HasArgs ? HeadChecks.Text(result.Args.Of(target)) : null;
            Promise.Same(slow.Args, args, "args");
            if (!normal.Contains((byte)0)) CheckAgain(normal, mergeSlashes);
        }
        foreach (var use in Enum.GetValues<EscapeUse>()) CheckEscape(target, use);
    }

    static void CheckAgain(ReadOnlySpan<byte> path, bool mergeSlashes)
    {
        var escaped = new byte[UriEscape.EscapedLength(path, EscapeUse.Uri)];
        UriEscape.Escape(path, EscapeUse.Uri, escaped);
        var again = new byte[escaped.Length + 1];
        Promise.Holds(
            UriPath.TryNormalise(escaped, mergeSlashes, again, out var result), "normalises again");
        Promise.Same(
            HeadChecks.Text(path), HeadChecks.Text(again.AsSpan(0, result.Length)), "path again");
    }

    static void CheckEscape(ReadOnlySpan<byte> text, EscapeUse use)
    {
        var escaped = new byte[UriEscape.EscapedLength(text, use)];
        var length = UriEscape.Escape(text, use, escaped);
        Promise.Same(escaped.Length, length, "escaped length");
        var decoded = new byte[length];
        var decodedLength = UriEscape.Decode(escaped, decoded);
        Promise.Same(
            HeadChecks.Text(text), HeadChecks.Text(decoded.AsSpan(0, decodedLength)), "decoded");
    }
}
