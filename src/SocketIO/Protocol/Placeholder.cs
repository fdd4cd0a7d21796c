using System.Text.Json;

namespace Sluice.SocketIO.Protocol;

enum PlaceholderKind
{
    /// <summary>An object like any other.</summary>
    None,

    /// <summary>It stands for an attachment.</summary>
    Placeholder,
}

/// <summary><c>{"_placeholder":true,"num":0}</c>: where an attachment belongs.</summary>
static class Placeholder
{
    /// <summary>Writes the object with its members in the order that every client expects.</summary>
    public static void Write(Utf8JsonWriter writer, int number)
    {
        writer.WriteStartObject();
        writer.WriteBoolean("_placeholder"u8, true);
        writer.WriteNumber("num"u8, number);
        writer.WriteEndObject();
    }

    /// <summary>
    /// Looks at the object that the reader (a copy) stands at the start of. As in the official
    /// parser any object with <c>"_placeholder":true</c> is one, whatever else is in it.
    /// </summary>
    /// <param name="reader">A copy; the caller's does not move.</param>
    /// <param name="number">The attachment's number, -1 when there is none.</param>
    public static PlaceholderKind Read(Utf8JsonReader reader, out int number)
    {
        number = -1;
        var kind = PlaceholderKind.None;
        var depth = reader.CurrentDepth;
        while (reader.Read() && reader.CurrentDepth > depth)
        {
            // Members of this object alone; what is nested in it is skipped.
            if (reader.TokenType != JsonTokenType.PropertyName)
                continue;
            var isMark = JsonText.Equals(reader, "_placeholder"u8);
            var isNumber = !isMark && JsonText.Equals(reader, "num"u8);
            reader.Read();
            if (isMark)
                kind = reader.TokenType == JsonTokenType.True
                    ? PlaceholderKind.Placeholder : PlaceholderKind.None;
            else if (isNumber)
                number = reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var n)
                    ? n : -1;
            reader.Skip();
        }

        return kind;
    }
}
