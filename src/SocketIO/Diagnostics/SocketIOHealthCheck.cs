using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Sluice.SocketIO.Diagnostics;

/// <summary>One thing that a node needs to serve its clients.</summary>
public interface ISocketIOHealth
{
    /// <summary>Null when all is well, otherwise what is not, without secrets.</summary>
    string? Problem { get; }

    /// <summary>
    /// With the problem this node serves nobody; without it is enough for its own clients.
    /// </summary>
    bool IsFatal { get; }
}

/// <summary>
/// Healthy; degraded when the cluster is out of reach, because local traffic goes on; unhealthy
/// when the server is closed.
/// </summary>
public sealed class SocketIOHealthCheck(IEnumerable<ISocketIOHealth> parts) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var problems = new List<string>();
        bool isFatal = false;
        foreach (var part in parts)
        {
            if (part.Problem is { } problem)
            {
                problems.Add(problem);
                isFatal |= part.IsFatal;
            }
        }
        string text = string.Join(' ', problems);
        return Task.FromResult(problems.Count == 0
            ? HealthCheckResult.Healthy()
            : isFatal ? HealthCheckResult.Unhealthy(text) : HealthCheckResult.Degraded(text));
    }
}

public static class SocketIOHealthCheckExtensions
{
    /// <summary>Adds the Socket.IO server to the application's health.</summary>
    public static IHealthChecksBuilder AddSocketIO(
        this IHealthChecksBuilder builder, string name = "socketio")
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.AddCheck<SocketIOHealthCheck>(name);
    }
}
