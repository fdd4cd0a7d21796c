using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Sluice.SocketIO.Adapters;
using Sluice.SocketIO.Redis;

namespace Sluice.SocketIO;

/// <summary>Many nodes through Redis.</summary>
public static class RedisExtensions
{
    /// <summary>
    /// Connects the nodes of a cluster through one Redis, in the format of
    /// @socket.io/redis-adapter 8 or @socket.io/redis-streams-adapter 0.3: nodes of Node.js may be
    /// among them.
    /// </summary>
    /// <param name="builder">What AddSocketIO gave.</param>
    /// <param name="address">
    /// Such as localhost:6379 or redis://user:password@host:6379/0, rediss:// for TLS.
    /// </param>
    /// <param name="configure">Further options.</param>
    /// <exception cref="FormatException">The address is not one.</exception>
    public static ISocketIOBuilder AddRedisAdapter(
        this ISocketIOBuilder builder, string address,
        Action<RedisAdapterOptions>? configure = null)
    {
        var parsed = RedisAddress.Parse(address);
        return builder.AddRedisAdapter(options =>
        {
            options.Redis.Address = parsed;
            configure?.Invoke(options);
        });
    }

    /// <inheritdoc cref="AddRedisAdapter(ISocketIOBuilder, string, Action{RedisAdapterOptions})"/>
    public static ISocketIOBuilder AddRedisAdapter(
        this ISocketIOBuilder builder, Action<RedisAdapterOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configure);
        var options = new RedisAdapterOptions();
        configure(options);
        options.Streams.Check();
        builder.Services.AddSingleton<IAdapterFactory>(
            services => new RedisAdapterFactory(options, services));
        return builder;
    }

    /// <summary>One client for the adapters of all namespaces.</summary>
    sealed class RedisAdapterFactory : IAdapterFactory, IAsyncDisposable
    {
        readonly RedisAdapterOptions options;
        readonly IRedisClient redis;
        readonly RedisStreams streams;

        public RedisAdapterFactory(RedisAdapterOptions options, IServiceProvider services)
        {
            this.options = options;
            var log = (services.GetService<ILoggerFactory>() ?? NullLoggerFactory.Instance)
                .CreateLogger("Sluice.SocketIO.Redis");
            redis = options.ClientFactory?.Invoke(services) ?? new RedisClient(
                options.Redis, log, services.GetService<TimeProvider>() ?? TimeProvider.System);
            streams = new RedisStreams(redis, options, log);
        }

        public Adapter Create(IAdapterHost host) => options.Kind switch
        {
            RedisAdapterKind.Sharded => new ShardedRedisAdapter(host, redis, options),
            RedisAdapterKind.Streams => new RedisStreamsAdapter(host, redis, options, streams),
            _ => new RedisAdapter(host, redis, options),
        };

        public ValueTask DisposeAsync() => redis.DisposeAsync();
    }
}
