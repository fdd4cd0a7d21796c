using System.Text.Json;

namespace Sluice.SocketIO;

/// <summary>
/// A handshake as other nodes see it, in the official server's form. What may be a secret (the
/// auth payload, cookies, authorization) is left out.
/// </summary>
static class HandshakeJson
{
    public static ReadOnlyMemory<byte> Write(SocketHandshake handshake)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteStartObject("headers"u8);
            foreach (var (name, values) in handshake.Headers)
                if (!IsSecret(name))
                    writer.WriteString(name.ToLowerInvariant(), values.ToString());
            writer.WriteEndObject();
            writer.WriteString("time"u8, handshake.Time.UtcDateTime.ToString("R"));
            writer.WriteString("address"u8, handshake.Address);
            writer.WriteBoolean("xdomain"u8, handshake.IsCrossDomain);
            writer.WriteBoolean("secure"u8, handshake.IsSecure);
            writer.WriteNumber("issued"u8, handshake.Issued.ToUnixTimeMilliseconds());
            writer.WriteString("url"u8, "/socket.io/");
            writer.WriteStartObject("query"u8);
            foreach (var name in (ReadOnlySpan<string>)["EIO", "transport"])
                if (handshake.Query.TryGetValue(name, out var value))
                    writer.WriteString(name, value.ToString());
            writer.WriteEndObject();
            writer.WriteStartObject("auth"u8);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        return buffer.ToArray();
    }

    static bool IsSecret(string name) =>
        name.Equals("Authorization", StringComparison.OrdinalIgnoreCase)
        || name.Equals("Cookie", StringComparison.OrdinalIgnoreCase)
        || name.Equals("Proxy-Authorization", StringComparison.OrdinalIgnoreCase);
}
