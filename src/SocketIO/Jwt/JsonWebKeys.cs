using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;

namespace Sluice.SocketIO.Jwt;

/// <summary>Reads sets of keys as RFC 7517 has them.</summary>
public static class JsonWebKeys
{
    static readonly JsonDocumentOptions strict = new()
    {
        MaxDepth = JwtLimits.JsonDepthMax,
        AllowDuplicateProperties = false,
    };

    /// <summary>
    /// The keys of a set that can verify signatures. Keys for encryption and of unknown types or
    /// algorithms are passed over, as RFC 7517, section 5, asks; private parts are not read.
    /// </summary>
    /// <param name="json">A JSON object with "keys".</param>
    /// <exception cref="FormatException">It is no set, or one of its keys is broken.</exception>
    public static IReadOnlyList<JwtKey> Parse(ReadOnlyMemory<byte> json)
    {
        if (json.Length > JwtLimits.KeyFileBytesMax)
        {
            throw new FormatException(
                $"The set of keys has {json.Length} bytes; "
                + $"{JwtLimits.KeyFileBytesMax} are accepted.");
        }
        try
        {
            using var document = JsonDocument.Parse(json, strict);
            return Keys(document.RootElement);
        }
        catch (JsonException error)
        {
            throw new FormatException(
                $"The set of keys is no JSON: line {error.LineNumber + 1}.", error);
        }
        catch (InvalidOperationException error)
        {
            // Bytes or escapes that are no character show when somebody asks for the text.
            throw new FormatException("The set of keys has a text that is none.", error);
        }
    }

    static List<JwtKey> Keys(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object
            || !root.TryGetProperty("keys", out var entries)
            || entries.ValueKind != JsonValueKind.Array)
        {
            throw new FormatException("The set of keys is no object with an array \"keys\".");
        }
        if (entries.GetArrayLength() > JwtLimits.KeysMax)
        {
            throw new FormatException(
                $"The set has {entries.GetArrayLength()} keys; {JwtLimits.KeysMax} are accepted.");
        }
        var keys = new List<JwtKey>();
        int index = 0;
        foreach (var entry in entries.EnumerateArray())
        {
            try
            {
                if (Key(entry) is { } key)
                {
                    keys.Add(key);
                }
            }
            catch (Exception error) when (error is CryptographicException or ArgumentException
                or FormatException)
            {
                // The inner text names sizes and members; it never has the key.
                throw new FormatException($"Key {index} of the set: {error.Message}", error);
            }
            index++;
        }
        return keys;
    }

    static JwtKey? Key(JsonElement entry)
    {
        if (entry.ValueKind != JsonValueKind.Object)
        {
            throw new FormatException("It is no object.");
        }
        if (!IsForVerifying(entry))
        {
            return null;
        }
        JwtAlgorithm? only = null;
        if (Text(entry, "alg") is { } name)
        {
            if (!JwtAlgorithmFacts.TryParse(name, out var algorithm))
            {
                return null;
            }
            only = algorithm;
        }
        string? id = Text(entry, "kid");
        return Text(entry, "kty") switch
        {
            "oct" => new HmacKey(Bytes(entry, "k"), id, only),
            "RSA" => new RsaKey(
                new() { Modulus = Bytes(entry, "n"), Exponent = Bytes(entry, "e") }, id, only),
            "EC" => Curve(entry, id, only),
            null => throw new FormatException("It has no \"kty\"."),
            _ => null,
        };
    }

    static EcdsaKey? Curve(JsonElement entry, string? id, JwtAlgorithm? only)
    {
        var curve = Text(entry, "crv") switch
        {
            "P-256" => ECCurve.NamedCurves.nistP256,
            "P-384" => ECCurve.NamedCurves.nistP384,
            "P-521" => ECCurve.NamedCurves.nistP521,
            _ => default,
        };
        if (!curve.IsNamed)
        {
            return null;
        }
        var point = new ECPoint { X = Bytes(entry, "x"), Y = Bytes(entry, "y") };
        return new EcdsaKey(new() { Curve = curve, Q = point }, id, only);
    }

    static bool IsForVerifying(JsonElement entry)
    {
        if (Text(entry, "use") is { } use && use != "sig")
        {
            return false;
        }
        if (!entry.TryGetProperty("key_ops", out var operations)
            || operations.ValueKind != JsonValueKind.Array)
        {
            return true;
        }
        foreach (var operation in operations.EnumerateArray())
        {
            if (operation.ValueKind == JsonValueKind.String && operation.ValueEquals("verify"))
            {
                return true;
            }
        }
        return false;
    }

    static string? Text(JsonElement entry, string name) =>
        entry.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    static byte[] Bytes(JsonElement entry, string name)
    {
        string text = Text(entry, name)
            ?? throw new FormatException($"It has no \"{name}\".");
        try
        {
            if (Base64Url.DecodeFromChars(text) is { Length: > 0 } bytes)
            {
                return bytes;
            }
        }
        catch (FormatException)
        {
        }
        throw new FormatException($"Its \"{name}\" is empty or not base64url.");
    }
}
