using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace Sluice.SocketIO.Jwt;

public static class JwtAuthenticationExtensions
{
    /// <summary>The scheme's name when none is given.</summary>
    public const string DefaultScheme = "SocketIOJwt";

    /// <summary>
    /// Adds authentication by signed tokens. Where tokens may come in the query, the server's own
    /// line per request is switched off below warnings, because it shows the query; a filter for
    /// "Microsoft.AspNetCore.Hosting.Diagnostics" added after this call decides otherwise.
    /// </summary>
    public static AuthenticationBuilder AddSocketIOJwt(
        this AuthenticationBuilder builder, Action<JwtAuthenticationOptions> configure) =>
        builder.AddSocketIOJwt(DefaultScheme, configure);

    /// <inheritdoc cref="AddSocketIOJwt(AuthenticationBuilder, Action{JwtAuthenticationOptions})"/>
    public static AuthenticationBuilder AddSocketIOJwt(
        this AuthenticationBuilder builder, string scheme,
        Action<JwtAuthenticationOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configure);
        builder.Services.TryAddSingleton<JwtVerifiers>();
        var probe = new JwtAuthenticationOptions();
        configure(probe);
        // A mistake in the options ends the start, and not the first request.
        probe.Token.Check();
        if (probe.QueryParameter is not null)
        {
            builder.Services.Configure<LoggerFilterOptions>(filters => filters.AddFilter(
                "Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.Warning));
        }
        return builder.AddScheme<JwtAuthenticationOptions, JwtAuthenticationHandler>(
            scheme, configure);
    }
}
