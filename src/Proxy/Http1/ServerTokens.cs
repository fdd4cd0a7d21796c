using System.Text;

namespace Sluice.Proxy.Http1;

/// <summary>server_tokens: how the gateway names itself in Server and on error pages.</summary>
public enum ServerTokens : byte
{
    /// <summary>"nginx".</summary>
    Off,

    /// <summary>"nginx/1.31.5".</summary>
    On,

    /// <summary>"nginx/1.31.5 (sluice/VERSION)".</summary>
    Build,
}

/// <summary>
/// The names that go with <see cref="ServerTokens"/>. They are nginx's, of the version whose
/// behaviour the gateway has, so that what reads them keeps working.
/// </summary>
public static class ServerNames
{
    static readonly byte[][] Names =
    [
        "nginx"u8.ToArray(),
        "nginx/1.31.5"u8.ToArray(),
        Encoding.ASCII.GetBytes($"nginx/1.31.5 (sluice/{Version()})"),
    ];

    /// <summary>The value of the Server header.</summary>
    public static ReadOnlySpan<byte> Name(ServerTokens tokens) => Names[(int)tokens];

    static string Version()
    {
        var version = typeof(ServerNames).Assembly.GetName().Version ?? new Version();
        return version.ToString(3);
    }
}
