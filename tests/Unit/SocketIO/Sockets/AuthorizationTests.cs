using System.Security.Claims;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.DependencyInjection;
using Sluice.SocketIO;
using Sluice.SocketIO.Jwt;
using Sluice.SocketIO.Typed;
using Sluice.Unit.SocketIO.Jwt;
using IOSocket = Sluice.SocketIO.Socket;

namespace Sluice.Unit.SocketIO.Sockets;

/// <summary>What of ASP.NET Core a namespace uses: policies, schemes, services.</summary>
public sealed class AuthorizationTests : IAsyncDisposable
{
    const string Refused = "4{\"message\":\"not authorized\"";

    readonly ServiceProvider services = Services().BuildServiceProvider();

    SocketIOServer Server => services.GetRequiredService<SocketIOServer>();

    [Theory]
    [InlineData("", "", false)]
    [InlineData("ada", "", true)]
    [InlineData("", "Admin", false)]
    [InlineData("ada", "Admin", false)]
    [InlineData("root", "Admin", true)]
    public void A_namespace_asks_the_policies_of_the_application(
        string user, string policy, bool isIn)
    {
        Server.RequireAuthorization(policy.Length > 0 ? [policy] : []);
        Assert.Equal(isIn, IsIn(Connect(User(user))));
    }

    [Fact]
    public void A_policy_of_its_own_sees_the_socket()
    {
        Server.RequireAuthorization(new AuthorizationPolicyBuilder()
            .RequireAssertion(context => context.Resource is IOSocket { Connected: false })
            .Build());
        Assert.True(IsIn(Connect(User("ada"))));
    }

    [Fact]
    public void A_policy_that_wants_another_scheme_lets_nobody_in()
    {
        Server.RequireAuthorization(new AuthorizationPolicyBuilder("Other")
            .RequireAuthenticatedUser().Build());
        Assert.Equal("4{\"message\":\"internal server error\"}", Connect(User("ada")));
    }

    [Fact]
    public void An_attribute_of_a_handler_counts_and_one_of_a_method_is_refused()
    {
        SocketBindings.Register("/", _ => new Guarded(), (_, _) => { });
        SocketBindings.Register("/", _ => new HalfGuarded(), (_, _) => { });
        Server.MapHandler<Guarded>();
        Assert.StartsWith(Refused, Connect(User("ada")));
        Assert.True(IsIn(Connect(User("root"))));
        var error = Assert.Throws<InvalidOperationException>(
            () => Server.MapHandler<HalfGuarded>());
        Assert.Contains("HalfGuarded.Delete", error.Message);
    }

    [Fact]
    public void A_token_of_the_auth_payload_says_who_the_user_is()
    {
        string? name = null;
        Server.UseJwt().RequireAuthorization("Admin");
        Server.OnConnection(socket => name = socket.User.Identity!.Name);
        Assert.Equal(
            Refused + ",\"data\":{\"message\":\"There is no token.\"}}", Connect(User("")));
        Assert.StartsWith(Refused + ",\"data\"", Connect(User(""), Token("root") + "x"));
        Assert.Equal(Refused + "}", Connect(User(""), Token("ada")));
        Assert.True(IsIn(Connect(User(""), Token("root"))));
        Assert.Equal("root", name);
        Assert.True(IsIn(Connect(User("root"))));
    }

    [Fact]
    public void Controllers_can_ask_for_a_namespace_by_its_name()
    {
        Assert.Same(Server.Of("/chat"), services.GetRequiredKeyedService<INamespace>("/chat"));
        Assert.Same(Server, services.GetRequiredService<ISocketIOServer>());
    }

    [Fact]
    public void A_stream_is_refused_with_the_way_out()
    {
        var (_, socket) = Server.Join();
        using var stream = new MemoryStream();
        foreach (var argument in (object[])[stream, new { stream }])
        {
            var error = Assert.Throws<NotSupportedException>(() => socket.Emit("x", argument));
            Assert.Contains("read it into byte[]", error.Message);
        }
    }

    [Fact]
    public async Task Types_can_come_with_their_descriptions()
    {
        var (session, socket) = Server.Join();
        socket.On("add", NumbersJson.Default.Numbers, NumbersJson.Default.Total,
            numbers => new Total(numbers!.A + numbers.B));
        session.Receive("20[\"add\",{\"A\":1,\"B\":2}]");
        Assert.Equal(["30[{\"Sum\":3}]"], session.Sent);
        socket.Emit("n", new Numbers(1, 2), NumbersJson.Default.Numbers);
        Assert.Equal(["2[\"n\",{\"A\":1,\"B\":2}]"], session.Sent);
        var answer = socket.Timeout(TimeSpan.FromSeconds(1)).EmitWithAckAsync(
            "q", new Numbers(1, 2), NumbersJson.Default.Numbers, NumbersJson.Default.Total,
            TestContext.Current.CancellationToken);
        session.Receive("30[{\"Sum\":5}]");
        Assert.Equal(5, (await answer)!.Sum);
    }

    public ValueTask DisposeAsync() => services.DisposeAsync();

    static IServiceCollection Services()
    {
        var services = new ServiceCollection().AddLogging()
            .AddSingleton<TimeProvider>(new FakeTime())
            .AddAuthorization(options => options.AddPolicy(
                "Admin", policy => policy.RequireAssertion(
                    context => context.User.Identity?.Name == "root")))
            .AddSocketIO().Services;
        services.AddAuthentication().AddSocketIOJwt(options =>
        {
            options.Token.Algorithms.Add(JwtAlgorithm.HS256);
            options.Token.Keys.Add(JwtKey.FromSecret(JwtTokens.Secret));
        });
        return services;
    }

    static string Token(string name) =>
        JwtTokens.Hs256($"{{\"sub\":\"{name}\",\"exp\":1900000000}}");

    static ClaimsPrincipal User(string name) => new(name.Length == 0
        ? new ClaimsIdentity()
        : new ClaimsIdentity([new Claim(ClaimTypes.Name, name)], "test"));

    static bool IsIn(string answer) => answer.StartsWith("0{\"sid\":");

    /// <summary>The answer to CONNECT.</summary>
    string Connect(ClaimsPrincipal user, string? token = null)
    {
        var fake = new FakeSession();
        var session = FakeSession.Open(Server, new FakeSession
        {
            Request = fake.Request with { User = user, Services = services },
        });
        session.Receive("0" + (token is null ? "" : $"{{\"token\":\"{token}\"}}"));
        return Assert.Single(session.Sent);
    }

    [Authorize("Admin")]
    sealed class Guarded : SocketHandler<IAnybody>;

    sealed class HalfGuarded : SocketHandler<IAnybody>
    {
        [Authorize]
        [SocketEvent]
        public void Delete() => Socket.Disconnect();
    }
}

/// <summary>A client without calls.</summary>
public interface IAnybody;

public sealed record Numbers(int A, int B);

public sealed record Total(int Sum);

[JsonSerializable(typeof(Numbers))]
[JsonSerializable(typeof(Total))]
sealed partial class NumbersJson : JsonSerializerContext;
