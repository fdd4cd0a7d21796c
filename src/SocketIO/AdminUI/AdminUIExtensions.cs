using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Sluice.SocketIO.AdminUI;

public static class AdminUIExtensions
{
    /// <summary>
    /// Lets the official admin page (@socket.io/admin-ui, also at admin.socket.io) see and steer
    /// this server. In a cluster one page sees all nodes that have it, those of Node.js too.
    /// </summary>
    /// <param name="builder">What AddSocketIO gave.</param>
    /// <param name="configure">
    /// At least who may come in: BasicAuth, Authenticate, or AllowAnonymous.
    /// </param>
    /// <exception cref="InvalidOperationException">Nobody said who may come in.</exception>
    public static ISocketIOBuilder AddAdminUI(
        this ISocketIOBuilder builder, Action<AdminUIOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configure);
        var options = new AdminUIOptions();
        configure(options);
        if (options.Check is null && !options.IsAnonymous)
            throw new InvalidOperationException(
                "The admin UI needs BasicAuth(...) or Authenticate(...), or AllowAnonymous() "
                    + "where everybody who reaches the server may steer it.");
        builder.Services.AddSingleton<IServerExtension>(services =>
        {
            options.Mode ??= services.GetService<IHostEnvironment>()?.IsDevelopment() == true
                ? AdminUIMode.Development : AdminUIMode.Production;
            return new AdminServer(
                options, options.MakeSessions?.Invoke(services) ?? options.Sessions);
        });
        return builder;
    }
}
