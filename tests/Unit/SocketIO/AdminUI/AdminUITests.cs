using Microsoft.Extensions.DependencyInjection;
using Sluice.SocketIO;
using Sluice.SocketIO.AdminUI;
using Sluice.SocketIO.Redis;
using Sluice.Unit.SocketIO.Sockets;

namespace Sluice.Unit.SocketIO.AdminUI;

/// <summary>Who is let in, and what an admin gets; the rest is compared with the official server.</summary>
public sealed class AdminUITests
{
    [Theory]
    [InlineData("{}")]
    [InlineData("{\"username\":\"admin\"}")]
    [InlineData("{\"username\":\"admin\",\"password\":\"wrong\"}")]
    [InlineData("{\"username\":\"Admin\",\"password\":\"secret\"}")]
    [InlineData("{\"username\":1,\"password\":{}}")]
    [InlineData("{\"sessionId\":\"unknown\"}")]
    [InlineData("{\"sessionId\":\"\"}")]
    public async Task Who_does_not_know_the_password_is_refused(string auth)
    {
        using var server = new Fixture(Basic);
        Assert.Equal(
            "4/admin,{\"message\":\"invalid credentials\"}", await server.ConnectAsync(auth));
    }

    [Fact]
    public async Task Who_knows_the_password_is_let_in_and_comes_back_by_the_session()
    {
        using var server = new Fixture(Basic);
        Assert.StartsWith("0/admin,{\"sid\":", await server.ConnectAsync(
            "{\"username\":\"admin\",\"password\":\"secret\"}"));
        var session = await server.NextAsync("session");
        Assert.Matches("^2/admin,\\[\"session\",\"[0-9a-f]{32}\"\\]$", session);
        var id = session.Split('"')[3];
        Assert.StartsWith("0/admin,{\"sid\":", await server.ConnectAsync(
            $"{{\"sessionId\":\"{id}\"}}"));
        server.Time.Pass(TimeSpan.FromDays(1));
        Assert.StartsWith("4/admin,", await server.ConnectAsync($"{{\"sessionId\":\"{id}\"}}"));
    }

    [Fact]
    public async Task A_function_of_the_application_may_check()
    {
        using var server = new Fixture(admin => admin.Authenticate(
            (name, password) => ValueTask.FromResult(name == password)));
        Assert.StartsWith("4/admin,", await server.ConnectAsync(
            "{\"username\":\"a\",\"password\":\"b\"}"));
        Assert.StartsWith("0/admin,", await server.ConnectAsync(
            "{\"username\":\"b\",\"password\":\"b\"}"));
    }

    [Fact]
    public async Task Where_sessions_cannot_be_kept_the_password_lets_in()
    {
        using var server = new Fixture(admin =>
        {
            Basic(admin);
            admin.Sessions = new BrokenSessions();
        });
        Assert.StartsWith("0/admin,", await server.ConnectAsync(
            "{\"username\":\"admin\",\"password\":\"secret\"}"));
        var id = (await server.NextAsync("session")).Split('"')[3];
        Assert.StartsWith("4/admin,", await server.ConnectAsync($"{{\"sessionId\":\"{id}\"}}"));
    }

    [Theory]
    [InlineData("secret")]
    [InlineData("$2b$10$heqvAkYMez.Va6Et2uXInOnkCT6/uQj1brkrbyG3LpopDklcq7ZOS")]
    public void What_is_no_hash_of_ours_is_refused_at_once(string hash) =>
        Assert.Throws<ArgumentException>(() => new AdminUIOptions().BasicAuth("admin", hash));

    [Fact]
    public void Without_a_word_about_who_may_come_in_there_is_no_admin_UI() =>
        Assert.Throws<InvalidOperationException>(
            () => new ServiceCollection().AddSocketIO().AddAdminUI(_ => { }));

    [Fact]
    public async Task The_page_of_a_server_that_may_only_be_looked_at_steers_nothing()
    {
        using var server = new Fixture(admin => admin.AllowAnonymous().IsReadOnly = true);
        var (client, socket) = server.Server.Join();
        await server.ConnectAsync("{}");
        server.Admin.Receive(
            "2/admin,[\"join\",\"/\",\"r\"]", "2/admin,[\"emit\",\"/\",null,\"x\"]");
        Assert.Empty(client.Sent);
        Assert.Single(socket.Rooms);
    }

    [Fact]
    public async Task The_page_of_another_steers_even_many_rooms_at_once()
    {
        using var server = new Fixture(admin => admin.AllowAnonymous());
        var (client, socket) = server.Server.Join();
        socket.Join("b");
        await server.ConnectAsync("{}");
        server.Admin.Receive(
            "2/admin,[\"join\",\"/\",[\"r\",\"s\"]]",
            "2/admin,[\"emit\",\"/\",[\"a\",\"b\"],\"x\",1]",
            "2/admin,[\"emit\",\"/unknown\",null,\"y\"]");
        Assert.Equal(["2[\"x\",1]"], client.Sent);
        Assert.Equal(4, socket.Rooms.Count);
        Assert.Equal(["/", "/admin"], server.Server.Namespaces.Select(one => one.Name).Order());
    }

    [Fact]
    public async Task Numbers_come_every_two_seconds_until_the_server_closes()
    {
        using var server = new Fixture(admin => admin.AllowAnonymous());
        await server.ConnectAsync("{}");
        _ = server.Admin.Sent;
        server.Time.Pass(TimeSpan.FromSeconds(2));
        Assert.Contains("\"namespaces\":[{\"name\":\"/\",\"socketsCount\":0},"
            + "{\"name\":\"/admin\",\"socketsCount\":1}]", Assert.Single(server.Admin.Sent));
        server.Time.Pass(TimeSpan.FromSeconds(2));
        Assert.Single(server.Admin.Sent);
    }

    static void Basic(AdminUIOptions admin) =>
        admin.BasicAuth("admin", AdminUIOptions.HashPassword("secret"));

    sealed class BrokenSessions : IAdminSessions
    {
        public ValueTask<bool> ExistsAsync(string id) => throw new RedisException("gone");

        public ValueTask SaveAsync(string id) => throw new RedisException("gone");
    }

    sealed class Fixture : IDisposable
    {
        readonly ServiceProvider services;
        readonly Queue<string> unread = new();

        public Fixture(Action<AdminUIOptions> configure) =>
            services = new ServiceCollection().AddSingleton<TimeProvider>(Time)
                .AddSocketIO().AddAdminUI(admin =>
                {
                    admin.Sessions = new InMemoryAdminSessions(Time);
                    configure(admin);
                }).Services.BuildServiceProvider();

        public FakeTime Time { get; } = new();

        public FakeSession Admin { get; private set; } = null!;

        public SocketIOServer Server => services.GetRequiredService<SocketIOServer>();

        /// <summary>The answer to CONNECT.</summary>
        public async Task<string> ConnectAsync(string auth)
        {
            unread.Clear();
            Admin = FakeSession.Open(Server);
            Admin.Receive("0/admin," + auth);
            return await NextAsync("/admin");
        }

        public async Task<string> NextAsync(string part)
        {
            while (true)
            {
                while (unread.TryDequeue(out var text))
                    if (text.Contains(part))
                        return text;
                foreach (var text in Admin.Sent)
                    unread.Enqueue(text);
                await Task.Yield();
            }
        }

        public void Dispose() => services.DisposeAsync().AsTask().Wait();
    }
}
