namespace Sluice.SocketIO.Jwt;

/// <summary>Which tokens are accepted.</summary>
public sealed class JwtOptions
{
    /// <summary>
    /// The allowed algorithms. There is no default: who issues the tokens knows which it is, and
    /// every further one is a further way in.
    /// </summary>
    public IList<JwtAlgorithm> Algorithms { get; } = [];

    /// <summary>The keys; those of <see cref="KeyFile"/> come in addition.</summary>
    public IList<JwtKey> Keys { get; } = [];

    /// <summary>
    /// A JWKS file, read at the start and whenever it has changed, so that keys are rotated
    /// without a restart. Null without one.
    /// </summary>
    public string? KeyFile { get; set; }

    /// <summary>How often the file is looked at.</summary>
    public TimeSpan KeyFileInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Accepted values of "iss"; any, and none, when empty.</summary>
    public IList<string> Issuers { get; } = [];

    /// <summary>Accepted values of "aud"; any, and none, when empty.</summary>
    public IList<string> Audiences { get; } = [];

    /// <summary>Tokens that never end are refused.</summary>
    public bool RequireExpiry { get; set; } = true;

    /// <summary>By how much the issuer's clock may differ from ours.</summary>
    public TimeSpan ClockSkew { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>The claim that is <c>User.Identity.Name</c>.</summary>
    public string NameClaim { get; set; } = "sub";

    /// <summary>The claim that <c>User.IsInRole</c> looks at.</summary>
    public string RoleClaim { get; set; } = "role";

    /// <summary>Refuses what cannot work, with the way out.</summary>
    internal void Check()
    {
        if (Algorithms.Count == 0)
        {
            throw new InvalidOperationException(
                "No algorithm is allowed; add the issuer's, as in "
                + "options.Algorithms.Add(JwtAlgorithm.HS256).");
        }
        if (Keys.Count == 0 && KeyFile is null)
        {
            throw new InvalidOperationException(
                "There is no key; add one to options.Keys or set options.KeyFile.");
        }
        foreach (var algorithm in Algorithms)
        {
            if (KeyFile is null && !Keys.Any(key => key.Serves(algorithm)))
            {
                throw new InvalidOperationException(
                    $"{algorithm} is allowed and no key serves it"
                    + (algorithm.Family == JwtFamily.Hmac
                        ? $"; its secret needs {algorithm.HashBytes} bytes or more."
                        : "."));
            }
        }
        if (ClockSkew < TimeSpan.Zero || ClockSkew > TimeSpan.FromHours(1))
        {
            throw new InvalidOperationException(
                $"ClockSkew is {ClockSkew}; zero to one hour are accepted.");
        }
    }
}
