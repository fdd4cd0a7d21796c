using System.Security.Cryptography;
using System.Text;
using Sluice.SocketIO.Jwt;

namespace Sluice.Unit.SocketIO.Jwt;

/// <summary>Each refusal beside the nearest token that is accepted.</summary>
public class JwtRefusalTests
{
    const string Good = """{"sub":"ann","exp":1800000100}""";

    [Fact]
    public void Claims_become_a_user()
    {
        var user = JwtTokens.Verifier().Verify(JwtTokens.Hs256(
            """{"sub":"ann","exp":1800000100,"role":["a","b"],"n":1,"o":{"x":1},"z":null}""")).User;
        Assert.Equal("ann", user!.Identity!.Name);
        Assert.True(user.IsInRole("b"));
        Assert.Equal("1", user.FindFirst("n")!.Value);
        Assert.Equal("""{"x":1}""", user.FindFirst("o")!.Value);
        Assert.Null(user.FindFirst("z"));
    }

    [Theory]
    [InlineData("none")]
    [InlineData("None")]
    [InlineData("NONE")]
    [InlineData("hs256")]
    [InlineData("HS512")]
    [InlineData("")]
    public void An_algorithm_off_the_list_is_refused(string name)
    {
        var verifier = JwtTokens.Verifier();
        string token = JwtTokens.Hs256(Good, $$"""{"alg":"{{name}}"}""");
        Assert.Equal(JwtFailure.AlgorithmRefused, verifier.Verify(token).Failure);
        Assert.True(verifier.Verify(JwtTokens.Hs256(Good)).IsValid);
    }

    [Fact]
    public void A_signature_left_out_is_wrong()
    {
        string token = JwtTokens.Hs256(Good);
        string unsigned = token[..(token.LastIndexOf('.') + 1)];
        Assert.Equal(
            JwtFailure.SignatureInvalid, JwtTokens.Verifier().Verify(unsigned).Failure);
    }

    /// <summary>The classic: the public key, known to all, used as the secret of an HMAC.</summary>
    [Fact]
    public void A_public_key_is_never_a_secret()
    {
        var (key, sign) = SigningKeys.Of(JwtAlgorithm.RS256);
        var options = new JwtOptions { RequireExpiry = false };
        options.Algorithms.Add(JwtAlgorithm.RS256);
        options.Algorithms.Add(JwtAlgorithm.HS256);
        options.Keys.Add(key);
        options.Keys.Add(JwtKey.FromSecret(JwtTokens.Secret));
        var verifier = new JwtVerifier(options);
        byte[] pem = Encoding.ASCII.GetBytes(SigningKeys.RsaPublicPem);

        string forged = JwtTokens.Sign(
            """{"alg":"HS256"}""", Good, signed => HMACSHA256.HashData(pem, signed));
        Assert.Equal(JwtFailure.SignatureInvalid, verifier.Verify(forged).Failure);
        string right = JwtTokens.Sign("""{"alg":"RS256"}""", Good, sign);
        Assert.True(verifier.Verify(right).IsValid);
    }

    [Fact]
    public void A_key_serves_its_own_curve_alone()
    {
        var (key, _) = SigningKeys.Of(JwtAlgorithm.ES384);
        Assert.True(key.Serves(JwtAlgorithm.ES384));
        Assert.False(key.Serves(JwtAlgorithm.ES256));
        Assert.False(key.Serves(JwtAlgorithm.HS384));
    }

