using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Sluice.SocketIO.Jwt;

public static class JwtNamespaceExtensions
{
    /// <summary>
    /// Lets in only sockets with a user: that of the token in the auth payload
    /// (<c>io(url, { auth: { token } })</c>), which becomes <see cref="Socket.User"/>, or without
    /// one the user whom the pipeline has authenticated when the connection began. Others get
    /// <c>connect_error</c> "not authorized"; its data has the reason as <c>message</c>.
    /// </summary>
    /// <param name="nsp">The namespace.</param>
    /// <param name="scheme">The scheme of AddSocketIOJwt that says which tokens are accepted.</param>
    /// <param name="name">The token's name in the auth payload.</param>
    public static INamespace UseJwt(
        this INamespace nsp, string scheme = JwtAuthenticationExtensions.DefaultScheme,
        string name = "token")
    {
        ArgumentNullException.ThrowIfNull(nsp);
        return nsp.Use((socket, next) =>
        {
            if (socket.Handshake.GetAuthString(name) is { Length: > 0 } token)
                socket.User = Verify(socket.Handshake.Services, scheme, token);
            else if (socket.User.Identity?.IsAuthenticated != true)
                throw Refusal("There is no token.");
            return next();
        });
    }

    static System.Security.Claims.ClaimsPrincipal Verify(
        IServiceProvider services, string scheme, string token)
    {
        var verifiers = services.GetService<JwtVerifiers>() ?? throw new InvalidOperationException(
            "UseJwt needs builder.Services.AddAuthentication().AddSocketIOJwt(...).");
        var options = services.GetRequiredService<IOptionsMonitor<JwtAuthenticationOptions>>()
            .Get(scheme);
        options.Token.Check();
        var time = options.TimeProvider ?? services.GetService<TimeProvider>()
            ?? TimeProvider.System;
        var result = verifiers.Of(scheme, options, time).Verify(token);
        return result.User ?? throw Refusal(result.Message);
    }

    static ConnectError Refusal(string message) => new(
        "not authorized", new Dictionary<string, string> { ["message"] = message });
}
