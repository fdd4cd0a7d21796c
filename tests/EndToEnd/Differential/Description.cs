using System.Text;
using Sluice.EndToEnd.Servers;

namespace Sluice.EndToEnd.Differential;

/// <summary>An observation as text, for whoever writes a case or looks at one that fails.</summary>
static class Description
{
    /// <summary>Characters of one body or tunnel that are shown.</summary>
    const int BodyCharsMax = 300;

    public static string Of(Observation seen)
    {
        var text = new StringBuilder();
        foreach (var client in seen.Clients)
        {
            foreach (var response in client.Responses)
                Message(text, "  < ", response);
            Bytes(text, "  < rest: ", client.Rest);
            text.Append("  ").Append(client.End).Append('\n');
        }
        foreach (var request in seen.Requests)
        {
            text.Append($"  backend {request.Backend}, connection {request.Connection}\n");
            if (request.Message is { } message)
                Message(text, "    > ", message);
            Bytes(text, "    > tunnel: ", request.Tunnel);
        }
        foreach (var line in seen.AccessLog.Concat(seen.Logs.Values.SelectMany(lines => lines)))
            text.Append("  log: ").Append(line).Append('\n');
        foreach (var line in seen.ErrorLog)
            text.Append("  error log: ").Append(line).Append('\n');
        if (seen.Failure.Length > 0)
            text.Append("  FAILED: ").Append(seen.Failure).Append('\n');
        return text.ToString();
    }

    static void Message(StringBuilder text, string lead, HttpMessage message)
    {
        text.Append(lead).Append(message.StartLine).Append('\n');
        foreach (var line in message.Headers)
            text.Append(lead).Append(line).Append('\n');
        Bytes(text, lead + $"{message.Framing} {message.Body.Length}: ", message.Body);
        foreach (var line in message.Trailers)
            text.Append(lead).Append("trailer ").Append(line).Append('\n');
    }

    static void Bytes(StringBuilder text, string lead, byte[] bytes)
    {
        if (bytes.Length == 0)
            return;
        var piece = Encoding.Latin1.GetString(bytes, 0, Math.Min(bytes.Length, BodyCharsMax));
        text.Append(lead).Append(piece.Replace("\r", "\\r").Replace("\n", "\\n")).Append('\n');
    }
}
