using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Sluice.SocketIO.Adapters;
using Sluice.SocketIO.Diagnostics;
using Sluice.SocketIO.EngineIO;

namespace Sluice.SocketIO;

/// <summary>What AddSocketIO gives back, to add adapters and the like.</summary>
public interface ISocketIOBuilder
{
    IServiceCollection Services { get; }
}

/// <summary>Socket.IO in an ASP.NET Core application.</summary>
public static class SocketIOExtensions
{
    /// <summary>
    /// Registers <see cref="ISocketIOServer"/>, which controllers and hosted services can ask for,
    /// its namespaces as <c>[FromKeyedServices("/chat")] INamespace</c>, and what it counts
    /// (<see cref="SocketIOMetrics"/>).
    /// </summary>
    public static ISocketIOBuilder AddSocketIO(
        this IServiceCollection services, Action<SocketIOOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddOptions<SocketIOOptions>();
        if (configure is not null)
            services.Configure(configure);
        services.AddMetrics();
        services.TryAddSingleton(
            provider => new SocketIOMetrics(provider.GetService<IMeterFactory>()));
        services.TryAddSingleton(Make);
        services.TryAddSingleton<ISocketIOServer>(
            provider => provider.GetRequiredService<SocketIOServer>());
        // Asked for each time: a dynamic one may have been removed.
        services.AddKeyedTransient<INamespace>(
            KeyedService.AnyKey, (provider, name) =>
                provider.GetRequiredService<SocketIOServer>().Of((string)name!));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<ISocketIOHealth, ServerHealth>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<ISocketIOHealth, ClusterHealth>());
        return new Registration(services);
    }

    /// <summary>
    /// Serves Socket.IO below a path. When the application stops, sockets end with "server
    /// shutting down" and connections are closed so that their clients come back.
    /// </summary>
    /// <param name="endpoints">The application.</param>
    /// <param name="path">Such as "/socket.io".</param>
    /// <param name="configure">Namespaces, middlewares and handlers.</param>
    /// <returns>For CORS, authorization, rate limits, hosts.</returns>
    public static IEndpointConventionBuilder MapSocketIO(
        this IEndpointRouteBuilder endpoints, string path = "/socket.io",
        Action<ISocketIOServer>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        var server = endpoints.ServiceProvider.GetRequiredService<SocketIOServer>();
        configure?.Invoke(server);
        var files = server.Options.ClientFolder is { } folder ? ClientFiles.Read(folder) : null;
        var endpoint = EngineEndpoints.Map(endpoints, path, server.Engine, files is null
            ? null : (context, name) => files.TryServe(context, name));
        endpoints.ServiceProvider.GetService<IHostApplicationLifetime>()?
            .ApplicationStopping.Register(() => _ = server.CloseAsync());
        return endpoint;
    }

    static SocketIOServer Make(IServiceProvider provider)
    {
        var server = new SocketIOServer(
            provider.GetRequiredService<
                Microsoft.Extensions.Options.IOptions<SocketIOOptions>>().Value,
            provider.GetService<ILoggerFactory>() ?? NullLoggerFactory.Instance,
            provider.GetService<TimeProvider>() ?? TimeProvider.System,
            provider, provider.GetService<IAdapterFactory>());
        foreach (var extension in provider.GetServices<IServerExtension>())
            extension.Attach(server);
        return server;
    }

    sealed record Registration(IServiceCollection Services) : ISocketIOBuilder;
}
