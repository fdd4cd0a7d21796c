using System.Diagnostics.CodeAnalysis;
using System.Security.Claims;
using Microsoft.AspNetCore.Http;

namespace Sluice.SocketIO.EngineIO;

/// <summary>What is known of the HTTP request that began a session, copied out of it.</summary>
public sealed record EngineHandshake
{
    public required IHeaderDictionary Headers { get; init; }

    public required IQueryCollection Query { get; init; }

    /// <summary>Path and query as they stood in the request line.</summary>
    public required string Url { get; init; }

    /// <summary>The client's address as text.</summary>
    public required string Address { get; init; }

    /// <summary>The request had an Origin.</summary>
    public required bool IsCrossDomain { get; init; }

    /// <summary>HTTPS.</summary>
    public required bool IsSecure { get; init; }

    public required DateTimeOffset Time { get; init; }

    /// <summary>
    /// Who the ASP.NET Core pipeline says it is; nobody when it has no authentication.
    /// </summary>
    [AllowNull]
    public ClaimsPrincipal User
    {
        // Made when somebody asks: most sessions keep it for nothing.
        get => field
            ?? Interlocked.CompareExchange(ref field, new(new ClaimsIdentity()), null)
            ?? field;
        init;
    }

    /// <summary>The services of the application, not of the request, which is long gone.</summary>
    public required IServiceProvider Services { get; init; }
}
