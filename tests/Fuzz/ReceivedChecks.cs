using System.Text;
using System.Text.Unicode;
using Sluice.SocketIO.Protocol;

namespace Sluice.Fuzz;

/// <summary>What a client may be sent because of what another node says.</summary>
static class ReceivedChecks
{
    /// <summary>A byte of nothing becomes a placeholder of 30 at most.</summary>
    const int SentBytesPerByte = 40;

    /// <summary>Whole packets of the namespace and nothing else; questions are answered.</summary>
    /// <returns>The events as texts, without their attachments.</returns>
    public static List<string> Check(FakeClient client, int messageLength)
    {
        var decoder = JsonPacketParser.Instance.CreateDecoder();
        var questions = new List<long>();
        var events = new List<string>();
        foreach (var message in client.Received)
        {
            Promise.Holds(message.Bytes.Length <= SentBytesPerByte * messageLength + 100, "size");
            Promise.Holds(
                message.IsBinary || Utf8.IsValid(message.Bytes.Span), "a text is UTF-8");
            if (message.Bytes.Span is [(byte)'4', (byte)'0' or (byte)'1', ..] && !message.IsBinary)
                continue;
            var status = decoder.Decode(
                message.IsBinary ? message.Bytes.Span : message.Bytes.Span[1..],
                message.IsBinary, out var packet, out var error);
            Promise.Holds(status != DecodeStatus.Rejected, "a client takes it: " + error);
            if (packet is null)
                continue;
            if (packet.Id is { } id)
                questions.Add(id);
            Promise.Same("/", packet.Namespace, "namespace");
            events.Add(Encoding.UTF8.GetString(packet.Json.Span));
        }

        foreach (var id in questions)
            client.Acknowledge(id);
        return events;
    }
}
