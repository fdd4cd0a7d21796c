using System.Text.Json.Serialization;
using Sluice.SocketIO;
using Sluice.SocketIO.AdminUI;
using Sluice.SocketIO.Diagnostics;
using Sluice.SocketIO.Jwt;
using Sluice.SocketIO.MessagePack;
using Sluice.SocketIO.Redis;
using Sluice.SocketIO.Typed;

// The linker looks at what an application uses: so this one uses a bit of everything.
var builder = WebApplication.CreateBuilder(args);
var redis = builder.Configuration["redis"]!;
builder.Services.AddSocketIO(options =>
{
    options.Json.TypeInfoResolverChain.Add(AppJson.Default);
    if (builder.Configuration["parser"] == "msgpack")
        options.Parser = MessagePackPacketParser.Instance;
}).AddRedisAdapter(redis, options =>
{
    if (builder.Configuration["kind"] == "sharded")
        options.Kind = RedisAdapterKind.Sharded;
}).AddAdminUI(admin => admin.BasicAuth("admin", AdminUIOptions.HashPassword("secret")));
builder.Services.AddAuthentication().AddSocketIOJwt(jwt =>
{
    jwt.Token.Algorithms.Add(JwtAlgorithm.HS256);
    jwt.Token.Keys.Add(JwtKey.FromSecret(new byte[32]));
});
builder.Services.AddAuthorization();
builder.Services.AddHealthChecks().AddSocketIO();
var app = builder.Build();

app.MapHealthChecks("/health");
app.MapSocketIO("/socket.io", io =>
{
    io.OnConnection(socket =>
    {
        socket.Join("lobby");
        socket.On("sum", (int a, int b) => a + b);
        socket.On("say", (string text) => io.All.To("lobby").Emit("said", new Note(text)));
        socket.On("who", async () => (await io.All.FetchSocketsAsync()).Count);
        socket.On("ask", async (string question) =>
            await socket.EmitWithAckAsync<string>("asked", question));
    });
    io.Of("/locked").UseJwt().RequireAuthorization();
    io.MapHandler<NoteHandler>();
});
app.Run();

/// <summary>A client by its interface.</summary>
public interface INoteClient
{
    Task Kept(Note note);
}

/// <summary>A handler with types of its own.</summary>
[SocketNamespace("/notes")]
public sealed class NoteHandler : SocketHandler<INoteClient>
{
    [SocketEvent]
    public async Task<Receipt> Keep(Note note, ReadOnlyMemory<byte> image)
    {
        await All.Kept(note);
        return new Receipt(note.Text.Length, image);
    }
}

public sealed record Note(string Text);

public sealed record Receipt(int Length, ReadOnlyMemory<byte> Image);

[JsonSerializable(typeof(Note))]
[JsonSerializable(typeof(Receipt))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
sealed partial class AppJson : JsonSerializerContext;
