using Sluice.Samples.Shared;
using Sluice.Samples.Tasks;
using Sluice.SocketIO;
using Sluice.SocketIO.Jwt;

var builder = WebApplication.CreateSlimBuilder(args);
// Behind the gateway, which ends TLS, a session's socket needs nothing of Kestrel's.
builder.WebHost.UseDetachableSockets();
var tokens = DemoTokens.From(builder.Configuration);
var socketIO = builder.Services.AddSocketIO(options =>
    // For clients of Socket.IO 2, which are refused until it is set.
    options.AllowEIO3 = builder.Configuration.GetValue<bool>("AllowEIO3"));
// With a Redis several instances are one service; without it there is one.
if (builder.Configuration["Redis"] is { Length: > 0 } redis)
    socketIO.AddRedisAdapter(redis);
builder.Services.AddSingleton(TimeProvider.System).AddSingleton<Board>().AddSingleton<TaskFeed>()
    .AddHostedService(services => services.GetRequiredService<TaskFeed>());
var jwt = new JwtOptions { ClockSkew = TimeSpan.Zero };
jwt.Algorithms.Add(JwtAlgorithm.HS256);
jwt.Keys.Add(JwtKey.FromSecret(tokens.Secret));
builder.Services.AddSingleton(new JwtVerifier(jwt));
builder.Services.AddAuthentication(JwtAuthenticationExtensions.DefaultScheme)
    .AddSocketIOJwt(options =>
    {
        options.Token.Algorithms.Add(JwtAlgorithm.HS256);
        options.Token.Keys.Add(JwtKey.FromSecret(tokens.Secret));
        options.Token.ClockSkew = TimeSpan.Zero;
    });
builder.Services.AddAuthorization();
builder.Services.AddOpenApi(options => options.AddDocumentTransformer((document, _, _) =>
{
    document.Info.Title = "Tasks";
    document.Info.Description = "Changes are told to all clients over Socket.IO.";
    // The address at which the reader found the page.
    document.Servers?.Clear();
    return Task.CompletedTask;
}));

var app = builder.Build();
app.UseDefaultFiles();
app.UseStaticFiles();
app.UseAuthentication();
app.UseAuthorization();
app.MapSocketIOClient("/socket.io.esm.min.js");
app.MapOpenApi("/api-docs/openapi.json");
app.MapGet("/api-docs", (IWebHostEnvironment host) => Results.File(
    Path.Combine(host.WebRootPath, "api-docs.html"), "text/html")).ExcludeFromDescription();

app.MapSocketIO("/socket.io", io => io.OnConnection(socket =>
    socket.On<string, Authenticated>("authenticate", token =>
    {
        var verified = app.Services.GetRequiredService<JwtVerifier>().Verify(token ?? "");
        if (!verified.IsValid)
            return new Authenticated(false, null, verified.Message);
        socket.User = verified.User!;
        return new Authenticated(true, verified.User!.Identity!.Name, null);
    })));

app.MapGet("/api/health", (ISocketIOServer io, Board board) => new Health(
    "healthy", io.Sockets.Count, board.Open.Count()));
app.MapPost("/api/login", IResult (LoginRequest request, TimeProvider time) =>
    request.Name?.Trim() is { Length: > 0 and <= 64 } name
        ? Results.Ok(new LoginAnswer(tokens.Issue(name, time.GetUtcNow()), name))
        : Results.BadRequest()).Produces<LoginAnswer>().Produces(400);
app.MapTasks();
app.Run();
