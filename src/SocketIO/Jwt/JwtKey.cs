using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Sluice.SocketIO.Jwt;

/// <summary>
/// A key that verifies. It has one type, and serves the algorithms of that type alone: a public
/// RSA key is never taken for an HMAC secret. Safe to use from any thread.
/// </summary>
public abstract class JwtKey
{
    private protected JwtKey(string? id, JwtAlgorithm? only)
    {
        Id = id;
        Only = only;
    }

    /// <summary>The key's "kid"; null without one.</summary>
    public string? Id { get; }

    /// <summary>The single algorithm it may be used with (a JWK's "alg"); null for all.</summary>
    public JwtAlgorithm? Only { get; }

    /// <summary>A shared secret for HS256, HS384 and HS512.</summary>
    /// <param name="secret">
    /// At least 32 bytes, and 48 or 64 for the longer hashes (RFC 7518, section 3.2).
    /// </param>
    /// <param name="id">The "kid" of tokens it signed.</param>
    /// <exception cref="ArgumentException">The secret is too short.</exception>
    public static JwtKey FromSecret(ReadOnlySpan<byte> secret, string? id = null) =>
        new HmacKey(secret, id, null);

    /// <summary>A public key or certificate of RSA or of a NIST curve.</summary>
    /// <param name="pem">The text, with its BEGIN and END lines.</param>
    /// <param name="id">The "kid" of tokens it signed.</param>
    /// <exception cref="ArgumentException">It is neither, or a key nobody should trust.</exception>
    public static JwtKey FromPem(string pem, string? id = null)
    {
        ArgumentNullException.ThrowIfNull(pem);
        try
        {
            return FromPemLabel(pem, id);
        }
        catch (CryptographicException error)
        {
            throw new ArgumentException("The PEM text has no RSA or EC public key.", error);
        }
    }

    /// <summary>Whether the key serves the algorithm: its type, its curve, its own "alg".</summary>
    internal bool Serves(JwtAlgorithm algorithm) =>
        (Only is null || Only == algorithm) && Fits(algorithm);

    internal abstract bool Verify(
        JwtAlgorithm algorithm, ReadOnlySpan<byte> signed, ReadOnlySpan<byte> signature);

    private protected abstract bool Fits(JwtAlgorithm algorithm);

    static JwtKey FromPemLabel(string pem, string? id)
    {
        if (pem.Contains("-----BEGIN CERTIFICATE-----", StringComparison.Ordinal))
        {
            using var certificate = X509Certificate2.CreateFromPem(pem);
            using var rsaOfIt = certificate.GetRSAPublicKey();
            if (rsaOfIt is not null)
            {
                return new RsaKey(rsaOfIt.ExportParameters(false), id, null);
            }
            using var ecOfIt = certificate.GetECDsaPublicKey()
                ?? throw new CryptographicException("neither RSA nor EC");
            return new EcdsaKey(ecOfIt.ExportParameters(false), id, null);
        }
        try
        {
            using var rsa = RSA.Create();
            rsa.ImportFromPem(pem);
            return new RsaKey(rsa.ExportParameters(false), id, null);
        }
        catch (Exception error) when (error is CryptographicException
            || error is ArgumentException { ParamName: "input" })
        {
            using var ec = ECDsa.Create();
            try
            {
                ec.ImportFromPem(pem);
            }
            catch (ArgumentException inner)
            {
                throw new CryptographicException("no key", inner);
            }
            return new EcdsaKey(ec.ExportParameters(false), id, null);
        }
    }
}

/// <summary>A secret of both sides.</summary>
sealed class HmacKey : JwtKey
{
    const int BytesMin = 32;

    readonly byte[] secret;

    public HmacKey(ReadOnlySpan<byte> secret, string? id, JwtAlgorithm? only)
        : base(id, only)
    {
        int min = only?.HashBytes ?? BytesMin;
        if (secret.Length < min)
        {
            throw new ArgumentException(
                $"A secret has {secret.Length} bytes; it needs {min} or more, made by chance "
                + "(openssl rand -base64 48).");
        }
        this.secret = secret.ToArray();
    }

