using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace Sluice.SocketIO.EngineIO;

/// <summary>An extension that a client offers.</summary>
/// <param name="Name">As it stands in the header.</param>
/// <param name="Parameters">Names and values in their order; null is a name without a value.</param>
sealed record WebSocketExtension(string Name, List<KeyValuePair<string, string?>> Parameters);

/// <summary>
/// Sec-WebSocket-Extensions (RFC 6455, section 9.1): <c>name; parameter; parameter=value, name</c>,
/// where a value may be quoted, but must be a token all the same.
/// </summary>
static class WebSocketExtensions
{
    static readonly SearchValues<char> token = SearchValues.Create(
        "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    /// <summary>The extensions in the order of the client's preference.</summary>
    /// <param name="header">The value; several headers are joined with commas.</param>
    /// <param name="extensions">What is offered.</param>
    /// <returns>False when it is malformed; then the connection must fail.</returns>
    public static bool TryParse(
        ReadOnlySpan<char> header,
        [NotNullWhen(true)] out List<WebSocketExtension>? extensions)
    {
        extensions = null;
        var found = new List<WebSocketExtension>();
        do
        {
            SkipSpace(ref header);
            if (!TryTakeToken(ref header, out var name))
                return false;
            var extension = new WebSocketExtension(name, []);
            SkipSpace(ref header);
            while (TryTake(ref header, ';'))
            {
                SkipSpace(ref header);
                if (!TryTakeToken(ref header, out var parameter))
                    return false;
                string? value = null;
                if (TryTake(ref header, '=') && !TryTakeValue(ref header, out value))
                    return false;
                extension.Parameters.Add(new(parameter, value));
                SkipSpace(ref header);
            }

            found.Add(extension);
        }
        while (TryTake(ref header, ','));
        extensions = found;
        return header.IsEmpty;
    }

    static void SkipSpace(ref ReadOnlySpan<char> header) => header = header.TrimStart(" \t");

    static bool TryTake(ref ReadOnlySpan<char> header, char mark)
    {
        if (header.IsEmpty || header[0] != mark)
            return false;
        header = header[1..];
        return true;
    }

    static bool TryTakeToken(
        ref ReadOnlySpan<char> header, [NotNullWhen(true)] out string? taken)
    {
        var length = header.IndexOfAnyExcept(token);
        if (length < 0)
            length = header.Length;
        taken = length > 0 ? header[..length].ToString() : null;
        header = header[length..];
        return taken is not null;
    }

    static bool TryTakeValue(ref ReadOnlySpan<char> header, out string? value)
    {
        if (!TryTake(ref header, '"'))
            return TryTakeToken(ref header, out value);
        value = "";
        while (!TryTake(ref header, '"'))
        {
            TryTake(ref header, '\\');
            if (header.IsEmpty || !token.Contains(header[0]))
                return false;
            value += header[0];
            header = header[1..];
        }

        return value.Length > 0;
    }
}
