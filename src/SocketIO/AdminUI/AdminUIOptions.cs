using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Sluice.SocketIO.Redis;

namespace Sluice.SocketIO.AdminUI;

/// <summary>How much the admin UI is told.</summary>
public enum AdminUIMode
{
    /// <summary>Numbers every two seconds; costs next to nothing.</summary>
    Production,

    /// <summary>
    /// Also every socket, room and event with its arguments: a message to the admins for each,
    /// and through the adapter to the other nodes.
    /// </summary>
    Development,
}

/// <summary>
/// The options of the admin UI; their names and defaults are those of @socket.io/admin-ui where
/// there is no reason against it.
/// </summary>
public sealed class AdminUIOptions
{
    /// <summary>The namespace that the page connects to.</summary>
    public string Namespace { get; set; } = "/admin";

    /// <summary>
    /// How much is told; null is <see cref="AdminUIMode.Development"/> where the application's
    /// environment is called so, and otherwise <see cref="AdminUIMode.Production"/>.
    /// </summary>
    public AdminUIMode? Mode { get; set; }

    /// <summary>The page may look, and change nothing.</summary>
    public bool IsReadOnly { get; set; }

    /// <summary>
    /// What this node is called in the list of servers; null is the name of the machine and the
    /// number of the process.
    /// </summary>
    public string? ServerId { get; set; }

    /// <summary>Where sessions are kept, so that an admin need not log in after a reload.</summary>
    public IAdminSessions Sessions { get; set; } = new InMemoryAdminSessions(TimeProvider.System);

    /// <summary>Sessions that need something of the application; null for those above.</summary>
    internal Func<IServiceProvider, IAdminSessions>? MakeSessions { get; private set; }

    /// <summary>
    /// Keeps sessions in Redis, under the keys of the RedisStore of @socket.io/admin-ui: an admin
    /// who has logged in at one node of a cluster, of either kind, is known to all, and after a
    /// restart. While Redis is away admins log in by their password.
    /// </summary>
    /// <param name="address">
    /// Such as localhost:6379 or redis://user:password@host:6379/0, rediss:// for TLS.
    /// </param>
    /// <param name="prefix">What the keys begin with; the same on all nodes.</param>
    /// <exception cref="FormatException">The address is not one.</exception>
    public AdminUIOptions KeepSessionsInRedis(
        string address, string prefix = RedisAdminSessions.DefaultPrefix)
    {
        var options = new RedisClientOptions { Address = RedisAddress.Parse(address) };
        MakeSessions = services => new RedisAdminSessions(
            RedisClient.ForCommands(
                options,
                (services.GetService<ILoggerFactory>() ?? NullLoggerFactory.Instance)
                    .CreateLogger("Sluice.SocketIO.Redis"),
                services.GetService<TimeProvider>() ?? TimeProvider.System),
            prefix);
        return this;
    }

    /// <summary>Whether a name and a password are right; null before anything was chosen.</summary>
    internal Func<string, string, ValueTask<bool>>? Check { get; private set; }

    internal bool IsAnonymous { get; private set; }

    /// <summary>One admin with a password.</summary>
    /// <param name="username">The admin's name.</param>
    /// <param name="passwordHash">
    /// What <see cref="HashPassword"/> gave, or the <c>PasswordHasher</c> of ASP.NET Core Identity.
    /// </param>
    /// <exception cref="ArgumentException">It is no such hash: a password, or one by bcrypt.</exception>
    public AdminUIOptions BasicAuth(string username, string passwordHash)
    {
        ArgumentException.ThrowIfNullOrEmpty(username);
        ArgumentException.ThrowIfNullOrEmpty(passwordHash);
        if (!IsHash(passwordHash))
            throw new ArgumentException(
                "This is no hash of AdminUIOptions.HashPassword or of ASP.NET Core Identity's "
                    + "PasswordHasher. For a hash by bcrypt, as Node.js has it, give "
                    + "Authenticate a function that checks it.",
                nameof(passwordHash));
        var name = Encoding.UTF8.GetBytes(username);
        var hasher = new PasswordHasher<string>();
        return Authenticate((given, password) =>
        {
            bool isName = CryptographicOperations.FixedTimeEquals(
                Encoding.UTF8.GetBytes(given), name);
            bool isPassword = hasher.VerifyHashedPassword(username, passwordHash, password)
                != PasswordVerificationResult.Failed;
            return ValueTask.FromResult(isName && isPassword);
        });
    }

    /// <summary>
    /// Any other way to check a name and a password: users of a database, hashes by bcrypt. One
    /// check runs at a time.
    /// </summary>
    public AdminUIOptions Authenticate(Func<string, string, ValueTask<bool>> check)
    {
        ArgumentNullException.ThrowIfNull(check);
        Check = check;
        IsAnonymous = false;
        return this;
    }

    /// <summary>
    /// Everybody who reaches the server is an admin: for a machine of one's own, or where the
    /// network keeps others out.
    /// </summary>
    public AdminUIOptions AllowAnonymous()
    {
        Check = null;
        IsAnonymous = true;
        return this;
    }

    /// <summary>A hash of a password for <see cref="BasicAuth"/>: PBKDF2 with a salt.</summary>
    public static string HashPassword(string password) =>
        new PasswordHasher<string>().HashPassword("", password);

    /// <summary>Versions 2 and 3 of Identity's format begin with 0 and 1, and are this long.</summary>
    static bool IsHash(string text)
    {
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out int length)
            && length >= 49 && bytes[0] is 0 or 1;
    }
}
