using Microsoft.Extensions.Diagnostics.HealthChecks;
using Sluice.SocketIO.Diagnostics;

namespace Sluice.Unit.SocketIO.Diagnostics;

public class HealthCheckTests
{
    [Fact]
    public async Task Without_problems_it_is_healthy() =>
        Assert.Equal(HealthStatus.Healthy, (await Check(new Part(null, true))).Status);

    [Fact]
    public async Task A_cluster_out_of_reach_degrades()
    {
        var result = await Check(new Part("Redis is out of reach.", false), new Part(null, true));
        Assert.Equal(HealthStatus.Degraded, result.Status);
        Assert.Equal("Redis is out of reach.", result.Description);
    }

    [Fact]
    public async Task A_closed_server_is_unhealthy()
    {
        var result = await Check(new Part("One.", false), new Part("Two.", true));
        Assert.Equal(HealthStatus.Unhealthy, result.Status);
        Assert.Equal("One. Two.", result.Description);
    }

    static Task<HealthCheckResult> Check(params ISocketIOHealth[] parts) =>
        new SocketIOHealthCheck(parts).CheckHealthAsync(new HealthCheckContext());

    sealed record Part(string? Problem, bool IsFatal) : ISocketIOHealth;
}
