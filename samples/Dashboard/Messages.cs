using System.Text.Json;
using System.Text.Json.Serialization;

namespace Sluice.Samples.Dashboard;

/// <summary>What is measured at a lock of the canal, and how far its gate is open.</summary>
/// <param name="Id">Its place in addresses.</param>
/// <param name="Name">What people call it.</param>
/// <param name="LevelM">Water level above the sill, in metres.</param>
/// <param name="FlowM3S">Through the gate, in cubic metres a second.</param>
/// <param name="GatePercent">0 is shut.</param>
public sealed record Station(
    string Id, string Name, double LevelM, double FlowM3S, int GatePercent);

/// <summary>A message of the WebSocket; fields that a type does not have are left out.</summary>
/// <param name="Type">
/// From a client: <c>ping</c>. To a client: <c>welcome</c>, <c>readings</c>, <c>gate</c>,
/// <c>pong</c>, <c>error</c>.
/// </param>
public sealed record LiveMessage(string Type)
{
    public string? User { get; init; }

    public IReadOnlyList<Station>? Stations { get; init; }

    public string? Station { get; init; }

    public int? GatePercent { get; init; }

    public string? Message { get; init; }

    public byte[] Encode() =>
        JsonSerializer.SerializeToUtf8Bytes(this, DashboardJson.Default.LiveMessage);
}

public sealed record LoginRequest(string? Name);

public sealed record LoginAnswer(string Token, string Name, int ExpiresInSeconds);

public sealed record GateRequest(int Percent);

public sealed record Health(string Status, int Connections, double UptimeSeconds);

[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(LiveMessage))]
[JsonSerializable(typeof(IReadOnlyList<Station>))]
[JsonSerializable(typeof(Station))]
[JsonSerializable(typeof(LoginRequest))]
[JsonSerializable(typeof(LoginAnswer))]
[JsonSerializable(typeof(GateRequest))]
[JsonSerializable(typeof(Health))]
internal sealed partial class DashboardJson : JsonSerializerContext;
