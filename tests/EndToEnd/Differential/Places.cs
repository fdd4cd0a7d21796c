using System.Net;
using Sluice.EndToEnd.Servers;

namespace Sluice.EndToEnd.Differential;

/// <summary>
/// The placeholders of configurations and cases: <c>%listen%</c>, <c>%listen2%</c>,
/// <c>%listen3%</c> and <c>%port%</c> of the proxy, <c>%a%</c> to <c>%d%</c> for the backends,
/// <c>%refused%</c> for a port nobody listens on, <c>%prefix%</c>.
/// </summary>
sealed class Places(
    ProxyKind kind, IReadOnlyList<int> ports, IReadOnlyList<ScriptedBackend> backends,
    string refused)
{
    public ProxyKind Kind => kind;

    /// <summary>Known once the proxy has been given one.</summary>
    public string Prefix { get; set; } = "";

    public IReadOnlyList<IPEndPoint> Listens { get; } =
        [.. ports.Select(port => new IPEndPoint(AddressOf(kind), port))];

    public static IPAddress AddressOf(ProxyKind kind) => Loopback.Host(1 + (int)kind);

    public string Fill(string text)
    {
        for (var at = 0; at < backends.Count; at++)
            text = text.Replace($"%{(char)('a' + at)}%", backends[at].Address);
        text = text.Replace("%listen%", Listens[0].ToString())
            .Replace("%listen2%", Listens[1].ToString())
            .Replace("%listen3%", Listens[2].ToString())
            .Replace("%port%", Listens[0].Port.ToString())
            .Replace("%refused%", refused);
        return Prefix.Length > 0 ? text.Replace("%prefix%", Prefix) : text;
    }

    /// <summary>What is this side's own, and the word for it in a comparison.</summary>
    public IReadOnlyList<(string Own, string Word)> Words() =>
    [
        .. backends.Select((backend, at) => (backend.Address, $"BACKEND-{(char)('A' + at)}")),
        (refused, "REFUSED"),
        (Listens[0].Address.ToString(), "ADDRESS"),
        .. Listens.Select((listen, at) => ($":{listen.Port}", $":PORT{at + 1}")),
        (Prefix, "PREFIX"),
    ];
}
