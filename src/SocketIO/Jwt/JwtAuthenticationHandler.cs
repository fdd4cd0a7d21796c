using System.Collections.Concurrent;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace Sluice.SocketIO.Jwt;

/// <summary>
/// Authenticates requests by a token in <c>Authorization: Bearer</c> or in the query, the header
/// first.
/// </summary>
public sealed class JwtAuthenticationHandler(
    IOptionsMonitor<JwtAuthenticationOptions> options, ILoggerFactory loggers, UrlEncoder encoder,
    JwtVerifiers verifiers)
    : AuthenticationHandler<JwtAuthenticationOptions>(options, loggers, encoder)
{
    const string Bearer = "Bearer ";

    string? failure;

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        string? token = Token();
        if (string.IsNullOrEmpty(token))
        {
            return Task.FromResult(AuthenticateResult.NoResult());
        }
        var result = verifiers.Of(Scheme.Name, Options, TimeProvider).Verify(token);
        if (!result.IsValid)
        {
            failure = result.Message;
            return Task.FromResult(AuthenticateResult.Fail(result.Message));
        }
        var properties = new AuthenticationProperties { ExpiresUtc = result.Expires };
        return Task.FromResult(AuthenticateResult.Success(
            new AuthenticationTicket(result.User!, properties, Scheme.Name)));
    }

    /// <summary>401 with the reason, as RFC 6750, section 3, has it.</summary>
    protected override async Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        await HandleAuthenticateOnceSafeAsync();
        Response.StatusCode = 401;
        // The messages are ours, and have quotation marks around the names of claims.
        Response.Headers.Append(
            HeaderNames.WWWAuthenticate,
            failure is null
                ? "Bearer"
                : $"Bearer error=\"invalid_token\", "
                    + $"error_description=\"{failure.Replace('"', '\'')}\"");
    }

    string? Token()
    {
        string? header = Request.Headers.Authorization;
        if (header is not null && header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase))
        {
            return header[Bearer.Length..].Trim();
        }
        return Options.QueryParameter is { } name ? Request.Query[name].ToString() : null;
    }
}

/// <summary>The verifiers of the schemes: one each, made at the first use.</summary>
public sealed class JwtVerifiers(ILogger<JwtVerifier> logger)
{
    readonly ConcurrentDictionary<string, JwtVerifier> byScheme = new(StringComparer.Ordinal);

    internal JwtVerifier Of(string scheme, JwtAuthenticationOptions options, TimeProvider time) =>
        byScheme.TryGetValue(scheme, out var verifier)
            ? verifier
            : byScheme.GetOrAdd(scheme, new JwtVerifier(options.Token, time, logger));
}
