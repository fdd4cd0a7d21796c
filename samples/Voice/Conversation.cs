using System.Diagnostics;
using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Sluice.Samples.Voice;

/// <summary>A control message: everything that is not audio.</summary>
/// <param name="Type">
/// From a client: <c>ping</c>, <c>end</c> (of what it says). To a client: <c>ready</c>,
/// <c>pong</c>, <c>answer_start</c>, <c>answer_end</c>, <c>error</c>.
/// </param>
internal sealed record Control(string Type)
{
    public string? Language { get; init; }

    public string? VoiceType { get; init; }

    public int? SampleRate { get; init; }

    public int? FrameBytes { get; init; }

    /// <summary>Frames of the answer.</summary>
    public int? Frames { get; init; }

    /// <summary>From the end of what was said to the whole answer being sent.</summary>
    public double? Ms { get; init; }

    public string? Message { get; init; }
}

/// <summary>What a client asks for when it connects.</summary>
/// <param name="Language">Two letters; told back, and otherwise the business of a real model.</param>
/// <param name="VoiceType">"female" answers higher than one speaks, "male" lower.</param>
internal sealed record VoiceSettings(string Language, string VoiceType)
{
    public double Shift => VoiceType == "female" ? 1.25 : 0.8;

    /// <summary>Null when one of the values is unknown.</summary>
    public static VoiceSettings? From(string? language, string? voiceType)
    {
        language ??= "en";
        voiceType ??= "female";
        return language.Length == 2 && voiceType is "female" or "male"
            ? new VoiceSettings(language, voiceType)
            : null;
    }
}

/// <summary>
/// One client: binary messages are audio, text messages are control. What it says comes back in
/// another voice; a real service would put its models between <see cref="Utterance"/> and answer.
/// </summary>
internal sealed class Conversation(WebSocket socket, VoiceSettings settings, VoiceStatus status)
{
    readonly Utterance utterance = new();

    /// <summary>Serves the connection until it ends.</summary>
    public async Task ServeAsync(CancellationToken stopping)
    {
        await SendAsync(
            new Control("ready")
            {
                Language = settings.Language,
                VoiceType = settings.VoiceType,
                SampleRate = Audio.SampleRate,
                FrameBytes = Audio.FrameBytes,
            },
            stopping);
        byte[] buffer = new byte[Limits.MessageBytesMax];
        int length = 0;
        while (true)
        {
            var part = await socket.ReceiveAsync(buffer.AsMemory(length), stopping);
            length += part.Count;
            if (part.MessageType == WebSocketMessageType.Close)
            {
                await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, stopping);
                return;
            }
            if (part.EndOfMessage)
            {
                var message = buffer.AsMemory(0, length);
                await (part.MessageType == WebSocketMessageType.Binary
                    ? HearAsync(message, stopping)
                    : ObeyAsync(message, stopping));
                length = 0;
            }
            else if (length == buffer.Length)
            {
                await socket.CloseOutputAsync(
                    WebSocketCloseStatus.MessageTooBig, "a message is too long", stopping);
                return;
            }
        }
    }

    async Task HearAsync(ReadOnlyMemory<byte> frame, CancellationToken stopping)
    {
        status.Heard(frame.Length);
        if (utterance.Add(Audio.Samples(frame.Span)))
        {
            await AnswerAsync(stopping);
        }
    }

    async Task ObeyAsync(ReadOnlyMemory<byte> message, CancellationToken stopping)
    {
        switch (Decode(message.Span)?.Type)
        {
            case "ping":
                await SendAsync(new Control("pong"), stopping);
                break;
            case "end" when !utterance.IsEmpty:
                await AnswerAsync(stopping);
                break;
            case "end":
                await SendAsync(new Control("error") { Message = "nothing was heard" }, stopping);
                break;
            default:
                await SendAsync(
                    new Control("error") { Message = "not a message of this protocol" }, stopping);
                break;
        }
    }

    async Task AnswerAsync(CancellationToken stopping)
    {
        long start = Stopwatch.GetTimestamp();
        byte[] answer = Audio.Bytes(Audio.Shift(utterance.Take(), settings.Shift)).ToArray();
        int frames = (answer.Length + Audio.FrameBytes - 1) / Audio.FrameBytes;
        await SendAsync(new Control("answer_start") { Frames = frames }, stopping);
        for (int at = 0; at < answer.Length; at += Audio.FrameBytes)
        {
            int bytes = Math.Min(Audio.FrameBytes, answer.Length - at);
            await socket.SendAsync(
                answer.AsMemory(at, bytes), WebSocketMessageType.Binary, true, stopping);
        }
        var elapsed = Stopwatch.GetElapsedTime(start);
        status.Answered(answer.Length);
        await SendAsync(
            new Control("answer_end")
            {
                Frames = frames,
                Ms = Math.Round(elapsed.TotalMilliseconds, 2),
            },
            stopping);
    }

    ValueTask SendAsync(Control control, CancellationToken stopping) => socket.SendAsync(
        JsonSerializer.SerializeToUtf8Bytes(control, VoiceJson.Default.Control).AsMemory(),
        WebSocketMessageType.Text, true, stopping);

    static Control? Decode(ReadOnlySpan<byte> message)
    {
        try
        {
            return JsonSerializer.Deserialize(message, VoiceJson.Default.Control);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Control))]
[JsonSerializable(typeof(VoiceReport))]
[JsonSerializable(typeof(VoiceHealth))]
[JsonSerializable(typeof(VoiceEndpoint[]))]
internal sealed partial class VoiceJson : JsonSerializerContext;
