using System.Security.Cryptography;

namespace Sluice.SocketIO.Jwt;

/// <summary>
/// The signatures of RFC 7518, section 3.1. "none" is not among them and cannot be allowed.
/// </summary>
public enum JwtAlgorithm
{
    /// <summary>HMAC with SHA-256: both sides share the secret.</summary>
    HS256,
    HS384,
    HS512,

    /// <summary>RSA, PKCS #1 v1.5.</summary>
    RS256,
    RS384,
    RS512,

    /// <summary>RSA, PSS, with a salt as long as the hash.</summary>
    PS256,
    PS384,
    PS512,

    /// <summary>ECDSA on P-256.</summary>
    ES256,

    /// <summary>ECDSA on P-384.</summary>
    ES384,

    /// <summary>ECDSA on P-521.</summary>
    ES512,
}

/// <summary>What kind of key an algorithm needs.</summary>
enum JwtFamily
{
    Hmac,
    Rsa,
    Pss,
    Ecdsa,
}

static class JwtAlgorithmFacts
{
    static readonly JwtAlgorithm[] all = Enum.GetValues<JwtAlgorithm>();

    extension(JwtAlgorithm algorithm)
    {
        public JwtFamily Family => (JwtFamily)((int)algorithm / 3);

        public HashAlgorithmName Hash => ((int)algorithm % 3) switch
        {
            0 => HashAlgorithmName.SHA256,
            1 => HashAlgorithmName.SHA384,
            _ => HashAlgorithmName.SHA512,
        };

        public int HashBytes => ((int)algorithm % 3) switch { 0 => 32, 1 => 48, _ => 64 };

        /// <summary>Bits of the curve's field.</summary>
        public int CurveBits => ((int)algorithm % 3) switch { 0 => 256, 1 => 384, _ => 521 };
    }

    /// <summary>The algorithm of a token's or a key's "alg"; case matters (RFC 7515, 4.1.1).</summary>
    public static bool TryParse(string name, out JwtAlgorithm algorithm)
    {
        foreach (var one in all)
        {
            if (Enum.GetName(one) == name)
            {
                algorithm = one;
                return true;
            }
        }
        algorithm = default;
        return false;
    }
}
