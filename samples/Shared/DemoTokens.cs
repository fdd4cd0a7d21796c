using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;

namespace Sluice.Samples.Shared;

/// <summary>
/// Signs whoever asks in under the name they give: what an identity provider does in a real
/// deployment, which would ask for more than a name.
/// </summary>
/// <param name="Secret">Signs with HS256; all instances of a service have the same.</param>
public sealed record DemoTokens(byte[] Secret)
{
    /// <summary>How long a token is good.</summary>
    public static TimeSpan Lifetime { get; } = TimeSpan.FromHours(1);

    /// <summary>
    /// Takes the secret from the setting <c>Jwt:Secret</c> (base64, at least 32 bytes). Without
    /// one it makes its own, and then no other instance accepts these tokens.
    /// </summary>
    public static DemoTokens From(IConfiguration configuration) =>
        new(configuration["Jwt:Secret"] is { Length: > 0 } secret
            ? Convert.FromBase64String(secret)
            : RandomNumberGenerator.GetBytes(32));

    /// <summary>A token whose subject is the name.</summary>
    public string Issue(string name, DateTimeOffset now, TimeSpan? lifetime = null)
    {
        string head = Base64Url.EncodeToString("""{"alg":"HS256","typ":"JWT"}"""u8);
        string body = Base64Url.EncodeToString(Claims(name, now, now + (lifetime ?? Lifetime)));
        string signed = $"{head}.{body}";
        byte[] signature = HMACSHA256.HashData(Secret, System.Text.Encoding.ASCII.GetBytes(signed));
        return $"{signed}.{Base64Url.EncodeToString(signature)}";
    }

    static byte[] Claims(string name, DateTimeOffset issued, DateTimeOffset ends)
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("sub", name);
            json.WriteNumber("iat", issued.ToUnixTimeSeconds());
            json.WriteNumber("exp", ends.ToUnixTimeSeconds());
            json.WriteEndObject();
        }
        return buffer.WrittenSpan.ToArray();
    }
}
