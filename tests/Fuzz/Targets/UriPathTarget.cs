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
        BrokenPromiseException.Unless(slow is not null, isPath, "is a path");
        if (isPath)
        {
            var normal = path.AsSpan(0, result.Length);
            BrokenPromiseException.Unless(slow!.Path, HeadChecks.Text(normal), "path");
            BrokenPromiseException.Unless(slow.WasQuoted, result.WasQuoted, "quoted");
            var args = result.HasArgs ? HeadChecks.Text(result.Args.Of(target)) : null;
            BrokenPromiseException.Unless(slow.Args, args, "args");
            if (!normal.Contains((byte)0)) CheckAgain(normal, mergeSlashes);
        }
        foreach (var use in Enum.GetValues<EscapeUse>()) CheckEscape(target, use);
    }

    private static void CheckAgain(ReadOnlySpan<byte> path, bool mergeSlashes)
    {
        var escaped = new byte[UriEscape.EscapedLength(path, EscapeUse.Uri)];
        UriEscape.Escape(path, EscapeUse.Uri, escaped);
        var again = new byte[escaped.Length + 1];
        BrokenPromiseException.Unless(
            UriPath.TryNormalise(escaped, mergeSlashes, again, out var result), "normalises again");
        BrokenPromiseException.Unless(
            HeadChecks.Text(path), HeadChecks.Text(again.AsSpan(0, result.Length)), "path again");
    }

    private static void CheckEscape(ReadOnlySpan<byte> text, EscapeUse use)
    {
        var escaped = new byte[UriEscape.EscapedLength(text, use)];
        var length = UriEscape.Escape(text, use, escaped);
        BrokenPromiseException.Unless(escaped.Length, length, "escaped length");
        var decoded = new byte[length];
        var decodedLength = UriEscape.Decode(escaped, decoded);
        BrokenPromiseException.Unless(
            HeadChecks.Text(text), HeadChecks.Text(decoded.AsSpan(0, decodedLength)), "decoded");
    }
}
