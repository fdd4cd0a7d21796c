using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Sluice.SocketIO.Jwt;

namespace Sluice.Unit.SocketIO.Jwt;

/// <summary>Makes tokens, also those that no honest library makes.</summary>
static class JwtTokens
{
    public static readonly byte[] Secret = Encoding.ASCII.GetBytes(
        "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef");

    public static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_800_000_000);

    public static string Hs256(string payload, string header = """{"alg":"HS256"}""") =>
        Sign(header, payload, signed => HMACSHA256.HashData(Secret, signed));

    public static string Sign(string header, string payload, Func<byte[], byte[]> sign)
    {
        string signed = $"{Base64(header)}.{Base64(payload)}";
        return $"{signed}.{Base64Url.EncodeToString(sign(Encoding.ASCII.GetBytes(signed)))}";
    }

    public static string Base64(string text) =>
        Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));

    /// <summary>A verifier for tokens of <see cref="Hs256"/>.</summary>
    public static JwtVerifier Verifier(Action<JwtOptions>? change = null)
    {
        var options = new JwtOptions { ClockSkew = TimeSpan.Zero };
        options.Algorithms.Add(JwtAlgorithm.HS256);
        options.Keys.Add(JwtKey.FromSecret(Secret));
        change?.Invoke(options);
        return new JwtVerifier(options, new SetClock(Now));
    }

    /// <summary>A verifier with one key and one algorithm, for tokens without "exp".</summary>
    public static JwtVerifier Verifier(JwtAlgorithm algorithm, params JwtKey[] keys)
    {
        var options = new JwtOptions { RequireExpiry = false };
        options.Algorithms.Add(algorithm);
        foreach (var key in keys)
        {
            options.Keys.Add(key);
        }
        return new JwtVerifier(options, new SetClock(DateTimeOffset.FromUnixTimeSeconds(0)));
    }
}

/// <summary>A clock that a test sets.</summary>
sealed class SetClock(DateTimeOffset now) : TimeProvider
{
    DateTimeOffset now = now;

    /// <summary>Odd, as nobody's stopwatch should be assumed to tick in nanoseconds.</summary>
    public override long TimestampFrequency => 3_000_000;

    public void Advance(TimeSpan by) => now += by;

    public override DateTimeOffset GetUtcNow() => now;

    public override long GetTimestamp() => now.UtcTicks / 10 * 3;
}
