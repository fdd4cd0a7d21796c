using System.Globalization;
using Sluice.SocketIO.Redis;

namespace Sluice.SocketIO.AdminUI;

/// <summary>
/// Sessions of admins in Redis, as the RedisStore of @socket.io/admin-ui keeps them: a key for
/// each, which ends after a day.
/// </summary>
/// <param name="redis">It is closed with the sessions.</param>
/// <param name="prefix">What the keys begin with.</param>
public sealed class RedisAdminSessions(
    IRedisClient redis, string prefix = RedisAdminSessions.DefaultPrefix)
    : IAdminSessions, IAsyncDisposable
{
    /// <summary>The official store's.</summary>
    public const string DefaultPrefix = "socket.io-admin";

    static readonly string seconds =
        ((long)Limits.SessionLifetime.TotalSeconds).ToString(CultureInfo.InvariantCulture);

    public async ValueTask<bool> ExistsAsync(string id) =>
        (await redis.ExecuteAsync("EXISTS", Key(id))).Number == 1;

    // One command for the official store's MULTI, SET, EXPIRE and EXEC.
    public async ValueTask SaveAsync(string id) =>
        await redis.ExecuteAsync("SET", Key(id), "true", "EX", seconds);

    public ValueTask DisposeAsync() => redis.DisposeAsync();

    string Key(string id) => $"{prefix}#{id}";
}
