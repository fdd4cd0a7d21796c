using System.Security.Claims;
using System.Text.Json;

namespace Sluice.SocketIO.Jwt;

/// <summary>Checks the registered claims of RFC 7519, section 4.1, and makes a user of all.</summary>
sealed class JwtClaims
{
    const string Issuer = "Sluice.SocketIO.Jwt";

    readonly TimeProvider time;
    readonly string[] issuers;
    readonly string[] audiences;
    readonly double skewSeconds;
    readonly bool requireExpiry;
    readonly string nameClaim;
    readonly string roleClaim;

    public JwtClaims(JwtOptions options, TimeProvider time)
    {
        this.time = time;
        issuers = [.. options.Issuers];
        audiences = [.. options.Audiences];
        skewSeconds = options.ClockSkew.TotalSeconds;
        requireExpiry = options.RequireExpiry;
        nameClaim = options.NameClaim;
        roleClaim = options.RoleClaim;
    }

    /// <param name="payload">Of a token whose signature is right.</param>
    public JwtResult Read(byte[] payload)
    {
        using var document = JwtVerifier.TryParse(payload);
        if (document is null)
        {
            return JwtVerifier.Refuse(
                JwtFailure.Malformed, "The token's payload is no JSON object.");
        }
        var root = document.RootElement;
        return CheckTime(root, out double? expiry)
            ?? CheckIssuer(root)
            ?? CheckAudience(root)
            ?? User(root, expiry);
    }

    JwtResult? CheckTime(JsonElement root, out double? expiry)
    {
        double now = time.GetUtcNow().ToUnixTimeMilliseconds() / 1000.0;
        if (!TryDate(root, "exp", out expiry) || !TryDate(root, "nbf", out var notBefore))
        {
            return JwtVerifier.Refuse(
                JwtFailure.ClaimMalformed, "The token's \"exp\" or \"nbf\" is no number.");
        }
        if (expiry is null && requireExpiry)
        {
            return JwtVerifier.Refuse(
                JwtFailure.ExpiryMissing, "The token never expires (no \"exp\").");
        }
        if (expiry is { } end && now >= end + skewSeconds)
        {
            return JwtVerifier.Refuse(
                JwtFailure.Expired, $"The token expired {Math.Round(now - end)} s ago.");
        }
        return notBefore is { } start && now < start - skewSeconds
            ? JwtVerifier.Refuse(
                JwtFailure.NotYetValid,
                $"The token is valid in {Math.Round(start - now)} s and not before.")
            : null;
    }

    JwtResult? CheckIssuer(JsonElement root)
    {
        if (issuers.Length == 0)
        {
            return null;
        }
        bool isOurs = root.TryGetProperty("iss", out var issuer)
            && issuer.ValueKind == JsonValueKind.String
            && Array.Exists(issuers, issuer.ValueEquals);
        return isOurs
            ? null
            : JwtVerifier.Refuse(
                JwtFailure.IssuerRefused, "The token's issuer (\"iss\") is not an accepted one.");
    }

    JwtResult? CheckAudience(JsonElement root)
    {
        if (audiences.Length == 0)
        {
            return null;
        }
        bool isOurs = false;
        if (root.TryGetProperty("aud", out var audience))
        {
            if (audience.ValueKind == JsonValueKind.String)
            {
                isOurs = Array.Exists(audiences, audience.ValueEquals);
            }
            else if (audience.ValueKind == JsonValueKind.Array)
            {
                foreach (var one in audience.EnumerateArray())
                {
                    isOurs |= one.ValueKind == JsonValueKind.String
                        && Array.Exists(audiences, one.ValueEquals);
                }
            }
        }
        return isOurs
            ? null
            : JwtVerifier.Refuse(
                JwtFailure.AudienceRefused, "The token's audience (\"aud\") is not ours.");
    }

    JwtResult User(JsonElement root, double? expiry)
    {
        var identity = new ClaimsIdentity([], "Jwt", nameClaim, roleClaim);
        int count = 0;
        foreach (var member in root.EnumerateObject())
        {
            if (member.Value.ValueKind == JsonValueKind.Array)
            {
                foreach (var one in member.Value.EnumerateArray())
                {
                    Add(identity, member.Name, one, ref count);
                }
            }
            else
            {
                Add(identity, member.Name, member.Value, ref count);
            }
        }
        if (count > JwtLimits.ClaimsMax)
        {
            return JwtVerifier.Refuse(
                JwtFailure.ClaimMalformed,
                $"The token has more than {JwtLimits.ClaimsMax} claims.");
        }
        return new JwtResult(new ClaimsPrincipal(identity), Date(expiry));
    }

    static void Add(ClaimsIdentity identity, string name, JsonElement value, ref int count)
    {
        if (value.ValueKind == JsonValueKind.Null || ++count > JwtLimits.ClaimsMax)
        {
            return;
        }
        var (text, type) = value.ValueKind switch
        {
            JsonValueKind.String => (value.GetString()!, ClaimValueTypes.String),
            JsonValueKind.True => ("true", ClaimValueTypes.Boolean),
            JsonValueKind.False => ("false", ClaimValueTypes.Boolean),
            JsonValueKind.Number when value.TryGetInt64(out _) =>
                (value.GetRawText(), ClaimValueTypes.Integer64),
            JsonValueKind.Number => (value.GetRawText(), ClaimValueTypes.Double),
            _ => (value.GetRawText(), "JSON"),
        };
        identity.AddClaim(new Claim(name, text, type, Issuer));
    }

    /// <summary>A NumericDate: seconds since 1970, with a fraction if need be.</summary>
    static bool TryDate(JsonElement root, string name, out double? seconds)
    {
        seconds = null;
        if (!root.TryGetProperty(name, out var value))
        {
            return true;
        }
        if (value.ValueKind != JsonValueKind.Number || !value.TryGetDouble(out double number)
            || !double.IsFinite(number))
        {
            return false;
        }
        seconds = number;
        return true;
    }

    static DateTimeOffset? Date(double? seconds)
    {
        if (seconds is null)
        {
            return null;
        }
        // Issuers write "never" as a number of their own; a date has its bounds.
        double last = DateTimeOffset.MaxValue.ToUnixTimeSeconds();
        return DateTimeOffset.FromUnixTimeSeconds((long)Math.Clamp(seconds.Value, 0, last));
    }
}
