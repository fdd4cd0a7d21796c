using System.Buffers;

namespace Sluice.Proxy.Http1;

/// <summary>A normalised path, and the query behind it.</summary>
public readonly record struct NormalisedPath
{
    /// <summary>Bytes of the path that were written.</summary>
    public int Length { get; init; }

    /// <summary>The query in the target that was given, without a fragment; see HasArgs.</summary>
    public HeadRange Args { get; init; }

    /// <summary>The target has a "?".</summary>
    public bool HasArgs { get; init; }

    /// <summary>
    /// The path had escapes: it has to be escaped again where it is sent on (quoted_uri).
    /// </summary>
    public bool WasQuoted { get; init; }
}

/// <summary>
/// The path that locations are compared with: percent escapes decoded, "." and ".." resolved,
/// "//" merged, query and fragment cut off, as nginx's ngx_http_parse_complex_uri does it.
/// </summary>
public static class UriPath
{
    // What a run of ordinary bytes of a segment ends at.
    static readonly SearchValues<byte> Specials = SearchValues.Create("/%?#"u8);

    enum State
    {
        /// <summary>Inside a segment.</summary>
        Usual,

        /// <summary>Behind a slash.</summary>
        Slash,

        /// <summary>Behind "/.".</summary>
        Dot,

        /// <summary>Behind "/..".</summary>
        DotDot,
    }

    /// <summary>
    /// Normalises <paramref name="target"/> (path, query and fragment as they were sent) into
    /// <paramref name="path"/>, which has to be a byte longer than the target. False when the
    /// path leads above the root, an escape is no two hexadecimal digits, or one decodes to NUL.
    /// </summary>
    public static bool TryNormalise(
        ReadOnlySpan<byte> target, bool mergeSlashes, Span<byte> path, out NormalisedPath result)
    {
        result = default;
        var length = 0;
        var index = 0;
        var state = State.Usual;
        var wasQuoted = false;
        if (target.IsEmpty || target[0] != '/')
        {
            path[length++] = (byte)'/';
            state = State.Slash;
        }

        while (index < target.Length)
        {
            if (state == State.Usual)
            {
                var rest = target[index..];
                var run = rest.IndexOfAny(Specials);
                if (run < 0) run = rest.Length;
                rest[..run].CopyTo(path[length..]);
                length += run;
                index += run;
                if (index == target.Length) break;
            }

            var letter = target[index++];
            if (letter == '%')
            {
                wasQuoted = true;
                if (!TryDecode(target, index, out letter) || letter == 0) return false;
                index += 2;
            }
            else if (letter is (byte)'?' or (byte)'#')
            {
                if (!EndDots(state, path, ref length)) return false;
                result = Split(target, letter, index, length, wasQuoted);
                return true;
            }

            // An escaped "?" or "#" comes here, too: it is an ordinary letter.
            if (!TakeLetter(letter, mergeSlashes, ref state, path, ref length)) return false;
        }

        if (!EndDots(state, path, ref length)) return false;
        result = new NormalisedPath { Length = length, WasQuoted = wasQuoted };
        return true;
    }

    static NormalisedPath Split(
        ReadOnlySpan<byte> target, byte letter, int index, int length, bool wasQuoted)
    {
        if (letter == '#') return new() { Length = length, WasQuoted = wasQuoted };
        var fragment = target[index..].IndexOf((byte)'#');
        var end = fragment < 0 ? target.Length : index + fragment;
        return new()
        {
            Length = length,
            WasQuoted = wasQuoted,
            HasArgs = true,
            Args = HeadRange.Between(index, end),
        };
    }

    static bool TakeLetter(
        byte letter, bool mergeSlashes, ref State state, Span<byte> path, ref int length)
    {
        if (letter == '/')
        {
            if (!EndDots(state, path, ref length)) return false;
            var isWritten = state switch
            {
                State.Usual => true,
                State.Slash => !mergeSlashes,
                _ => false,
            };
            if (isWritten) path[length++] = letter;
            state = State.Slash;
            return true;
        }

        path[length++] = letter;
        state = (state, letter) switch
        {
            (State.Slash, (byte)'.') => State.Dot,
            (State.Dot, (byte)'.') => State.DotDot,
            _ => State.Usual,
        };
        return true;
    }

    // Takes back a last segment of "." or "..", so that the path ends with the slash before it.
    static bool EndDots(State state, Span<byte> path, ref int length)
    {
        if (state == State.Dot)
        {
            length--;
            return true;
        }
        if (state != State.DotDot) return true;

        // "/name/.." goes back to "/"; without a name before it the path leads above the root.
        if (length < 4) return false;
        var slash = path[..(length - 3)].LastIndexOf((byte)'/');
        if (slash < 0) return false;
        length = slash + 1;
        return true;
    }

    static bool TryDecode(ReadOnlySpan<byte> target, int index, out byte letter)
    {
        letter = 0;
        if (index + 2 > target.Length) return false;
        var high = HexValue(target[index]);
        var low = HexValue(target[index + 1]);
        letter = (byte)(high << 4 | low & 15);
        return high >= 0 && low >= 0;
    }

    internal static int HexValue(byte digit)
    {
        if ((uint)(digit - '0') <= 9) return digit - '0';
        var letter = (digit | 0x20) - 'a';
        return (uint)letter <= 5 ? letter + 10 : -1;
    }
}
