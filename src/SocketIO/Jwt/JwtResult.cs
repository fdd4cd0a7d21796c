using System.Security.Claims;

namespace Sluice.SocketIO.Jwt;

/// <summary>What became of a token. It never holds the token.</summary>
public sealed class JwtResult
{
    internal JwtResult(JwtFailure failure, string message)
    {
        Failure = failure;
        Message = message;
    }

    internal JwtResult(ClaimsPrincipal user, DateTimeOffset? expires)
    {
        Message = "";
        User = user;
        Expires = expires;
    }

    /// <summary>Whether the token was accepted.</summary>
    public bool IsValid => User is not null;

    /// <summary>Why it was not.</summary>
    public JwtFailure Failure { get; }

    /// <summary>The same as a sentence for logs and clients, without anything secret.</summary>
    public string Message { get; }

    /// <summary>Whom the claims describe; null when the token was refused.</summary>
    public ClaimsPrincipal? User { get; }

    /// <summary>When the token ends; null when it has no end.</summary>
    public DateTimeOffset? Expires { get; }
}
