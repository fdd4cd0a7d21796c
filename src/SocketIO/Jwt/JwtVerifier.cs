using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Sluice.SocketIO.Jwt;

/// <summary>
/// Verifies signed tokens (RFC 7519 in the compact form of RFC 7515). Encrypted tokens, "none"
/// and tokens with a key inside are not accepted. Safe to use from any thread.
/// </summary>
public sealed class JwtVerifier
{
    static readonly SearchValues<char> base64Url = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

    static readonly JsonDocumentOptions strict = new()
    {
        MaxDepth = JwtLimits.JsonDepthMax,
        // Who reads the first and who reads the last must not see different tokens.
        AllowDuplicateProperties = false,
    };

    readonly HashSet<JwtAlgorithm> algorithms;
    readonly JwtKey[] fixedKeys;
    readonly JwksFile? file;
    readonly JwtClaims claims;

    /// <param name="options">Read once, here.</param>
    /// <param name="time">Null is the system's clock.</param>
    /// <param name="logger">Told when the file of keys is read again.</param>
    /// <exception cref="InvalidOperationException">The options cannot work.</exception>
    public JwtVerifier(JwtOptions options, TimeProvider? time = null, ILogger? logger = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        time ??= TimeProvider.System;
        algorithms = [.. options.Algorithms];
        fixedKeys = [.. options.Keys];
        claims = new(options, time);
        if (options.KeyFile is { } path)
        {
            file = new(path, options.KeyFileInterval, time, logger ?? NullLogger.Instance);
        }
    }

    /// <summary>
    /// Verifies a token: 1 form, 2 header, 3 key and signature, 4 claims. Nothing of the payload
    /// is read before the signature has proved right.
    /// </summary>
    public JwtResult Verify(ReadOnlySpan<char> token)
    {
        if (token.IsEmpty)
        {
            return Refuse(JwtFailure.Missing, "There is no token.");
        }
        if (token.Length > JwtLimits.TokenCharsMax)
        {
            return Refuse(
                JwtFailure.TooLong,
                $"The token has {token.Length} characters; "
                + $"{JwtLimits.TokenCharsMax} are accepted.");
        }
        int first = token.IndexOf('.');
        int last = token.LastIndexOf('.');
        if (first <= 0 || last == first || token[(first + 1)..last].Contains('.'))
        {
            return Refuse(JwtFailure.Malformed, "The token has not three parts.");
        }
        if (!TryDecode(token[..first], out var header)                                     // 1
            || !TryDecode(token[(first + 1)..last], out var payload)
            || !TryDecode(token[(last + 1)..], out var signature))
        {
            return Refuse(JwtFailure.Malformed, "A part of the token is not base64url.");
        }
        try
        {
            var refusal = ReadHeader(header, out var algorithm, out string? keyId)         // 2
                ?? CheckSignature(token[..last], signature, algorithm, keyId);             // 3
            return refusal ?? claims.Read(payload);                                        // 4
        }
        catch (InvalidOperationException)
        {
            // A JSON text may have bytes or escapes that are no character; whoever asks for its
            // text is told so, and in no other way.
            return Refuse(JwtFailure.Malformed, "The token's JSON has a text that is none.");
        }
    }

    JwtResult? ReadHeader(byte[] json, out JwtAlgorithm algorithm, out string? keyId)
    {
        algorithm = default;
        keyId = null;
        using var document = TryParse(json);
        if (document is null)
        {
            return Refuse(JwtFailure.Malformed, "The token's header is no JSON object.");
        }
        var root = document.RootElement;
        if (root.TryGetProperty("crit", out _))
        {
            return Refuse(
                JwtFailure.ExtensionRefused, "The token demands extensions (\"crit\").");
        }
        if (!root.TryGetProperty("alg", out var name) || name.ValueKind != JsonValueKind.String
            || !JwtAlgorithmFacts.TryParse(name.GetString()!, out algorithm))
        {
            return Refuse(
                JwtFailure.AlgorithmRefused, "The token's algorithm is none or an unknown one.");
        }
        if (!algorithms.Contains(algorithm))
        {
            return Refuse(
                JwtFailure.AlgorithmRefused, $"The token's algorithm {algorithm} is not allowed.");
        }
        if (root.TryGetProperty("kid", out var id))
        {
            if (id.ValueKind != JsonValueKind.String)
            {
                return Refuse(JwtFailure.Malformed, "The token's \"kid\" is no text.");
            }
            keyId = id.GetString();
        }
        return null;
    }

    JwtResult? CheckSignature(
        ReadOnlySpan<char> signedText, byte[] signature, JwtAlgorithm algorithm, string? keyId)
    {
        var signed = new byte[signedText.Length];
        Encoding.ASCII.GetBytes(signedText, signed);
        var outcome = Try(fixedKeys, file?.Keys, signed, signature, algorithm, keyId);
        if (outcome == Match.NoKey && file is not null)
        {
            // The issuer may have begun to sign with a new key a moment ago.
            outcome = Try([], file.KeysForUnknown, signed, signature, algorithm, keyId);
        }
        return outcome switch
        {
            Match.Verified => null,
            Match.NoKey => Refuse(
                JwtFailure.KeyUnknown,
                keyId is null
                    ? $"There is no key for {algorithm}."
                    : $"There is no key for {algorithm} with the token's \"kid\"."),
            _ => Refuse(JwtFailure.SignatureInvalid, "The token's signature is wrong."),
        };
    }

    static Match Try(
        JwtKey[] fixedKeys, IReadOnlyList<JwtKey>? fileKeys, byte[] signed, byte[] signature,
        JwtAlgorithm algorithm, string? keyId)
    {
        int tried = 0;
        int count = fixedKeys.Length + (fileKeys?.Count ?? 0);
        for (int at = 0; at < count && tried < JwtLimits.KeysTriedMax; at++)
        {
            var key = at < fixedKeys.Length ? fixedKeys[at] : fileKeys![at - fixedKeys.Length];
            // A key without an id is the only one its owner has; tokens may name it as they like.
            bool isMeant = keyId is null || key.Id is null || key.Id == keyId;
            if (!isMeant || !key.Serves(algorithm))
            {
                continue;
            }
            tried++;
            if (key.Verify(algorithm, signed, signature))
            {
                return Match.Verified;
            }
        }
        return tried == 0 ? Match.NoKey : Match.Wrong;
    }

    /// <summary>A JSON object without duplicate members; null when it is none.</summary>
    internal static JsonDocument? TryParse(byte[] json)
    {
        try
        {
            var document = JsonDocument.Parse(json, strict);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
            {
                return document;
            }
            document.Dispose();
        }
        catch (JsonException)
        {
        }
        return null;
    }

    internal static JwtResult Refuse(JwtFailure failure, string message) => new(failure, message);

    /// <summary>Padding and white space, which other decoders forgive, are not accepted.</summary>
    static bool TryDecode(ReadOnlySpan<char> part, out byte[] bytes)
    {
        bytes = [];
        if (part.ContainsAnyExcept(base64Url) || part.Length % 4 == 1)
        {
            return false;
        }
        bytes = new byte[Base64Url.GetMaxDecodedLength(part.Length)];
        var status = Base64Url.DecodeFromChars(part, bytes, out _, out int written);
        Array.Resize(ref bytes, written);
        return status == OperationStatus.Done;
    }

    enum Match
    {
        /// <summary>No key serves the algorithm and has the id.</summary>
        NoKey,

        /// <summary>Keys were tried, and none made this signature.</summary>
        Wrong,

        Verified,
    }
}
