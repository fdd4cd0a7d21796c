using System.Globalization;
using System.Security.Claims;
using Sluice.Samples.Dashboard;
using Sluice.Samples.Shared;
using Sluice.SocketIO.Jwt;

var builder = WebApplication.CreateSlimBuilder(args);
var tokens = DemoTokens.From(builder.Configuration);
builder.Services.AddSingleton(TimeProvider.System)
    .AddSingleton(_ => new Waterway(new Random()))
    .AddSingleton<LiveFeed>()
    .AddHostedService(services => services.GetRequiredService<LiveFeed>());
builder.Services.ConfigureHttpJsonOptions(
    options => options.SerializerOptions.TypeInfoResolverChain.Insert(0, DashboardJson.Default));
// The token stands in the Authorization header, or, where browsers can set none, in ?token=.
builder.Services.AddAuthentication(JwtAuthenticationExtensions.DefaultScheme)
    .AddSocketIOJwt(options =>
    {
        options.Token.Algorithms.Add(JwtAlgorithm.HS256);
        options.Token.Keys.Add(JwtKey.FromSecret(tokens.Secret));
        options.Token.ClockSkew = TimeSpan.Zero;
    });
builder.Services.AddAuthorization();

var app = builder.Build();
app.UseAuthentication();
app.UseAuthorization();
app.UseWebSockets(new WebSocketOptions
{
    KeepAliveInterval = TimeSpan.FromSeconds(25),
    KeepAliveTimeout = TimeSpan.FromSeconds(20),
});
long start = TimeProvider.System.GetTimestamp();

app.MapGet("/api/health", (LiveFeed feed) => new Health(
    "healthy", feed.ConnectionsCount,
    Math.Round(TimeProvider.System.GetElapsedTime(start).TotalSeconds, 1)));

app.MapPost("/api/login", (LoginRequest request, TimeProvider time) =>
    request.Name?.Trim() is { Length: > 0 and <= 64 } name
        ? Results.Ok(new LoginAnswer(
            tokens.Issue(name, time.GetUtcNow()), name, (int)DemoTokens.Lifetime.TotalSeconds))
        : Results.BadRequest());

var api = app.MapGroup("/api").RequireAuthorization();
api.MapGet("/stations", (Waterway waterway) => waterway.Stations);
api.MapGet("/stations/{id}", (string id, Waterway waterway) =>
    waterway.Find(id) is { } station ? Results.Ok(station) : Results.NotFound());
api.MapPut("/stations/{id}/gate", (
    string id, GateRequest request, ClaimsPrincipal user, Waterway waterway, LiveFeed feed) =>
{
    if (request.Percent is < 0 or > 100)
    {
        return Results.BadRequest();
    }
    if (!waterway.SetGate(id, request.Percent))
    {
        return Results.NotFound();
    }
    feed.Publish(new LiveMessage("gate")
    {
        Station = id,
        GatePercent = request.Percent,
        User = user.Identity!.Name,
    });
    return Results.Ok(waterway.Find(id));
});
api.Map("/ws", async (
    HttpContext context, LiveFeed feed, TimeProvider time, IHostApplicationLifetime lifetime) =>
{
    if (!context.WebSockets.IsWebSocketRequest)
    {
        return Results.Text("a WebSocket lives here\n", statusCode: 426);
    }
    var rest = Expiry(context.User) - time.GetUtcNow();
    using var socket = await context.WebSockets.AcceptWebSocketAsync();
    await feed.ServeAsync(
        socket, context.User.Identity!.Name!, rest > TimeSpan.Zero ? rest : TimeSpan.Zero,
        lifetime.ApplicationStopping);
    return Results.Empty;
});

app.Run();

// Tokens without an end are refused, so there is one.
static DateTimeOffset Expiry(ClaimsPrincipal user) => DateTimeOffset.FromUnixTimeSeconds(
    long.Parse(user.FindFirst("exp")!.Value, CultureInfo.InvariantCulture));
