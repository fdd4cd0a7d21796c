using Sluice.SocketIO.EngineIO;

namespace Sluice.Unit.SocketIO.EngineIO;

/// <summary>Offers of permessage-deflate and what becomes of them (RFC 7692, section 7.1).</summary>
public sealed class DeflateAgreementTests
{
    const string Alone =
        "permessage-deflate; server_no_context_takeover; client_no_context_takeover";

    /// <summary>Takes over what it may, so that the answer shows what the client asks for.</summary>
    static readonly PerMessageDeflateOptions generous =
        new() { ServerNoContextTakeover = false, ClientNoContextTakeover = false };

    [Theory]
    [InlineData("permessage-deflate", Alone)]
    [InlineData("permessage-deflate; client_max_window_bits", Alone)]
    [InlineData("permessage-deflate; client_no_context_takeover", Alone)]
    [InlineData(
        "permessage-deflate; server_max_window_bits=10", Alone + "; server_max_window_bits=10")]
    public void Unless_asked_otherwise_no_context_is_taken_over(string offer, string answer) =>
        Assert.Equal(answer, Answer(offer, new()));

    [Theory]
    [InlineData("permessage-deflate", "permessage-deflate")]
    [InlineData("permessage-deflate; client_max_window_bits", "permessage-deflate")]
    [InlineData(
        "permessage-deflate; server_no_context_takeover",
        "permessage-deflate; server_no_context_takeover")]
    [InlineData(
        "permessage-deflate; client_no_context_takeover",
        "permessage-deflate; client_no_context_takeover")]
    [InlineData(
        "permessage-deflate; server_max_window_bits=15",
        "permessage-deflate; server_max_window_bits=15")]
    [InlineData(
        "permessage-deflate; server_max_window_bits=9",
        "permessage-deflate; server_no_context_takeover; server_max_window_bits=9")]
    [InlineData(
        "permessage-deflate; client_max_window_bits=8",
        "permessage-deflate; client_max_window_bits=8")]
    [InlineData(
        "permessage-deflate;client_max_window_bits=\"1\\0\"",
        "permessage-deflate; client_max_window_bits=10")]
    [InlineData(
        "x, permessage-deflate; server_max_window_bits=7, permessage-deflate",
        "permessage-deflate")]
    [InlineData(
        "permessage-deflate; unknown, permessage-deflate; server_no_context_takeover",
        "permessage-deflate; server_no_context_takeover")]
    [InlineData(
        "permessage-deflate; server_no_context_takeover, permessage-deflate",
        "permessage-deflate; server_no_context_takeover")]
    public void The_first_offer_that_can_be_is_accepted(string offers, string answer) =>
        Assert.Equal(answer, Answer(offers, generous));

    [Theory]
    [InlineData("x-webkit-deflate-frame")]
    [InlineData("Permessage-Deflate")]
    [InlineData("permessage-deflate; unknown")]
    [InlineData("permessage-deflate; server_no_context_takeover=1")]
    [InlineData("permessage-deflate; server_no_context_takeover; server_no_context_takeover")]
    [InlineData("permessage-deflate; client_no_context_takeover=true")]
    [InlineData("permessage-deflate; server_max_window_bits")]
    [InlineData("permessage-deflate; server_max_window_bits=7")]
    [InlineData("permessage-deflate; server_max_window_bits=16")]
    [InlineData("permessage-deflate; server_max_window_bits=08")]
    [InlineData("permessage-deflate; server_max_window_bits=1e1")]
    [InlineData("permessage-deflate; server_max_window_bits=10; server_max_window_bits=10")]
    [InlineData("permessage-deflate; client_max_window_bits=7")]
    [InlineData("permessage-deflate; client_max_window_bits=100")]
    [InlineData("permessage-deflate; client_max_window_bits; client_max_window_bits=10")]
    public void An_offer_that_is_not_understood_is_declined(string offer) =>
        Assert.Null(Answer(offer, generous));

    [Theory]
    [InlineData("permessage-deflate", null)]
    [InlineData(
        "permessage-deflate; client_max_window_bits",
        "permessage-deflate; server_max_window_bits=12; client_max_window_bits=11")]
    [InlineData(
        "permessage-deflate; client_max_window_bits=9; server_max_window_bits=13",
        "permessage-deflate; server_max_window_bits=12; client_max_window_bits=9")]
    public void A_window_is_as_short_as_either_side_wants_it(string offer, string? answer)
    {
        var options = new PerMessageDeflateOptions
        {
            ServerNoContextTakeover = false,
            ClientNoContextTakeover = false,
            ServerMaxWindowBits = 12,
            ClientMaxWindowBits = 11,
        };
        // A window of its own is what the compressor does without a context.
        Assert.Equal(
            answer?.Replace(
                "deflate;", "deflate; server_no_context_takeover;", StringComparison.Ordinal),
            Answer(offer, options));
    }

    [Theory]
    [InlineData("")]
    [InlineData(",")]
    [InlineData("permessage-deflate,")]
    [InlineData(", permessage-deflate")]
    [InlineData("permessage-deflate;")]
    [InlineData("permessage-deflate; =1")]
    [InlineData("permessage-deflate; a=")]
    [InlineData("permessage-deflate; a= 1")]
    [InlineData("permessage-deflate; a =1")]
    [InlineData("permessage-deflate; a=\"")]
    [InlineData("permessage-deflate; a=\"\"")]
    [InlineData("permessage-deflate; a=\"1")]
    [InlineData("permessage-deflate; a=\"1 2\"")]
    [InlineData("permessage-deflate; a=\"1\\")]
    [InlineData("permessage-deflate; a=\"1\"2")]
    [InlineData("permessage deflate")]
    [InlineData("permessage-deflate; a b")]
    [InlineData("(permessage-deflate)")]
    [InlineData("permessage-déflate")]
    public void A_header_that_is_malformed_is_no_offer(string header) =>
        Assert.False(WebSocketExtensions.TryParse(header, out _));

    [Fact]
    public void Parameters_are_kept_in_their_order_with_their_values()
    {
        Assert.True(WebSocketExtensions.TryParse(
            "a , b;c ; d=1\t;\td=\"x\\y\", b", out var extensions));
        Assert.Equal(["a", "b", "b"], extensions.Select(extension => extension.Name));
        Assert.Equal(
            [new("c", null), new("d", "1"), new KeyValuePair<string, string?>("d", "xy")],
            extensions[1].Parameters);
    }

    static string? Answer(string header, PerMessageDeflateOptions options)
    {
        Assert.True(WebSocketExtensions.TryParse(header, out var offered));
        return DeflateAgreement.Choose(offered, options)?.Header;
    }
}
