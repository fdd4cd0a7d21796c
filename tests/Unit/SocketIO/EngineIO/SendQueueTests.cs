using Sluice.SocketIO.EngineIO;

namespace Sluice.Unit.SocketIO.EngineIO;

public class SendQueueTests
{
    [Fact]
    public void A_session_that_drops_the_newest_stays_and_takes_what_fits_later()
    {
        var client = Full(SendQueuePolicy.DropNewest);
        Assert.False(client.Session.Send([Of(1)]));
        Assert.Empty(client.Reasons);
        client.IsStuck = false;
        client.Pump();
        Assert.True(client.Session.Send([Of(1)]));
        Assert.Equal([300, 1], client.Sent.Select(text => text.Length));
    }

    [Fact]
    public void A_message_that_does_not_fit_is_dropped_with_its_attachments()
    {
        var client = new FakeTransport(
            new() { MaxSendQueueBytes = 300, SendQueuePolicy = SendQueuePolicy.DropNewest });
        Assert.Single(client.Sent);
        client.IsStuck = true;
        Assert.True(client.Session.Send([Of(100)]));
        Assert.False(client.Session.Send([Of(1), Of(250)]));
        Assert.True(client.Session.Send([Of(200)]));
        client.IsStuck = false;
        client.Pump();
        Assert.Equal([100, 200], client.Sent.Select(text => text.Length));
    }

    [Fact]
    public void A_session_that_disconnects_ends()
    {
        var client = Full(SendQueuePolicy.Disconnect);
        Assert.False(client.Session.Send([Of(1)]));
        Assert.Equal([CloseReasons.TransportError], client.Reasons);
    }

    [Fact]
    public async Task Who_waits_goes_on_when_the_last_message_was_taken()
    {
        var client = Full(SendQueuePolicy.Disconnect);
        var drained = client.Session.DrainAsync(TestContext.Current.CancellationToken);
        Assert.False(drained.IsCompleted);
        client.IsStuck = false;
        client.Pump();
        Assert.True(await drained);
        Assert.True(await client.Session.DrainAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Who_waits_is_told_when_the_session_ends()
    {
        var client = Full(SendQueuePolicy.Disconnect);
        var drained = client.Session.DrainAsync(TestContext.Current.CancellationToken);
        client.Session.End(CloseReasons.TransportClose);
        Assert.False(await drained);
        Assert.False(await client.Session.DrainAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Who_waits_can_stop_waiting()
    {
        var client = Full(SendQueuePolicy.Disconnect);
        using var cancel = new CancellationTokenSource();
        var drained = client.Session.DrainAsync(cancel.Token);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => drained);
    }

    [Fact]
    public void A_session_that_closes_waits_for_its_client_for_a_bounded_time()
    {
        var client = Full(SendQueuePolicy.Disconnect);
        client.Session.Close("the reason");
        Assert.True(client.HasSaidGoodbye);
        client.Time.Pass(EngineLimits.Close - TimeSpan.FromMilliseconds(1));
        Assert.Empty(client.Reasons);
        client.Time.Pass(TimeSpan.FromMilliseconds(1));
        Assert.Equal(["the reason"], client.Reasons);
    }

    [Theory]
    [InlineData("polling", true)]
    [InlineData("websocket", false)]
    public void A_server_that_shuts_down_waits_for_websockets_alone(string name, bool isEnded)
    {
        var client = new FakeTransport(new(), name: name);
        client.Session.CloseNow(CloseReasons.ServerShuttingDown);
        Assert.True(client.HasSaidGoodbye);
        Assert.Equal(isEnded ? [CloseReasons.ServerShuttingDown] : [], client.Reasons);
    }

    [Theory]
    [InlineData(4, "bAAE=", "0001")]
    [InlineData(4, "bAAE", "0001")]
    [InlineData(3, "b4AAE=", "0001")]
    public void An_attachment_may_stand_in_a_text(int version, string packet, string bytes)
    {
        var client = new FakeTransport(new(), version);
        Assert.True(client.Receive(packet));
        Assert.Equal([bytes], client.Received);
    }

    [Fact]
    public void An_attachment_of_a_type_that_does_not_exist_means_nothing()
    {
        var client = new FakeTransport(new(), version: 3);
        Assert.True(client.Receive("bAAE="));
        Assert.Empty(client.Received);
        Assert.Empty(client.Reasons);
    }

    [Theory]
    [InlineData(4, "a")]
    [InlineData(3, "a")]
    public void A_text_that_is_no_packet_ends_the_session(int version, string packet)
    {
        var client = new FakeTransport(new(), version);
        Assert.False(client.Receive(packet));
        Assert.Equal([CloseReasons.ParseError], client.Reasons);
    }

    [Theory]
    [InlineData("2")]
    [InlineData("9")]
    public void What_breaks_rules_does_not_cut_a_goodbye_short(string packet)
    {
        var client = new FakeTransport(new());
        client.Session.Close();
        Assert.False(client.Receive(packet));
        Assert.Empty(client.Reasons);
    }

    /// <summary>300 bytes may wait, and do.</summary>
    static FakeTransport Full(SendQueuePolicy policy)
    {
        var client = new FakeTransport(new() { MaxSendQueueBytes = 300, SendQueuePolicy = policy });
        Assert.Single(client.Sent);
        client.IsStuck = true;
        Assert.True(client.Session.Send([Of(300)]));
        return client;
    }

    static EngineMessage Of(int length) => new(new byte[length], IsBinary: true);
}
