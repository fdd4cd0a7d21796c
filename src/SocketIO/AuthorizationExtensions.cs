using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.DependencyInjection;

namespace Sluice.SocketIO;

/// <summary>Policies of ASP.NET Core for namespaces.</summary>
public static class AuthorizationExtensions
{
    /// <summary>
    /// Lets in only sockets whose user satisfies the policies; without names the default policy,
    /// which wants an authenticated user. Others get <c>connect_error</c> "not authorized". It is
    /// a middleware: put it behind those that say who the user is. Handlers of requirements get
    /// the socket as their resource.
    /// </summary>
    public static INamespace RequireAuthorization(
        this INamespace nsp, params string[] policies)
    {
        ArgumentNullException.ThrowIfNull(policies);
        IAuthorizeData[] wanted = policies.Length == 0
            ? [new AuthorizeAttribute()]
            : [.. policies.Select(policy => new AuthorizeAttribute(policy))];
        return nsp.RequireAuthorization(wanted);
    }

    /// <inheritdoc cref="RequireAuthorization(INamespace, string[])"/>
    public static INamespace RequireAuthorization(
        this INamespace nsp, IReadOnlyCollection<IAuthorizeData> wanted)
    {
        ArgumentNullException.ThrowIfNull(nsp);
        ArgumentNullException.ThrowIfNull(wanted);
        return nsp.Use((socket, next) => CheckAsync(socket, next, async services =>
            await AuthorizationPolicy.CombineAsync(
                services.GetRequiredService<IAuthorizationPolicyProvider>(), wanted)));
    }

    /// <inheritdoc cref="RequireAuthorization(INamespace, string[])"/>
    public static INamespace RequireAuthorization(this INamespace nsp, AuthorizationPolicy policy)
    {
        ArgumentNullException.ThrowIfNull(nsp);
        return nsp.Use((socket, next) => CheckAsync(
            socket, next, _ => Task.FromResult<AuthorizationPolicy?>(policy)));
    }

    static async Task CheckAsync(
        Socket socket, Func<Task> next, Func<IServiceProvider, Task<AuthorizationPolicy?>> find)
    {
        await using (var scope = socket.Handshake.Services.CreateAsyncScope())
        {
            var service = scope.ServiceProvider.GetService<IAuthorizationService>()
                ?? throw new InvalidOperationException(
                    "RequireAuthorization needs builder.Services.AddAuthorization().");
            if (await find(scope.ServiceProvider) is { } policy)
            {
                if (policy.AuthenticationSchemes.Count > 0)
                    throw new InvalidOperationException(
                        "A namespace cannot choose how its user is authenticated: that was done "
                        + "when the connection began. Name the scheme at MapSocketIO(...)"
                        + ".RequireAuthorization(...) instead.");
                var result = await service.AuthorizeAsync(socket.User, socket, policy);
                if (!result.Succeeded)
                    throw new ConnectError("not authorized");
            }
        }

        await next();
    }
}
