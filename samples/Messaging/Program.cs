using Sluice.Samples.Messaging;

var builder = WebApplication.CreateSlimBuilder(args);
builder.Services.AddSingleton(TimeProvider.System).AddSingleton<Mailroom>();
builder.Services.ConfigureHttpJsonOptions(
    options => options.SerializerOptions.TypeInfoResolverChain.Insert(0, WireJson.Default));
var app = builder.Build();

// Pings of the protocol itself find clients that are gone; the page's own heartbeats find us.
app.UseWebSockets(new WebSocketOptions
{
    KeepAliveInterval = TimeSpan.FromSeconds(30),
    KeepAliveTimeout = TimeSpan.FromSeconds(20),
});
app.UseDefaultFiles();
app.UseStaticFiles();

app.Map("/ws/{user}", async (
    HttpContext context, string user, Mailroom mailroom, IHostApplicationLifetime lifetime) =>
{
    if (!context.WebSockets.IsWebSocketRequest)
    {
        return Results.Text("a WebSocket lives here\n", statusCode: 426);
    }
    if (!mailroom.Admits(user))
    {
        return Results.Text("this name is not admitted\n", statusCode: 403);
    }
    using var socket = await context.WebSockets.AcceptWebSocketAsync();
    await mailroom.ServeAsync(user, new UserConnection(socket, lifetime.ApplicationStopping));
    return Results.Empty;
});
app.MapGet("/stats", (Mailroom mailroom) => mailroom.Stats);
app.MapGet("/health", () => Results.Text("healthy\n"));

app.Run();
