using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;

namespace Sluice.SocketIO.EngineIO;

/// <summary>
/// JSONP, for browsers from before CORS: an answer is a script that hands its text to a function
/// of the page, a POST is a form that has its text in the field "d".
/// </summary>
static class JsonPadding
{
    /// <summary>Escapes the two line separators too, which end a line of a script.</summary>
    static readonly JsonWriterOptions plain = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The script: <c>___eio[0]("...");</c>.</summary>
    /// <param name="index">
    /// Which of the page's functions, as the query's j has it; only its digits are used, so that
    /// nobody can choose the script's text.
    /// </param>
    /// <param name="body">Text in UTF-8.</param>
    public static byte[] Wrap(string index, ReadOnlySpan<byte> body)
    {
        using var script = new MemoryStream();
        script.Write("___eio["u8);
        foreach (var digit in index.Where(char.IsAsciiDigit))
            script.WriteByte((byte)digit);
        script.Write("]("u8);
        using (var json = new Utf8JsonWriter(script, plain))
            json.WriteStringValue(body);
        script.Write(");"u8);
        return script.ToArray();
    }

    /// <summary>The text in a form; null when there is none.</summary>
    public static byte[]? Unwrap(ReadOnlySpan<byte> form)
    {
        var fields = QueryHelpers.ParseQuery(Encoding.UTF8.GetString(form));
        if (!fields.TryGetValue("d", out var values) || values.Count != 1)
            return null;
        // Forms change line ends, so clients write "\n" for one, and "\\n" for a backslash and n.
        var text = values.ToString();
        var plainText = new StringBuilder(text.Length);
        for (var at = 0; at < text.Length; at++)
        {
            var rest = text.AsSpan(at);
            if (rest.StartsWith("\\\\n"))
            {
                plainText.Append("\\n");
                at += 2;
            }
            else if (rest.StartsWith("\\n"))
            {
                plainText.Append('\n');
                at++;
            }
            else
            {
                plainText.Append(text[at]);
            }
        }
        return Encoding.UTF8.GetBytes(plainText.ToString());
    }
}
