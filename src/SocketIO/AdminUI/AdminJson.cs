using System.Diagnostics;
using System.Text.Encodings.Web;
using System.Text.Json;
using Sluice.SocketIO.Adapters;
using Sluice.SocketIO.Protocol;

namespace Sluice.SocketIO.AdminUI;

/// <summary>What the page is told, in the official server's form.</summary>
static class AdminJson
{
    /// <summary>
    /// The key in a socket's data under which the nodes tell each other what only its own node
    /// knows; the official server has it there too.
    /// </summary>
    public const string DataKey = "_admin";

    static readonly JsonWriterOptions options = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>A moment, as JavaScript writes it.</summary>
    public static string Now(TimeProvider time) =>
        time.GetUtcNow().UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", null);

    public static Argument Config(bool isReadOnly, bool isDevelopment) => Write(writer =>
    {
        string[] features =
        [
            .. isReadOnly ? [] : (ReadOnlySpan<string>)
                ["EMIT", "JOIN", "LEAVE", "DISCONNECT", "MJOIN", "MLEAVE", "MDISCONNECT"],
            "AGGREGATED_EVENTS",
            .. isDevelopment ? (ReadOnlySpan<string>)["ALL_EVENTS"] : [],
        ];
        writer.WriteStartObject();
        writer.WriteStartArray("supportedFeatures"u8);
        foreach (var feature in features)
            writer.WriteStringValue(feature);
        writer.WriteEndArray();
        writer.WriteEndObject();
    });

    public static Argument Stats(
        SocketIOServer server, string serverId, int pollingClientsCount, AggregatedEvents events) =>
        Write(writer =>
        {
            using var process = Process.GetCurrentProcess();
            writer.WriteStartObject();
            writer.WriteString("serverId"u8, serverId);
            writer.WriteString("hostname"u8, Environment.MachineName);
            writer.WriteNumber("pid"u8, Environment.ProcessId);
            writer.WriteNumber(
                "uptime"u8, (DateTime.Now - process.StartTime).TotalSeconds);
            writer.WriteNumber("clientsCount"u8, server.Engine.SessionsCount);
            writer.WriteNumber("pollingClientsCount"u8, pollingClientsCount);
            writer.WritePropertyName("aggregatedEvents"u8);
            events.WriteAndClear(writer);
            writer.WriteStartArray("namespaces"u8);
            foreach (var nsp in server.Namespaces.OrderBy(one => one.Name, StringComparer.Ordinal))
            {
                writer.WriteStartObject();
                writer.WriteString("name"u8, nsp.Name);
                writer.WriteNumber("socketsCount"u8, ((Namespace)nsp).SocketsCount);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        });

    public static Argument Socket(string nsp, RemoteSocketData socket) =>
        Write(writer => WriteSocket(writer, nsp, socket));

    public static Argument Sockets(IEnumerable<(string Namespace, RemoteSocketData Socket)> all) =>
        Write(writer =>
        {
            writer.WriteStartArray();
            foreach (var (nsp, socket) in all)
                WriteSocket(writer, nsp, socket);
            writer.WriteEndArray();
        });

    public static Argument DataUpdate(string nsp, Sluice.SocketIO.Socket socket) => Write(writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("id"u8, socket.Id);
        writer.WriteString("nsp"u8, nsp);
        WriteData(writer, JsonElement.Parse((socket.DataJson() ?? "{}"u8.ToArray()).Span));
        writer.WriteEndObject();
    });

    public static Argument TransportUpdate(string nsp, Sluice.SocketIO.Socket socket) =>
        Write(writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("id"u8, socket.Id);
            writer.WriteString("nsp"u8, nsp);
            writer.WriteString("transport"u8, socket.TransportName);
            writer.WriteEndObject();
        });

    static void WriteSocket(Utf8JsonWriter writer, string nsp, RemoteSocketData socket)
    {
        var data = JsonElement.Parse(socket.Data.Span);
        writer.WriteStartObject();
        writer.WriteString("id"u8, socket.Id);
        if (data.ValueKind == JsonValueKind.Object && data.TryGetProperty(DataKey, out var known)
            && known.ValueKind == JsonValueKind.Object)
            foreach (var property in known.EnumerateObject())
                property.WriteTo(writer);
        writer.WriteString("nsp"u8, nsp);
        WriteData(writer, data);
        WriteHandshake(writer, JsonElement.Parse(socket.Handshake.Span));
        writer.WriteStartArray("rooms"u8);
        foreach (var room in socket.Rooms)
            writer.WriteStringValue(room);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    static void WriteData(Utf8JsonWriter writer, JsonElement data)
    {
        writer.WriteStartObject("data"u8);
        if (data.ValueKind == JsonValueKind.Object)
            foreach (var property in data.EnumerateObject())
                if (!property.NameEquals(DataKey))
                    property.WriteTo(writer);
        writer.WriteEndObject();
    }

    /// <summary>Without the auth payload, and with the address that proxies say.</summary>
    static void WriteHandshake(Utf8JsonWriter writer, JsonElement handshake)
    {
        writer.WriteStartObject("handshake"u8);
        if (handshake.ValueKind == JsonValueKind.Object)
        {
            writer.WritePropertyName("address"u8);
            AddressOf(handshake).WriteTo(writer);
            foreach (var name in (ReadOnlySpan<string>)
                ["headers", "query", "issued", "secure", "time", "url", "xdomain"])
            {
                if (!handshake.TryGetProperty(name, out var value))
                    continue;
                writer.WritePropertyName(name);
                value.WriteTo(writer);
            }
        }

        writer.WriteEndObject();
    }

    static JsonElement AddressOf(JsonElement handshake)
    {
        if (handshake.TryGetProperty("headers", out var headers)
            && headers.ValueKind == JsonValueKind.Object
            && (headers.TryGetProperty("cf-connecting-ip", out var address)
                || headers.TryGetProperty("x-forwarded-for", out address)))
            return address;
        return handshake.TryGetProperty("address", out address)
            ? address : JsonElement.Parse("\"\"");
    }

    static Argument Write(Action<Utf8JsonWriter> write)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, options))
            write(writer);
        return Argument.FromJson(buffer.ToArray());
    }
}