    [Theory]
    [InlineData("""{"alg":"HS256","crit":["b64"],"b64":false}""", JwtFailure.ExtensionRefused)]
    [InlineData("""{"alg":"HS256","crit":[]}""", JwtFailure.ExtensionRefused)]
    [InlineData("""{"alg":"none","alg":"HS256"}""", JwtFailure.Malformed)]
    [InlineData("""{"alg":1}""", JwtFailure.AlgorithmRefused)]
    [InlineData("""{"alg":"HS256","kid":1}""", JwtFailure.Malformed)]
    [InlineData("""{"alg":"\ud800"}""", JwtFailure.Malformed)]
    [InlineData("""{}""", JwtFailure.AlgorithmRefused)]
    [InlineData("""[]""", JwtFailure.Malformed)]
    [InlineData("""{"alg":"HS256"} {}""", JwtFailure.Malformed)]
    [InlineData("""{"alg":"HS256","jwk":{"kty":"oct"},"typ":"JWT"}""", JwtFailure.None)]
    public void A_header_is_understood_or_refused(string header, JwtFailure failure) =>
        Assert.Equal(
            failure, JwtTokens.Verifier().Verify(JwtTokens.Hs256(Good, header)).Failure);

    [Theory]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("a.b")]
    [InlineData("..")]
    [InlineData("a.b.c.d")]
    [InlineData("a.b.c.d.e")]
    public void Parts_must_be_three(string token) =>
        Assert.NotEqual(JwtFailure.None, JwtTokens.Verifier().Verify(token).Failure);

    [Theory]
    [InlineData("=")]
    [InlineData(" ")]
    [InlineData("\n")]
    [InlineData("+")]
    [InlineData("é")]
    public void Base64_is_strict(string extra)
    {
        string token = JwtTokens.Hs256(Good);
        Assert.True(JwtTokens.Verifier().Verify(token).IsValid);
        Assert.Equal(
            JwtFailure.Malformed, JwtTokens.Verifier().Verify(token + extra).Failure);
        Assert.Equal(
            JwtFailure.Malformed,
            JwtTokens.Verifier().Verify(token.Replace(".", extra + ".")).Failure);
    }

    [Fact]
    public void A_token_of_8193_characters_is_refused_unread()
    {
        int room = 8192 - JwtTokens.Hs256("""{"exp":1800000100,"x":""}""").Length;
        string fits = JwtTokens.Hs256(
            $$"""{"exp":1800000100,"x":"{{new string('x', room * 3 / 4 - 2)}}"}""");
        Assert.InRange(fits.Length, 8180, 8192);
        Assert.True(JwtTokens.Verifier().Verify(fits).IsValid);
        string tooLong = fits + new string('A', 8193 - fits.Length);
        Assert.Equal(JwtFailure.TooLong, JwtTokens.Verifier().Verify(tooLong).Failure);
    }

    [Theory]
    [InlineData("""{"exp":1800000001}""", JwtFailure.None)]
    [InlineData("""{"exp":1800000000.5}""", JwtFailure.None)]
    [InlineData("""{"exp":1800000000}""", JwtFailure.Expired)]
    [InlineData("""{"exp":1e300}""", JwtFailure.None)]
    [InlineData("""{"exp":"1800000100"}""", JwtFailure.ClaimMalformed)]
    [InlineData("""{"exp":null}""", JwtFailure.ClaimMalformed)]
    [InlineData("""{}""", JwtFailure.ExpiryMissing)]
    [InlineData("""{"exp":1800000100,"nbf":1800000000}""", JwtFailure.None)]
    [InlineData("""{"exp":1800000100,"nbf":1800000001}""", JwtFailure.NotYetValid)]
    [InlineData("""{"exp":1,"exp":1800000100}""", JwtFailure.Malformed)]
    [InlineData("""{"exp":1800000100,"sub":"\ud800"}""", JwtFailure.Malformed)]
    [InlineData("""["exp"]""", JwtFailure.Malformed)]
    public void Times_are_checked(string payload, JwtFailure failure) =>
        Assert.Equal(failure, JwtTokens.Verifier().Verify(JwtTokens.Hs256(payload)).Failure);

    [Fact]
    public void Clocks_may_differ_by_the_skew_and_no_more()
    {
        var verifier = JwtTokens.Verifier(options => options.ClockSkew = TimeSpan.FromSeconds(30));
        Assert.True(verifier.Verify(JwtTokens.Hs256("""{"exp":1799999971}""")).IsValid);
        var late = verifier.Verify(JwtTokens.Hs256("""{"exp":1799999970}"""));
        Assert.Equal(JwtFailure.Expired, late.Failure);
        Assert.Equal("The token expired 30 s ago.", late.Message);
        Assert.True(verifier.Verify(
            JwtTokens.Hs256("""{"exp":1800000100,"nbf":1800000030}""")).IsValid);
        Assert.Equal(
            JwtFailure.NotYetValid,
            verifier.Verify(JwtTokens.Hs256("""{"exp":1800000100,"nbf":1800000031}""")).Failure);
    }

    [Theory]
    [InlineData("\"chat\"", JwtFailure.None)]
    [InlineData("[\"x\",\"chat\"]", JwtFailure.None)]
    [InlineData("\"Chat\"", JwtFailure.AudienceRefused)]
    [InlineData("[\"x\",1]", JwtFailure.AudienceRefused)]
    [InlineData("{\"chat\":1}", JwtFailure.AudienceRefused)]
    public void Audiences_are_checked(string audience, JwtFailure failure)
    {
        var verifier = JwtTokens.Verifier(options => options.Audiences.Add("chat"));
        string token = JwtTokens.Hs256($$"""{"exp":1800000100,"aud":{{audience}}}""");
        Assert.Equal(failure, verifier.Verify(token).Failure);
        Assert.Equal(
            JwtFailure.AudienceRefused, verifier.Verify(JwtTokens.Hs256(Good)).Failure);
    }

    [Theory]
    [InlineData("\"us\"", JwtFailure.None)]
    [InlineData("\"them\"", JwtFailure.IssuerRefused)]
    [InlineData("[\"us\"]", JwtFailure.IssuerRefused)]
    public void Issuers_are_checked(string issuer, JwtFailure failure)
    {
        var verifier = JwtTokens.Verifier(options => options.Issuers.Add("us"));
        string token = JwtTokens.Hs256($$"""{"exp":1800000100,"iss":{{issuer}}}""");
        Assert.Equal(failure, verifier.Verify(token).Failure);
    }

    [Fact]
    public void A_payload_is_not_read_before_the_signature()
    {
        string token = JwtTokens.Sign("""{"alg":"HS256"}""", "{", _ => new byte[32]);
        Assert.Equal(JwtFailure.SignatureInvalid, JwtTokens.Verifier().Verify(token).Failure);
    }

    [Fact]
    public void More_claims_than_a_user_has_are_refused()
    {
        static string With(int count) =>
            $$"""{"exp":1800000100,"x":[{{string.Join(',', Enumerable.Range(0, count))}}]}""";
        Assert.True(JwtTokens.Verifier().Verify(JwtTokens.Hs256(With(255))).IsValid);
        Assert.Equal(
            JwtFailure.ClaimMalformed,
            JwtTokens.Verifier().Verify(JwtTokens.Hs256(With(256))).Failure);
    }

    [Fact]
    public void Options_that_cannot_work_are_refused_with_the_way_out()
    {
        var options = new JwtOptions();
        Assert.Contains("options.Algorithms.Add", Refusal(options));
        options.Algorithms.Add(JwtAlgorithm.HS512);
        Assert.Contains("options.Keys", Refusal(options));
        options.Keys.Add(JwtKey.FromSecret(JwtTokens.Secret.AsSpan(0, 32)));
        Assert.Contains("HS512 is allowed and no key serves it", Refusal(options));
        options.Keys.Add(JwtKey.FromSecret(JwtTokens.Secret));
        _ = new JwtVerifier(options);
    }

    [Fact]
    public void A_secret_of_31_bytes_is_too_short()
    {
        _ = JwtKey.FromSecret(new byte[32]);
        var error = Assert.Throws<ArgumentException>(() => JwtKey.FromSecret(new byte[31]));
        Assert.Contains("31 bytes; it needs 32", error.Message);
    }

    static string Refusal(JwtOptions options) =>
        Assert.Throws<InvalidOperationException>(() => new JwtVerifier(options)).Message;
}
