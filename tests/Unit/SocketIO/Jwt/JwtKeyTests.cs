using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Sluice.SocketIO.Jwt;

namespace Sluice.Unit.SocketIO.Jwt;

/// <summary>Keys from PEM texts, sets and files.</summary>
public class JwtKeyTests
{
    [Fact]
    public void A_certificate_has_a_key()
    {
        using var rsa = RSA.Create(2048);
        using var certificate = new CertificateRequest(
                "CN=x", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            .CreateSelfSigned(JwtTokens.Now, JwtTokens.Now.AddDays(1));
        Assert.True(
            JwtKey.FromPem(certificate.ExportCertificatePem()).Serves(JwtAlgorithm.PS256));
    }

    [Theory]
    [InlineData("")]
    [InlineData("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----")]
    [InlineData("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----")]
    public void A_text_without_a_key_is_refused(string pem) =>
        Assert.Throws<ArgumentException>(() => JwtKey.FromPem(pem));

    [Fact]
    public void A_short_rsa_key_is_refused()
    {
        using var rsa = RSA.Create(1024);
        var error = Assert.Throws<ArgumentException>(
            () => JwtKey.FromPem(rsa.ExportSubjectPublicKeyInfoPem()));
        Assert.Contains("1024 bits", error.Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("""{"keys":{}}""")]
    [InlineData("""{"keys":[1]}""")]
    [InlineData("""{"keys":[{}]}""")]
    [InlineData("""{"keys":[{"kty":"oct"}]}""")]
    [InlineData("""{"keys":[{"kty":"oct","k":"!"}]}""")]
    [InlineData("""{"keys":[{"kty":"oct","k":"AAAA"}]}""")]
    [InlineData("""{"keys":[{"kty":"EC","crv":"P-256","x":"AAAA","y":"AAAA"}]}""")]
    [InlineData("""{"keys":[{"kty":"RSA","n":"AAAA","e":"AQAB"}]}""")]
    [InlineData("""{"keys":[{"kty":"RSA","n":"AQAB","e":""}]}""")]
    [InlineData("""{"keys":[{"kty":"\ud800"}]}""")]
    public void A_broken_set_is_refused(string json) =>
        Assert.Throws<FormatException>(() => Parse(json));

    [Theory]
    [InlineData("AQ", false)]
    [InlineData("AAE", false)]
    [InlineData("Ag", false)]
    [InlineData("AQAB", true)]
    [InlineData("AQE", true)]
    public void An_exponent_with_which_everybody_can_sign_is_refused(string exponent, bool isGood)
    {
        using var rsa = RSA.Create(2048);
        string modulus = Base64(rsa.ExportParameters(false).Modulus!);
        string json = $$"""{"keys":[{"kty":"RSA","n":"{{modulus}}","e":"{{exponent}}"}]}""";
        if (isGood)
        {
            Assert.Single(Parse(json));
        }
        else
        {
            Assert.Contains("exponent", Assert.Throws<FormatException>(() => Parse(json)).Message);
        }
    }

    [Theory]
    [InlineData("""{"kty":"OKP","crv":"Ed25519","x":"AAAA"}""")]
    [InlineData("""{"kty":"EC","crv":"secp256k1","x":"AAAA","y":"AAAA"}""")]
    [InlineData("""{"kty":"oct","use":"enc","k":"AAAA"}""")]
    [InlineData("""{"kty":"oct","key_ops":["sign"],"k":"AAAA"}""")]
    [InlineData("""{"kty":"oct","alg":"A128KW","k":"AAAA"}""")]
    public void Keys_for_other_purposes_are_passed_over(string key) =>
        Assert.Single(Parse($$"""{"keys":[{{key}},{{Oct("a")}}]}"""));

    [Fact]
    public void A_key_with_an_alg_serves_it_alone()
    {
        var key = Parse($$"""{"keys":[{{Oct("a", "HS512")}}]}""")[0];
        Assert.True(key.Serves(JwtAlgorithm.HS512));
        Assert.False(key.Serves(JwtAlgorithm.HS256));
    }

    [Fact]
    public void A_token_is_verified_by_the_key_it_names()
    {
        var verifier = JwtTokens.Verifier(options =>
        {
            options.Keys.Clear();
            options.Keys.Add(JwtKey.FromSecret(new byte[32], "old"));
            options.Keys.Add(JwtKey.FromSecret(JwtTokens.Secret, "new"));
        });
        Assert.True(verifier.Verify(Named("new")).IsValid);
        Assert.True(verifier.Verify(Named(null)).IsValid);
        Assert.Equal(JwtFailure.SignatureInvalid, verifier.Verify(Named("old")).Failure);
        Assert.Equal(JwtFailure.KeyUnknown, verifier.Verify(Named("other")).Failure);
    }

    [Fact]
    public void A_file_that_changed_is_read_again()
    {
        using var file = new KeyFile();
        var clock = new SetClock(JwtTokens.Now);
        file.Write(Oct("first"));
        var verifier = WithFile(file.Path, clock);
        Assert.True(verifier.Verify(Named("first")).IsValid);
        Assert.Equal(JwtFailure.KeyUnknown, verifier.Verify(Named("second")).Failure);

        file.Write(Oct("second"));
        Assert.Equal(JwtFailure.KeyUnknown, verifier.Verify(Named("second")).Failure);
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.True(verifier.Verify(Named("second")).IsValid);
        Assert.Equal(JwtFailure.KeyUnknown, verifier.Verify(Named("first")).Failure);
    }

    [Fact]
    public void A_key_taken_out_of_the_file_is_refused_after_the_interval()
    {
        using var file = new KeyFile();
        var clock = new SetClock(JwtTokens.Now);
        file.Write(Oct("first"));
        var verifier = WithFile(file.Path, clock);
        file.Write(Oct("second"));
        clock.Advance(TimeSpan.FromSeconds(4));
        Assert.True(verifier.Verify(Named("first")).IsValid);
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(JwtFailure.KeyUnknown, verifier.Verify(Named("first")).Failure);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("")]
    [InlineData("""{"keys":[]}""")]
    [InlineData(null)]
    public void A_file_that_broke_leaves_the_keys(string? text)
    {
        using var file = new KeyFile();
        var clock = new SetClock(JwtTokens.Now);
        file.Write(Oct("first"));
        var verifier = WithFile(file.Path, clock);
        file.WriteText(text);
        clock.Advance(TimeSpan.FromSeconds(10));
        Assert.True(verifier.Verify(Named("first")).IsValid);
    }

    [Fact]
    public void A_file_that_is_not_there_at_the_start_is_refused()
    {
        var error = Assert.Throws<InvalidOperationException>(
            () => WithFile("/nowhere/keys.json", TimeProvider.System));
        Assert.Contains("/nowhere/keys.json", error.Message);
    }

    static string Named(string? id) => JwtTokens.Hs256(
        """{"exp":1800000100}""",
        id is null ? """{"alg":"HS256"}""" : $$"""{"alg":"HS256","kid":"{{id}}"}""");

    static string Oct(string id, string? algorithm = null) =>
        $$"""{"kty":"oct","kid":"{{id}}","k":"{{Base64(JwtTokens.Secret)}}"{{(
            algorithm is null ? "" : $",\"alg\":\"{algorithm}\"")}}}""";

    static string Base64(byte[] bytes) => System.Buffers.Text.Base64Url.EncodeToString(bytes);

    static IReadOnlyList<JwtKey> Parse(string json) =>
        JsonWebKeys.Parse(Encoding.UTF8.GetBytes(json));

    static JwtVerifier WithFile(string path, TimeProvider clock)
    {
        var options = new JwtOptions { KeyFile = path };
        options.Algorithms.Add(JwtAlgorithm.HS256);
        return new JwtVerifier(options, clock);
    }

    /// <summary>A file of keys; every write has another length or time.</summary>
    sealed class KeyFile : IDisposable
    {
        int writes;

        public string Path { get; } = System.IO.Path.GetTempFileName();

        public void Write(string key) => WriteText($$"""{"keys":[{{key}}]}""");

        public void WriteText(string? text)
        {
            if (text is null)
            {
                File.Delete(Path);
                return;
            }
            File.WriteAllText(Path, text);
            File.SetLastWriteTimeUtc(Path, JwtTokens.Now.UtcDateTime.AddSeconds(writes++));
        }

        public void Dispose() => File.Delete(Path);
    }
}
