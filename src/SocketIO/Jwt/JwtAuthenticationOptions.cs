using Microsoft.AspNetCore.Authentication;

namespace Sluice.SocketIO.Jwt;

/// <summary>Options of the authentication scheme.</summary>
public sealed class JwtAuthenticationOptions : AuthenticationSchemeOptions
{
    /// <summary>Which tokens are accepted.</summary>
    public JwtOptions Token { get; } = new();

    /// <summary>
    /// The parameter of the query that may have the token ("token" in <c>?token=</c>); null for
    /// none. Browsers cannot send a header with a WebSocket. An address ends up in the access
    /// logs of every proxy on the way, so prefer the auth payload where the client can choose.
    /// </summary>
    public string? QueryParameter { get; set; } = "token";
}
