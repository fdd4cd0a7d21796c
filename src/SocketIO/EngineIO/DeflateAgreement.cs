using System.Text;

namespace Sluice.SocketIO.EngineIO;

/// <summary>
/// What a client and the server have agreed on of permessage-deflate (RFC 7692, section 7.1).
/// </summary>
sealed record DeflateAgreement
{
    /// <summary>The shortest window has 256 bytes.</summary>
    public const int BitsMin = 8;

    /// <summary>The longest window has 32 KB.</summary>
    public const int BitsMax = 15;

    const string Name = "permessage-deflate";
    const string ServerTakeover = "server_no_context_takeover";
    const string ClientTakeover = "client_no_context_takeover";
    const string ServerWindow = "server_max_window_bits";
    const string ClientWindow = "client_max_window_bits";

    /// <summary>Messages to the client may refer to earlier ones.</summary>
    public required bool IsServerTakingOver { get; init; }

    /// <summary>The client's messages may refer to earlier ones.</summary>
    public required bool IsClientTakingOver { get; init; }

    /// <summary>How far back messages to the client may refer.</summary>
    public required int ServerBits { get; init; }

    /// <summary>How far back the client's messages may refer.</summary>
    public required int ClientBits { get; init; }

    /// <summary>The extension as the answer names it.</summary>
    public required string Header { get; init; }

    /// <summary>The first offer that can be accepted; null when there is none.</summary>
    public static DeflateAgreement? Choose(
        List<WebSocketExtension> offered, PerMessageDeflateOptions options)
    {
        foreach (var extension in offered)
        {
            if (extension.Name == Name && Offer.Read(extension.Parameters) is { } offer
                && Accept(offer, options) is { } agreed)
                return agreed;
        }

        return null;
    }

    static DeflateAgreement? Accept(in Offer offer, PerMessageDeflateOptions options)
    {
        // A client that does not name the parameter may not be told a window.
        if (options.ClientMaxWindowBits is not null && !offer.HasClientBits)
            return null;
        var serverBits = Math.Min(
            offer.ServerBits ?? BitsMax, options.ServerMaxWindowBits ?? BitsMax);
        var clientBits = Math.Min(
            offer.ClientBits ?? BitsMax, options.ClientMaxWindowBits ?? BitsMax);
        // The compressor at hand has one window, so that a shorter one is a matter of what it is
        // given at a time.
        var isServerTakingOver = !options.ServerNoContextTakeover
            && !offer.IsServerAsked && serverBits == BitsMax;
        var isClientTakingOver = !options.ClientNoContextTakeover && !offer.IsClientOffering;
        var header = new StringBuilder(Name);
        if (!isServerTakingOver)
            header.Append("; ").Append(ServerTakeover);
        if (!isClientTakingOver)
            header.Append("; ").Append(ClientTakeover);
        if ((offer.ServerBits ?? options.ServerMaxWindowBits) is not null)
            header.Append("; ").Append(ServerWindow).Append('=').Append(serverBits);
        if ((offer.ClientBits ?? options.ClientMaxWindowBits) is not null)
            header.Append("; ").Append(ClientWindow).Append('=').Append(clientBits);
        return new DeflateAgreement
        {
            IsServerTakingOver = isServerTakingOver,
            IsClientTakingOver = isClientTakingOver,
            ServerBits = serverBits,
            ClientBits = clientBits,
            Header = header.ToString(),
        };
    }

    /// <summary>What a client asks for, or lets the server ask for.</summary>
    readonly record struct Offer
    {
        public bool IsServerAsked { get; init; }

        public bool IsClientOffering { get; init; }

        public int? ServerBits { get; init; }

        public bool HasClientBits { get; init; }

        public int? ClientBits { get; init; }

        /// <summary>Null when a parameter is unknown, given twice or has no valid value.</summary>
        public static Offer? Read(List<KeyValuePair<string, string?>> parameters)
        {
            var offer = new Offer();
            foreach (var (name, value) in parameters)
            {
                Offer? next = name switch
                {
                    ServerTakeover when value is null && !offer.IsServerAsked =>
                        offer with { IsServerAsked = true },
                    ClientTakeover when value is null && !offer.IsClientOffering =>
                        offer with { IsClientOffering = true },
                    ServerWindow when offer.ServerBits is null && BitsOf(value) is { } bits =>
                        offer with { ServerBits = bits },
                    ClientWindow when !offer.HasClientBits && value is null =>
                        offer with { HasClientBits = true },
                    ClientWindow when !offer.HasClientBits && BitsOf(value) is { } bits =>
                        offer with { HasClientBits = true, ClientBits = bits },
                    _ => null,
                };
                if (next is null)
                    return null;
                offer = next.Value;
            }

            return offer;
        }

        /// <summary>8 to 15 without leading zeros.</summary>
        static int? BitsOf(string? value) => value switch
        {
            "8" => 8,
            "9" => 9,
            ['1', >= '0' and <= '5' and var digit] => 10 + digit - '0',
            _ => null,
        };
    }
}
