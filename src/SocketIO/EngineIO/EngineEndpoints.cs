using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Sluice.SocketIO.EngineIO;

/// <summary>Where an Engine.IO server is found in an application.</summary>
public static class EngineEndpoints
{
    /// <summary>
    /// Serves everything below a path, such as "/engine.io" for <c>/engine.io/</c>. When the
    /// application stops, the server's sessions are closed so that their clients come back.
    /// </summary>
    /// <returns>For CORS, authorization, rate limits, hosts.</returns>
    public static IEndpointConventionBuilder MapEngineIO(
        this IEndpointRouteBuilder endpoints, string path, EngineServer server) =>
        Map(endpoints, path, server, files: null);

    /// <param name="endpoints">The application.</param>
    /// <param name="path">Of the server.</param>
    /// <param name="server">It gets all requests below the path but those for files.</param>
    /// <param name="files">Serves what stands behind the path's slash; null when it cannot.</param>
    internal static IEndpointConventionBuilder Map(
        IEndpointRouteBuilder endpoints, string path, EngineServer server,
        Func<HttpContext, string, Task?>? files)
    {
        path = "/" + path.Trim('/');
        endpoints.ServiceProvider.GetService<IHostApplicationLifetime>()?
            .ApplicationStopping.Register(() => _ = server.CloseAsync());
        return endpoints.Map(path + "/{**rest}", context =>
        {
            // "/engine.io" itself is somebody else's.
            if (!context.Request.Path.StartsWithSegments(path, out var rest) || !rest.HasValue)
            {
                context.Response.StatusCode = StatusCodes.Status404NotFound;
                return Task.CompletedTask;
            }
            return files?.Invoke(context, rest.Value[1..]) ?? server.HandleAsync(context);
        }).WithDisplayName($"Engine.IO {path}/");
    }
}
