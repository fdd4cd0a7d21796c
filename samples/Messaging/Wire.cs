using System.Text.Json;
using System.Text.Json.Serialization;

namespace Sluice.Samples.Messaging;

/// <summary>One message in either direction; fields that a type does not have are left out.</summary>
/// <param name="Type">
/// From a client: <c>message</c>, <c>received</c>, <c>ping</c>. To a client: <c>message</c>,
/// <c>accepted</c>, <c>delivered</c>, <c>refused</c>, <c>pong</c>.
/// </param>
/// <param name="Id">
/// Chosen by the sender of a message; everything about that message bears it.
/// </param>
public sealed record Wire(string Type, string? Id = null)
{
    public string? From { get; init; }

    public string? To { get; init; }

    public string? Text { get; init; }

    /// <summary>Why a message was refused.</summary>
    public string? Reason { get; init; }

    /// <summary>From being accepted to being received, in milliseconds.</summary>
    public double? Ms { get; init; }

    public byte[] Encode() => JsonSerializer.SerializeToUtf8Bytes(this, WireJson.Default.Wire);

    /// <summary>Null for what is not a message of this protocol.</summary>
    public static Wire? Decode(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, WireJson.Default.Wire);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>Numbers about deliveries and connections since the start.</summary>
public sealed record Stats(ConnectionStats Connections, MessageStats Messages);

/// <param name="OpenCount">Connections now.</param>
/// <param name="OpenedCount">Connections so far.</param>
/// <param name="DroppedCount">Those that ended without a close frame.</param>
/// <param name="ReconnectedCount">Those of a user who had been here before.</param>
/// <param name="RefusedCount">Handshakes that were refused.</param>
public sealed record ConnectionStats(
    int OpenCount, long OpenedCount, long DroppedCount, long ReconnectedCount, long RefusedCount);

/// <param name="AcceptedCount">Messages taken over from senders.</param>
/// <param name="DeliveredCount">Messages whose receipt was confirmed.</param>
/// <param name="WaitingCount">Messages held for their recipients now.</param>
/// <param name="RefusedCount">Messages not taken.</param>
/// <param name="DuplicateCount">Messages sent again that had been accepted already.</param>
/// <param name="DeliveryRate">Delivered of accepted, from 0 to 1.</param>
/// <param name="LatencyMs">From being accepted to being confirmed.</param>
public sealed record MessageStats(
    long AcceptedCount, long DeliveredCount, long WaitingCount, long RefusedCount,
    long DuplicateCount, double DeliveryRate, Client.LatencySummary LatencyMs);

[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Wire))]
[JsonSerializable(typeof(Stats))]
internal sealed partial class WireJson : JsonSerializerContext;
