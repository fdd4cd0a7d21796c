namespace Sluice.Fuzz.Slow;

/// <summary>
/// A target normalised by lists of segments: the check of <c>UriPath</c>. A null path means that
/// the target is refused.
/// </summary>
public sealed record SlowUriPath(string Path, string? Args, bool WasQuoted)
{
    // Stand for a letter that came from an escape and must not act as itself.
    const char Percent = '\u0100';
    const char Hash = '\u0101';
    const char Question = '\u0102';

    public static SlowUriPath? Read(string target, bool mergeSlashes)
    {
        var hash = target.IndexOf('#');
        var text = hash < 0 ? target : target[..hash];
        var question = text.IndexOf('?');
        var args = question < 0 ? null : text[(question + 1)..];
        var raw = question < 0 ? text : text[..question];
        var path = Decode(raw.StartsWith('/') ? raw : "/" + raw);
        if (path is null) return null;
        var normal = Resolve(path, mergeSlashes);
        if (normal is null) return null;
        normal = normal.Replace(Percent, '%').Replace(Hash, '#').Replace(Question, '?');
        return new SlowUriPath(normal, args, raw.Contains('%'));
    }

    static string? Decode(string path)
    {
        var parts = path.Split('%');
        for (var index = 1; index < parts.Length; index++)
        {
            var part = parts[index];
            if (part.Length < 2 || !Uri.IsHexDigit(part[0]) || !Uri.IsHexDigit(part[1]))
                return null;
            var letter = (char)Convert.ToInt32(part[..2], 16);
            if (letter == '\0') return null;
            var stand = letter switch { '%' => Percent, '#' => Hash, '?' => Question, _ => letter };
            parts[index] = stand + part[2..];
        }
        return string.Concat(parts);
    }

    // Slashes are segments' ends; with merge_slashes off an empty segment is one like others, but
    // ".." takes back only to the slash before it.
    static string? Resolve(string path, bool mergeSlashes)
    {
        var result = "";
        var segments = path[1..].Split('/');
        for (var index = 0; index < segments.Length; index++)
        {
            var segment = segments[index];
            var isLast = index == segments.Length - 1;
            if (segment == ".")
            {
                if (isLast) result += "/";
                continue;
            }
            if (segment == "..")
            {
                var slash = result.LastIndexOf('/');
                if (slash < 0) return null;
                result = result[..slash];
                if (isLast) result += "/";
                continue;
            }
            if (segment == "" && mergeSlashes && !isLast) continue;
            result += "/" + segment;
        }
        return result == "" ? "/" : result;
    }
}
