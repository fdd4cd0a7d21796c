using System.Security.Cryptography;
using System.Text;
using Sluice.SocketIO.Jwt;

namespace Sluice.Unit.SocketIO.Jwt;

/// <summary>
/// The examples of RFC 7515, appendix A, and RFC 7520, section 4. Some sign prose and no claims:
/// there the verifier complains of the payload, which it reads only after the signature.
/// </summary>
public class JwtVectorTests
{
    const string Claims =
        "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290"
        + "Ijp0cnVlfQ";

    const string Prose =
        "SXTigJlzIGEgZGFuZ2Vyb3VzIGJ1c2luZXNzLCBGcm9kbywgZ29pbmcgb3V0IHlvdXIgZG9vci4gWW91IHN0"
        + "ZXAgb250byB0aGUgcm9hZCwgYW5kIGlmIHlvdSBkb24ndCBrZWVwIHlvdXIgZmVldCwgdGhlcmXigJlzIG5v"
        + "IGtub3dpbmcgd2hlcmUgeW91IG1pZ2h0IGJlIHN3ZXB0IG9mZiB0by4";

    const string BilboKey =
        """
        {"keys":[{"kty":"RSA","kid":"bilbo.baggins@hobbiton.example","use":"sig","e":"AQAB","n":
        """
        + "\"n4EPtAOCc9AlkeQHPzHStgAbgs7bTZLwUBZdR8_KuKPEHLd4rHVTeT-O-XV2jRojdNhxJWTDvNd7nqQ0VEiZ"
        + "QHz_AJmSCpMaJMRBSFKrKb2wqVwGU_NsYOYL-QtiWN2lbzcEe6XC0dApr5ydQLrHqkHHig3RBordaZ6Aj-oBH"
        + "qFEHYpPe7Tpe-OfVfHd1E6cS6M1FZcD1NNLYD5lFHpPI9bTwJlsde3uhGqC0ZCuEHg8lhzwOHrtIQbS0FVbb9"
        + "k3-tVTU4fg_3L_vniUFAKwuCLqKnS2BYwdq_mzSnbLY7h_qixoR7jig3__kRhuaxwUkRz5iaiQkqgc5gHdrNP"
        + "5zw\"}]}";

    [Fact]
    public void Rfc7515_a1_hs256_is_accepted() => Check(
        JwtAlgorithm.HS256,
        """{"keys":[{"kty":"oct","k":"""
        + "\"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CA"
        + "ow\"}]}",
        "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9." + Claims
        + ".dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");

    [Fact]
    public void Rfc7515_a2_rs256_is_accepted() => Check(
        JwtAlgorithm.RS256,
        """{"keys":[{"kty":"RSA","e":"AQAB","n":"""
        + "\"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEz"
        + "P1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63"
        + "kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh"
        + "9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuX"
        + "poQ\"}]}",
        "eyJhbGciOiJSUzI1NiJ9." + Claims + "."
        + "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt"
        + "_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArL"
        + "IARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7no"
        + "OPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQ"
        + "Ge77Rw");

    [Fact]
    public void Rfc7515_a3_es256_is_accepted() => Check(
        JwtAlgorithm.ES256,
        """
        {"keys":[{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
        "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]}
        """,
        "eyJhbGciOiJFUzI1NiJ9." + Claims + "."
        + "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU"
        + "1Q");

    [Fact]
    public void Rfc7515_a5_none_is_refused()
    {
        const string token = "eyJhbGciOiJub25lIn0." + Claims + ".";
        var verifier = JwtTokens.Verifier(
            JwtAlgorithm.HS256, JwtKey.FromSecret(JwtTokens.Secret));
        Assert.Equal(JwtFailure.AlgorithmRefused, verifier.Verify(token).Failure);
    }

    [Fact]
    public void Rfc7520_4_1_rs256_is_a_right_signature() => CheckProse(
        JwtAlgorithm.RS256,
        "eyJhbGciOiJSUzI1NiIsImtpZCI6ImJpbGJvLmJhZ2dpbnNAaG9iYml0b24uZXhhbXBsZSJ9." + Prose + "."
        + "MRjdkly7_-oTPTS3AXP41iQIGKa80A0ZmTuV5MEaHoxnW2e5CZ5NlKtainoFmKZopdHM1O2U4mwzJdQx996i"
        + "vp83xuglII7PNDi84wnB-BDkoBwA78185hX-Es4JIwmDLJK3lfWRa-XtL0RnltuYv746iYTh_qHRD68BNt1u"
        + "SNCrUCTJDt5aAE6x8wW1Kt9eRo4QPocSadnHXFxnt8Is9UzpERV0ePPQdLuW3IS_de3xyIrDaLGdjluPxUAh"
        + "b6L2aXic1U12podGU0KLUQSE_oI-ZnmKJ3F4uOZDnd6QZWJushZ41Axf_fcIe8u9ipH84ogoree7vjbU5y18"
        + "kDquDg");

