using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Sluice.SocketIO.Jwt;

namespace Sluice.Fuzz.Targets;

/// <summary>
/// A token is accepted only with the signature that a second calculation finds; a message never
/// has a part of the token; a broken set of keys is refused by the one exception of that name.
/// Option 0 signs the input as a payload, option 1 as a header, so that what stands behind the
/// signature is reached.
/// </summary>
public sealed class JwtTarget : IFuzzTarget
{
    static readonly byte[] secret = new byte[64];
    static readonly JwtVerifier verifier = Verifier();

    public string Name => "jwt";

    public IReadOnlyList<string> Words { get; } =
    [
        "eyJhbGciOiJIUzI1NiJ9", "{\"alg\":\"HS256\"}", "{\"alg\":\"none\"}", "HS512", "RS256",
        "\"kid\":\"a\"", "\"crit\":[]", "\"exp\":4000000000", "\"nbf\":1e400", "\"aud\":[\"a\"]",
        "\"iss\":\"a\"", "{\"keys\":[", "{\"kty\":\"oct\",\"k\":\"", "\"kty\":\"EC\"",
        "\"crv\":\"P-256\"", "\"n\":\"", "\"e\":\"AQAB\"", ".", "=", "\\u0000",
    ];

    public void Run(ReadOnlySpan<byte> input)
    {
        var parts = new FuzzInput(input);
        if (parts.Has(2))
        {
            ReadKeys(parts.Bytes);
            return;
        }
        string token = parts.Has(0)
            ? Signed("""{"alg":"HS256"}"""u8, parts.Bytes)
            : parts.Has(1)
                ? Signed(parts.Bytes, """{"exp":4000000000,"aud":"a"}"""u8)
                : Encoding.Latin1.GetString(parts.Bytes);
        var result = verifier.Verify(token);
        Promise.Same(result.IsValid, result.Failure == JwtFailure.None, "valid without failure");
        Promise.Same(result.IsValid, result.Message.Length == 0, "valid without message");
        if (result.IsValid)
        {
            Promise.Holds(IsSigned(token), "the signature is right");
        }
        foreach (string part in token.Split('.'))
        {
            Promise.Holds(
                part.Length < 12 || !result.Message.Contains(part), "the message has no token");
        }
    }

    static void ReadKeys(ReadOnlySpan<byte> bytes)
    {
        try
        {
            Promise.Holds(JsonWebKeys.Parse(bytes.ToArray()).Count <= 64, "keys are bounded");
        }
        catch (FormatException)
        {
        }
    }

    static string Signed(ReadOnlySpan<byte> header, ReadOnlySpan<byte> payload)
    {
        string text = Base64Url.EncodeToString(header) + "." + Base64Url.EncodeToString(payload);
        return text + "." + Base64Url.EncodeToString(
            HMACSHA256.HashData(secret, Encoding.ASCII.GetBytes(text)));
    }

    static bool IsSigned(string token)
    {
        int last = token.LastIndexOf('.');
        byte[] signed = Encoding.ASCII.GetBytes(token[..last]);
        byte[] signature = Base64Url.DecodeFromChars(token.AsSpan(last + 1));
        return signature.AsSpan().SequenceEqual(HMACSHA256.HashData(secret, signed))
            || signature.AsSpan().SequenceEqual(HMACSHA512.HashData(secret, signed));
    }

    static JwtVerifier Verifier()
    {
        var options = new JwtOptions();
        options.Algorithms.Add(JwtAlgorithm.HS256);
        options.Algorithms.Add(JwtAlgorithm.HS512);
        options.Keys.Add(JwtKey.FromSecret(secret));
        options.Audiences.Add("a");
        return new JwtVerifier(options);
    }
}
