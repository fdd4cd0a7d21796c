using System.Text;
using System.Text.Json;

namespace Sluice.SocketIO.Protocol;

/// <summary>What a received packet may carry, whatever parser brought it.</summary>
public static class PacketRules
{
    static readonly string[] reservedNames =
    [
        "connect", "connect_error", "disconnect", "disconnecting", "newListener",
        "removeListener",
    ];

    static readonly byte[][] reservedUtf8Names = [.. reservedNames.Select(Encoding.UTF8.GetBytes)];

    static readonly JsonReaderOptions readerOptions = new() { MaxDepth = Limits.JsonDepthMax };

    /// <summary>The event's name belongs to the protocol and cannot be sent.</summary>
    public static bool IsReserved(string name) => Array.IndexOf(reservedNames, name) >= 0;

    /// <summary>
    /// Whether the data suits the type of packet: connect takes an object or nothing, disconnect
    /// nothing, an event an array that begins with a name or a number, an acknowledgement an array.
    /// Checks the whole text, and that every placeholder has its attachment.
    /// </summary>
    /// <param name="type">The type of packet.</param>
    /// <param name="json">The data; empty when there is none.</param>
    /// <param name="attachmentsCount">How many attachments the header announced.</param>
    /// <param name="error">What is wrong, in the official parser's words.</param>
    public static bool TryValidate(
        PacketType type, ReadOnlySpan<byte> json, int attachmentsCount, out string? error)
    {
        error = "invalid payload";
        if (json.IsEmpty)
        {
            error = null;
            return true;
        }

        try
        {
            var reader = new Utf8JsonReader(json, readerOptions);
            if (!reader.Read() || !IsAllowed(type, ref reader))
                return false;
            var illegal = Scan(ref reader, attachmentsCount);
            error = illegal ? "illegal attachments" : null;
            return !illegal;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    static bool IsAllowed(PacketType type, ref Utf8JsonReader reader)
    {
        var token = reader.TokenType;
        switch (type)
        {
            case PacketType.Connect:
                return token == JsonTokenType.StartObject;
            case PacketType.ConnectError:
                return token is JsonTokenType.StartObject or JsonTokenType.String;
            case PacketType.Ack or PacketType.BinaryAck:
                return token == JsonTokenType.StartArray;
            case PacketType.Event or PacketType.BinaryEvent:
                return token == JsonTokenType.StartArray && reader.Read()
                    && (reader.TokenType == JsonTokenType.Number
                        || (reader.TokenType == JsonTokenType.String && !NamesReserved(reader)));
            default:
                return false;
        }
    }

    static bool NamesReserved(in Utf8JsonReader reader)
    {
        foreach (var name in reservedUtf8Names)
            if (JsonText.Equals(reader, name))
                return true;
        return false;
    }

    /// <summary>Reads to the end; true when a placeholder names no attachment.</summary>
    static bool Scan(ref Utf8JsonReader reader, int attachmentsCount)
    {
        var illegal = false;
        while (reader.Read())
        {
            if (attachmentsCount > 0 && !illegal && reader.TokenType == JsonTokenType.StartObject)
                illegal = Placeholder.Read(reader, out var number) == PlaceholderKind.Placeholder
                    && (number < 0 || number >= attachmentsCount);
        }

        return illegal;
    }
}