    [Fact]
    public void Rfc7520_4_2_ps384_is_a_right_signature() => CheckProse(
        JwtAlgorithm.PS384,
        "eyJhbGciOiJQUzM4NCIsImtpZCI6ImJpbGJvLmJhZ2dpbnNAaG9iYml0b24uZXhhbXBsZSJ9." + Prose + "."
        + "cu22eBqkYDKgIlTpzDXGvaFfz6WGoz7fUDcfT0kkOy42miAh2qyBzk1xEsnk2IpN6-tPid6VrklHkqsGqDqH"
        + "CdP6O8TTB5dDDItllVo6_1OLPpcbUrhiUSMxbbXUvdvWXzg-UD8biiReQFlfz28zGWVsdiNAUf8ZnyPEgVFn"
        + "442ZdNqiVJRmBqrYRXe8P_ijQ7p8Vdz0TTrxUeT3lm8d9shnr2lfJT8ImUjvAA2Xez2Mlp8cBE5awDzT0qI0"
        + "n6uiP1aCN_2_jLAeQTlqRHtfa64QQSUmFAAjVKPbByi7xho0uTOcbH510a6GYmJUAfmWjwZ6oD4ifKo8DYM-"
        + "X72Eaw");

    /// <summary>Every algorithm, on keys of its own; each refuses the next one's signature.</summary>
    [Theory]
    [MemberData(nameof(Algorithms))]
    public void What_dotnet_signs_is_accepted_and_a_changed_byte_is_not(JwtAlgorithm algorithm)
    {
        var (key, sign) = SigningKeys.Of(algorithm);
        var verifier = JwtTokens.Verifier(algorithm, key);
        string token = JwtTokens.Sign(
            $$"""{"alg":"{{algorithm}}"}""", """{"sub":"ann"}""", sign);
        Assert.Equal("ann", verifier.Verify(token).User?.Identity?.Name);

        string changed = JwtTokens.Sign(
            $$"""{"alg":"{{algorithm}}"}""", """{"sub":"ann"}""",
            signed => sign([.. signed, 0]));
        Assert.Equal(JwtFailure.SignatureInvalid, verifier.Verify(changed).Failure);
    }

    public static TheoryData<JwtAlgorithm> Algorithms => [.. Enum.GetValues<JwtAlgorithm>()];

    static void Check(JwtAlgorithm algorithm, string keys, string token)
    {
        var verifier = JwtTokens.Verifier(algorithm, Keys(keys));
        var result = verifier.Verify(token);
        Assert.True(result.IsValid, result.Message);
        Assert.Equal("joe", result.User!.FindFirst("iss")?.Value);
        Assert.Equal("true", result.User.FindFirst("http://example.com/is_root")?.Value);
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(1300819380), result.Expires);
        Assert.Equal(JwtFailure.SignatureInvalid, verifier.Verify(Broken(token)).Failure);
    }

    static void CheckProse(JwtAlgorithm algorithm, string token)
    {
        var verifier = JwtTokens.Verifier(algorithm, Keys(BilboKey));
        Assert.Equal("The token's payload is no JSON object.", verifier.Verify(token).Message);
        Assert.Equal(JwtFailure.SignatureInvalid, verifier.Verify(Broken(token)).Failure);
    }

    /// <summary>The token with another character in the middle of its signature.</summary>
    static string Broken(string token)
    {
        int at = token.LastIndexOf('.') + 10;
        return token[..at] + (token[at] == 'A' ? 'B' : 'A') + token[(at + 1)..];
    }

    static JwtKey[] Keys(string json) => [.. JsonWebKeys.Parse(Encoding.ASCII.GetBytes(json))];
}

/// <summary>A pair of keys for each algorithm, made once.</summary>
static class SigningKeys
{
    static readonly RSA rsa = RSA.Create(2048);

    static readonly ECDsa[] curves =
    [
        ECDsa.Create(ECCurve.NamedCurves.nistP256),
        ECDsa.Create(ECCurve.NamedCurves.nistP384),
        ECDsa.Create(ECCurve.NamedCurves.nistP521),
    ];

    public static string RsaPublicPem => rsa.ExportSubjectPublicKeyInfoPem();

    public static (JwtKey Key, Func<byte[], byte[]> Sign) Of(JwtAlgorithm algorithm)
    {
        var hash = algorithm.ToString()[2..] switch
        {
            "256" => HashAlgorithmName.SHA256,
            "384" => HashAlgorithmName.SHA384,
            _ => HashAlgorithmName.SHA512,
        };
        var curve = curves[(int)algorithm % 3];
        return algorithm.ToString()[..2] switch
        {
            "HS" => (JwtKey.FromSecret(JwtTokens.Secret), signed =>
                CryptographicOperations.HmacData(hash, JwtTokens.Secret, signed)),
            "RS" => (JwtKey.FromPem(RsaPublicPem), signed =>
                rsa.SignData(signed, hash, RSASignaturePadding.Pkcs1)),
            "PS" => (JwtKey.FromPem(RsaPublicPem), signed =>
                rsa.SignData(signed, hash, RSASignaturePadding.Pss)),
            _ => (JwtKey.FromPem(curve.ExportSubjectPublicKeyInfoPem()), signed =>
                curve.SignData(signed, hash)),
        };
    }
}
