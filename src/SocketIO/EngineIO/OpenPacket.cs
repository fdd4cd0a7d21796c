using System.Text.Json;

namespace Sluice.SocketIO.EngineIO;

/// <summary>What a session's client is told first: its id, and how to behave.</summary>
static class OpenPacket
{
    /// <summary>The packet with its type: <c>0{"sid":...}</c>.</summary>
    public static byte[] Write(LiveSession session)
    {
        var options = session.Server.Options;
        bool mayUpgrade = session.TransportName == "polling"
            && options.AllowUpgrades && options.Transports.Contains("websocket");
        using var text = new MemoryStream();
        text.WriteByte((byte)'0');
        using (var json = new Utf8JsonWriter(text))
        {
            json.WriteStartObject();
            json.WriteString("sid", session.Id);
            json.WriteStartArray("upgrades");
            if (mayUpgrade)
                json.WriteStringValue("websocket");
            json.WriteEndArray();
            json.WriteNumber("pingInterval", (long)options.PingInterval.TotalMilliseconds);
            json.WriteNumber("pingTimeout", (long)options.PingTimeout.TotalMilliseconds);
            json.WriteNumber("maxPayload", options.MaxHttpBufferSize);
            json.WriteEndObject();
        }
        return text.ToArray();
    }
}
