using System.Net.WebSockets;
using Sluice.Samples.Voice;

var builder = WebApplication.CreateSlimBuilder(args);
builder.Services.AddSingleton(TimeProvider.System).AddSingleton<VoiceStatus>();
builder.Services.ConfigureHttpJsonOptions(options =>
{
    options.SerializerOptions.PropertyNamingPolicy = VoiceJson.Default.Options.PropertyNamingPolicy;
    options.SerializerOptions.TypeInfoResolverChain.Insert(0, VoiceJson.Default);
});
var app = builder.Build();
app.UseWebSockets(new WebSocketOptions
{
    KeepAliveInterval = TimeSpan.FromSeconds(20),
    KeepAliveTimeout = TimeSpan.FromSeconds(20),
});
app.UseDefaultFiles();
app.UseStaticFiles();

app.Map("/api/v1/ws/simple-voice-chat", (
    HttpContext context, VoiceStatus status, IHostApplicationLifetime lifetime) => TalkAsync(
        context,
        VoiceSettings.From(context.Request.Query["language"], context.Request.Query["voice_type"]),
        status, lifetime.ApplicationStopping));

// Old clients name a preset instead; all that is known of presets is that they exist.
app.Map("/ws/voice-conversation", (
    HttpContext context, VoiceStatus status, IHostApplicationLifetime lifetime) => TalkAsync(
        context, VoiceSettings.From(null, null), status, lifetime.ApplicationStopping));

app.MapGet("/api/v1/ws/simple-voice-chat/status", (VoiceStatus status) => status.Report);
app.MapGet("/api/v1/health/voice", (VoiceStatus status) => status.Health);
app.MapGet("/api/v1/voice/endpoints", () => new VoiceEndpoint[]
{
    new("/api/v1/ws/simple-voice-chat", "websocket", "audio both ways"),
    new("/ws/voice-conversation", "websocket", "the same for old clients"),
    new("/api/v1/ws/simple-voice-chat/status", "http", "conversations and bytes"),
    new("/api/v1/health/voice", "http", "health"),
});

app.Run();

static async Task<IResult> TalkAsync(
    HttpContext context, VoiceSettings? settings, VoiceStatus status, CancellationToken stopping)
{
    if (!context.WebSockets.IsWebSocketRequest)
    {
        return Results.Text("a WebSocket lives here\n", statusCode: 426);
    }
    if (settings is null)
    {
        return Results.Text("unknown language or voice_type\n", statusCode: 400);
    }
    if (!status.Enter())
    {
        return Results.Text("too many conversations\n", statusCode: 503);
    }
    try
    {
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        await new Conversation(socket, settings, status).ServeAsync(stopping);
    }
    catch (Exception cause) when (cause is WebSocketException or OperationCanceledException)
    {
        // The client went away in mid-sentence, or the service stops.
    }
    finally
    {
        status.Leave();
    }
    return Results.Empty;
}