    internal override bool Verify(
        JwtAlgorithm algorithm, ReadOnlySpan<byte> signed, ReadOnlySpan<byte> signature)
    {
        Span<byte> expected = stackalloc byte[64];
        int length = algorithm switch
        {
            JwtAlgorithm.HS256 => HMACSHA256.HashData(secret, signed, expected),
            JwtAlgorithm.HS384 => HMACSHA384.HashData(secret, signed, expected),
            _ => HMACSHA512.HashData(secret, signed, expected),
        };
        return CryptographicOperations.FixedTimeEquals(expected[..length], signature);
    }

    private protected override bool Fits(JwtAlgorithm algorithm) =>
        algorithm.Family == JwtFamily.Hmac && secret.Length >= algorithm.HashBytes;
}

/// <summary>A public key of RSA, for both paddings.</summary>
sealed class RsaKey : JwtKey
{
    readonly RSAParameters parameters;

    // Instances are not promised to be safe for many threads; one waits here for its next user.
    RSA? idle;

    public RsaKey(RSAParameters parameters, string? id, JwtAlgorithm? only)
        : base(id, only)
    {
        this.parameters = parameters;
        // With 1 everybody can sign; an even number is none of RSA's.
        if (parameters.Exponent is not { Length: > 0 and <= 8 } exponent
            || exponent[^1] % 2 == 0 || (exponent[^1] == 1 && !exponent[..^1].Any(b => b != 0)))
        {
            throw new ArgumentException("An RSA key has an exponent that signs nothing.");
        }
        idle = RSA.Create(parameters);
        if (idle.KeySize is < JwtLimits.RsaBitsMin or > JwtLimits.RsaBitsMax)
        {
            throw new ArgumentException(
                $"An RSA key has {idle.KeySize} bits; {JwtLimits.RsaBitsMin} to "
                + $"{JwtLimits.RsaBitsMax} are accepted.");
        }
    }

    internal override bool Verify(
        JwtAlgorithm algorithm, ReadOnlySpan<byte> signed, ReadOnlySpan<byte> signature)
    {
        var rsa = Interlocked.Exchange(ref idle, null) ?? RSA.Create(parameters);
        try
        {
            var padding = algorithm.Family == JwtFamily.Pss
                ? RSASignaturePadding.Pss
                : RSASignaturePadding.Pkcs1;
            return rsa.VerifyData(signed, signature, algorithm.Hash, padding);
        }
        finally
        {
            Interlocked.Exchange(ref idle, rsa)?.Dispose();
        }
    }

    private protected override bool Fits(JwtAlgorithm algorithm) =>
        algorithm.Family is JwtFamily.Rsa or JwtFamily.Pss;
}

/// <summary>A public key on one of the three curves of RFC 7518.</summary>
sealed class EcdsaKey : JwtKey
{
    readonly ECParameters parameters;
    readonly int curveBits;

    // As with RSA.
    ECDsa? idle;

    public EcdsaKey(ECParameters parameters, string? id, JwtAlgorithm? only)
        : base(id, only)
    {
        this.parameters = parameters;
        idle = ECDsa.Create(parameters);
        curveBits = idle.KeySize;
        bool isKnown = parameters.Curve.Oid.Value is
            "1.2.840.10045.3.1.7" or "1.3.132.0.34" or "1.3.132.0.35";
        if (!isKnown)
        {
            throw new ArgumentException("An EC key is on none of P-256, P-384 and P-521.");
        }
    }

    internal override bool Verify(
        JwtAlgorithm algorithm, ReadOnlySpan<byte> signed, ReadOnlySpan<byte> signature)
    {
        var ecdsa = Interlocked.Exchange(ref idle, null) ?? ECDsa.Create(parameters);
        try
        {
            // Two numbers one behind the other (RFC 7518, section 3.4), not ASN.1.
            return ecdsa.VerifyData(
                signed, signature, algorithm.Hash,
                DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        }
        finally
        {
            Interlocked.Exchange(ref idle, ecdsa)?.Dispose();
        }
    }

    private protected override bool Fits(JwtAlgorithm algorithm) =>
        algorithm.Family == JwtFamily.Ecdsa && algorithm.CurveBits == curveBits;
}
