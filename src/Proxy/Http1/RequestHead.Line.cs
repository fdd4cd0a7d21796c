using System.Buffers;

namespace Sluice.Proxy.Http1;

// The request line. Each step reads on from `position`; a step that needs more bytes answers
// false and leaves the rest to the next call.
public sealed partial class RequestHead
{
    static readonly SearchValues<byte> MethodLetters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZ_-"u8);

    static readonly SearchValues<byte> SchemeLetters = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+-."u8);

    static readonly SearchValues<byte> HostLetters = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-."u8);

    static readonly SearchValues<byte> LiteralLetters = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*+,;=:"u8);

    static readonly SearchValues<byte> Digits = SearchValues.Create("0123456789"u8);

    // What ends a target: a space, or a control character.
    static readonly SearchValues<byte> TargetStops = SearchValues.Create(
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23,
        24, 25, 26, 27, 28, 29, 30, 31, 32, 127]);

    Step step;
    int position;
    int scanned;
    int lineStart;

    // nginx's header buffers, counted but not kept: where the present one would end, and how
    // many large ones have been used.
    int bufferEnd;
    int largeBuffers;

    enum Step : byte
    {
        /// <summary>Empty lines before the request line.</summary>
        Empty,
        Method,
        SpacesBeforeTarget,
        Scheme,
        SchemeSlashes,
        HostStart,
        Host,
        HostLiteral,
        HostEnd,
        Port,

        /// <summary>From the "/" or "?" up to the space.</summary>
        Target,
        SpacesBeforeVersion,

        /// <summary>"HTTP/1.1" up to the line's end.</summary>
        LineEnd,
        Fields,
        Complete,
        Rejected,
    }

    bool ReadRequestLine(ReadOnlySpan<byte> head, in RequestHeadRules rules)
    {
        if (step == Step.Empty && !SkipEmptyLines(head, rules)) return false;
        while (step < Step.Fields)
        {
            var goesOn = step switch
            {
                Step.Method => ReadMethod(head),
                Step.SpacesBeforeTarget => ReadTargetStart(head),
                Step.Scheme or Step.SchemeSlashes => ReadScheme(head),
                Step.HostStart or Step.Host or Step.HostLiteral => ReadHost(head),
                Step.HostEnd or Step.Port => ReadHostEnd(head),
                Step.Target => ReadTarget(head),
                Step.SpacesBeforeVersion => SkipSpaces(head, Step.LineEnd),
                _ => ReadVersion(head, rules),
            };
            if (goesOn) continue;
            if (step == Step.Rejected)
            {
                // A line that is too long is that first, wherever else it is wrong.
                if (Version == 0 && Exceeds(position + 1, rules))
                    Reject(RequestRejection.TooLongRequestLine);
                return false;
            }
            if (head.Length >= bufferEnd && Exceeds(head.Length + 1, rules))
                Reject(RequestRejection.TooLongRequestLine);
            return false;
        }
        return true;
    }

    bool SkipEmptyLines(ReadOnlySpan<byte> head, in RequestHeadRules rules)
    {
        var count = head[position..].IndexOfAnyExcept((byte)'\r', (byte)'\n');
        position = count < 0 ? head.Length : position + count;
        lineStart = position;
        if (position > Http1Limits.LeadingEmptyBytesMax)
        {
            lineStart = position = Http1Limits.LeadingEmptyBytesMax;
            return Reject(RequestRejection.InvalidRequestLine);
        }
        if (count < 0) return false;
        bufferEnd = lineStart + rules.HeaderBufferBytes;
        step = Step.Method;
        return true;
    }

    bool ReadMethod(ReadOnlySpan<byte> head)
    {
        if (!FindOther(head, MethodLetters)) return false;
        if (head[position] != ' ' || position == lineStart)
            return Reject(RequestRejection.InvalidMethod);
        MethodText = HeadRange.Between(lineStart, position);
        Method = RequestMethods.Find(MethodText.Of(head));
        return GoTo(Step.SpacesBeforeTarget);
    }

    bool ReadTargetStart(ReadOnlySpan<byte> head)
    {
        var isConnect = Method == RequestMethod.Connect;
        if (!SkipSpaces(head, isConnect ? Step.HostStart : Step.Scheme)) return false;
        Target = new HeadRange(position, 0);
        if (isConnect) return true;
        if (head[position] == '/') return GoTo(Step.Target);
        if (!char.IsAsciiLetter((char)head[position]))
            return Reject(RequestRejection.InvalidRequestLine);
        TargetForm = TargetForm.Absolute;
        return true;
    }

    bool ReadScheme(ReadOnlySpan<byte> head)
    {
        if (step == Step.Scheme)
        {
            if (!FindOther(head, SchemeLetters)) return false;
            TargetScheme = HeadRange.Between(Target.Offset, position);
            step = Step.SchemeSlashes;
        }
        for (; position < TargetScheme.End + 3; position++)
        {
            if (position == head.Length) return false;
            if (head[position] != (position == TargetScheme.End ? ':' : '/'))
                return Reject(RequestRejection.InvalidRequestLine);
        }
        return GoTo(Step.HostStart);
    }

    bool ReadHost(ReadOnlySpan<byte> head)
    {
        if (step == Step.HostStart)
        {
            if (position == head.Length) return false;
            TargetHost = new HeadRange(position, 0);
            step = head[position] == '[' ? Step.HostLiteral : Step.Host;
            if (step == Step.HostLiteral) position++;
        }
        if (step == Step.Host) return FindOther(head, HostLetters) && GoTo(Step.HostEnd);

        if (!FindOther(head, LiteralLetters)) return false;
        if (head[position] != ']') return Reject(RequestRejection.InvalidRequestLine);
        position++;
        return GoTo(Step.HostEnd);
    }

    bool ReadHostEnd(ReadOnlySpan<byte> head)
    {
        if (position == head.Length) return false;
        if (step == Step.HostEnd && head[position] == ':')
        {
            position++;
            step = Step.Port;
        }
        var hasPort = step == Step.Port;
        if (hasPort && !FindOther(head, Digits)) return false;

        TargetHost = HeadRange.Between(TargetHost.Offset, position);
        if (Method == RequestMethod.Connect)
        {
            return hasPort && head[position] == ' '
                ? GoTo(Step.SpacesBeforeVersion)
                : Reject(RequestRejection.InvalidRequestLine);
        }

        Target = new HeadRange(position, 0);
        switch (head[position])
        {
            case (byte)'/' or (byte)'?':
                return GoTo(Step.Target);
            case (byte)' ':
                // The target of "http://host" is "/"; the second slash of "//" stands in for it.
                Target = new HeadRange(TargetScheme.End + 1, 1);
                Path = Target;
                IsPathPlain = true;
                return GoTo(Step.SpacesBeforeVersion);
            default:
                return Reject(RequestRejection.InvalidRequestLine);
        }
    }

    bool ReadTarget(ReadOnlySpan<byte> head)
    {
        var found = head[position..].IndexOfAny(TargetStops);
        if (found < 0)
        {
            position = head.Length;
            return false;
        }
        position += found;
        if (head[position] != ' ')
        {
            var stop = head[position];
            if (stop == '\r' && position + 1 == head.Length) return false;
            var isLineEnd = stop == '\n' || (stop == '\r' && head[++position] == '\n');
            return Reject(
                isLineEnd ? RequestRejection.Http09 : RequestRejection.InvalidRequestLine);
        }
        Target = HeadRange.Between(Target.Offset, position);
        SplitTarget(Target.Of(head));
        return GoTo(Step.SpacesBeforeVersion);
    }

    void SplitTarget(ReadOnlySpan<byte> target)
    {
        var question = target.IndexOf((byte)'?');
        HasArgs = question >= 0;
        var raw = HasArgs ? target[..question] : target;
        Path = new HeadRange(Target.Offset, raw.Length);
        if (HasArgs) Args = HeadRange.Between(Path.End + 1, Target.End);
        IsPathPlain = !raw.IsEmpty
            && !raw.Contains((byte)'%')
            && !target.Contains((byte)'#')
            && raw.IndexOf("/."u8) < 0
            && raw.IndexOf("//"u8) < 0;
    }

    bool NormalisePath(ReadOnlySpan<byte> head, bool mergeSlashes)
    {
        if (path.Length <= Target.Length) path = new byte[Math.Max(256, Target.Length * 2)];
        if (!UriPath.TryNormalise(Target.Of(head), mergeSlashes, path, out var normal))
            return Reject(RequestRejection.InvalidRequestLine);
        pathLength = normal.Length;
        IsPathQuoted = normal.WasQuoted;
        HasArgs = normal.HasArgs;
        Args = HasArgs
            ? new HeadRange(Target.Offset + normal.Args.Offset, normal.Args.Length)
            : default;
        return true;
    }

    bool ReadVersion(ReadOnlySpan<byte> head, in RequestHeadRules rules)
    {
        if (Protocol.IsNone) Protocol = new HeadRange(position, 0);
        var found = head[position..].IndexOfAny((byte)'\n', (byte)'\r');
        if (found < 0)
        {
            position = head.Length;
            return false;
        }
        var end = position + found;
        if (head[end] == '\r' && end + 1 == head.Length)
        {
            position = end;
            return false;
        }
        var next = head[end] == '\r' ? end + 2 : end + 1;
        position = next - 1;
        if (Exceeds(next, rules)) return Reject(RequestRejection.TooLongRequestLine);
        if (head[position] != '\n') return Reject(RequestRejection.InvalidRequestLine);

        Protocol = HeadRange.Between(Protocol.Offset, end);
        RequestLine = HeadRange.Between(lineStart, end);
        if (!ParseVersion(Protocol.Of(head))) return false;
        TakeBuffers(next, rules);
        position = scanned = lineStart = next;
        if (Method == RequestMethod.Connect) IsPathPlain = true;
        if (!IsPathPlain && !NormalisePath(head, rules.MergeSlashes)) return false;
        if (!TargetHost.IsNone && !TakeHost(TargetHost.Of(head)))
            return Reject(RequestRejection.InvalidTargetHost);
        step = Step.Fields;
        return true;
    }

    // "HTTP/" 1*DIGIT "." 1*DIGIT, then spaces, as nginx reads it: a first digit of 1 to 9, and a
    // minor version that may grow to three digits.
    bool ParseVersion(ReadOnlySpan<byte> text)
    {
        if (text.SequenceEqual("HTTP/1.1"u8))
        {
            Version = 1001;
            return true;
        }
        text = text.TrimEnd((byte)' ');
        if (text.IsEmpty) return Reject(RequestRejection.Http09);
        if (!text.StartsWith("HTTP/"u8) || text.Length < 6 || text[5] is < (byte)'1' or > (byte)'9')
            return Reject(RequestRejection.InvalidRequestLine);
        if (text[5] != '1' || (text.Length > 6 && char.IsAsciiDigit((char)text[6])))
            return Reject(RequestRejection.UnsupportedVersion);
        if (text.Length < 8 || text[6] != '.')
            return Reject(RequestRejection.InvalidRequestLine);

        var minor = 0;
        foreach (var digit in text[7..])
        {
            if (!char.IsAsciiDigit((char)digit) || minor > 99)
                return Reject(RequestRejection.InvalidRequestLine);
            minor = minor * 10 + digit - '0';
        }
        Version = 1000 + minor;
        return true;
    }

    bool SkipSpaces(ReadOnlySpan<byte> head, Step next)
    {
        var count = head[position..].IndexOfAnyExcept((byte)' ');
        position = count < 0 ? head.Length : position + count;
        return count >= 0 && GoTo(next);
    }

    bool FindOther(ReadOnlySpan<byte> head, SearchValues<byte> letters)
    {
        var count = head[position..].IndexOfAnyExcept(letters);
        position = count < 0 ? head.Length : position + count;
        return count >= 0;
    }

    bool GoTo(Step next)
    {
        step = next;
        return true;
    }

    // Whether the line that begins at lineStart and reaches `end` exceeds nginx's buffers: the
    // present one, and a fresh large one when there is one left.
    bool Exceeds(int end, in RequestHeadRules rules) =>
        end > bufferEnd
        && (end - lineStart > rules.LargeBufferBytes || largeBuffers == rules.LargeBufferCount);

    // How far nginx would have read into the line that exceeds its buffers.
    int BufferedEnd(ReadOnlySpan<byte> head, in RequestHeadRules rules)
    {
        var end = largeBuffers == rules.LargeBufferCount
            ? bufferEnd
            : Math.Max(bufferEnd, lineStart + rules.LargeBufferBytes);
        return Math.Min(end, head.Length);
    }

    void TakeBuffers(int end, in RequestHeadRules rules)
    {
        if (end <= bufferEnd) return;
        largeBuffers++;
        bufferEnd = lineStart + rules.LargeBufferBytes;
    }
}
