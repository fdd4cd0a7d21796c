using Sluice.Samples.Chat;
using Sluice.Samples.Shared;
using Sluice.SocketIO;
using Sluice.SocketIO.Jwt;
using Sluice.SocketIO.Typed;

var builder = WebApplication.CreateSlimBuilder(args);
// Behind the gateway, which ends TLS, a session's socket needs nothing of Kestrel's.
builder.WebHost.UseDetachableSockets();
var tokens = DemoTokens.From(builder.Configuration);
var jwt = new JwtOptions { ClockSkew = TimeSpan.Zero };
jwt.Algorithms.Add(JwtAlgorithm.HS256);
jwt.Keys.Add(JwtKey.FromSecret(tokens.Secret));
var verifier = new JwtVerifier(jwt);
var urls = builder.Configuration["Urls"] ?? "";
builder.Services.AddSingleton(TimeProvider.System)
    .AddSingleton(new InstanceName(urls[(urls.LastIndexOf(':') + 1)..].TrimEnd('/')));
var socketIO = builder.Services.AddSocketIO(options =>
    // For clients of Socket.IO 2, which are refused until it is set.
    options.AllowEIO3 = builder.Configuration.GetValue<bool>("AllowEIO3"));
// Rooms reach over instances through Redis; one instance alone needs none.
if (builder.Configuration["Redis"] is { Length: > 0 } redis)
    socketIO.AddRedisAdapter(redis);

var app = builder.Build();
app.UseDefaultFiles();
app.UseStaticFiles();
app.MapSocketIOClient("/socket.io.esm.min.js");

// The path is where the requests go; the namespace is what the client's URL names.
app.MapSocketIO("/chat/socket.io", io =>
{
    io.Of("/chat").Use(async (socket, next) =>
    {
        var token = verifier.Verify(socket.Handshake.GetAuthString("token") ?? "");
        if (!token.IsValid)
            throw new ConnectError(token.Message);
        socket.User = token.User!;
        await next();
    });
    io.MapHandler<ChatHandler>();
});

app.MapGet("/health", (ISocketIOServer io, InstanceName instance) =>
    new Health("healthy", instance.Name, io.Of("/chat").Sockets.Count));
app.MapPost("/login", IResult (LoginRequest request, TimeProvider time) =>
    request.Name?.Trim() is { Length: > 0 and <= 64 } name
        ? Results.Ok(new LoginAnswer(tokens.Issue(name, time.GetUtcNow()), name))
        : Results.BadRequest());
app.MapGet("/rooms", async (ISocketIOServer io) =>
    (await io.Of("/chat").All.FetchSocketsAsync())
        .SelectMany(socket => socket.Rooms)
        .Where(room => room.StartsWith(ChatHandler.Prefix, StringComparison.Ordinal))
        .GroupBy(room => room[ChatHandler.Prefix.Length..])
        .Select(group => new RoomInfo(group.Key, group.Count()))
        .OrderBy(room => room.Room, StringComparer.Ordinal));
app.Run();
