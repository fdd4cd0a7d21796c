using Sluice.SocketIO.EngineIO;

namespace Sluice.Unit.SocketIO.EngineIO;

/// <summary>Pings every 300 ms, which have 200 ms to be answered.</summary>
public class HeartbeatTests
{
    static readonly TimeSpan moment = TimeSpan.FromMilliseconds(1);
    readonly FakeTransport client = New(version: 4);

    [Fact]
    public void A_ping_is_sent_when_the_interval_has_passed_and_not_before()
    {
        Pass(299);
        Assert.Empty(client.Sent);
        Pass(1);
        Assert.Equal(["2"], client.Sent);
    }

    [Fact]
    public void A_client_that_answers_is_pinged_an_interval_after_its_answer()
    {
        Pass(300);
        Pass(150);
        client.Receive("3");
        Pass(299);
        Assert.Equal(["2"], client.Sent);
        Pass(1);
        Assert.Equal(["2"], client.Sent);
        Assert.Empty(client.Reasons);
    }

    [Fact]
    public void A_silent_client_is_given_up_after_interval_and_timeout_and_not_before()
    {
        Pass(300);
        Pass(199);
        Assert.Empty(client.Reasons);
        client.Time.Pass(moment);
        Assert.Equal([CloseReasons.PingTimeout], client.Reasons);
        Assert.True(client.IsAborted);
    }

    [Fact]
    public void A_timer_that_fires_late_does_not_prolong_the_session()
    {
        Pass(450);
        Assert.Equal(["2"], client.Sent);
        Pass(50);
        Assert.Equal([CloseReasons.PingTimeout], client.Reasons);
    }

    [Fact]
    public void The_first_packet_instead_of_a_pong_gives_time_once_more()
    {
        Pass(300);
        Pass(150);
        client.Receive("4a");
        Pass(150);
        client.Receive("4b");
        Pass(49);
        Assert.Empty(client.Reasons);
        Pass(1);
        Assert.Equal([CloseReasons.PingTimeout], client.Reasons);
        Assert.Equal(["a", "b"], client.Received);
    }

    [Fact]
    public void A_ping_is_queued_for_a_client_that_does_not_read_and_it_is_given_up_all_the_same()
    {
        client.IsStuck = true;
        Pass(300);
        Assert.True(client.Session.HasQueued);
        Pass(200);
        Assert.Equal([CloseReasons.PingTimeout], client.Reasons);
    }

    [Fact]
    public void A_full_queue_has_room_for_a_ping()
    {
        var full = new FakeTransport(new EngineOptions
        {
            MaxSendQueueBytes = 200,
            PingInterval = TimeSpan.FromMilliseconds(300),
        });
        full.IsStuck = true;
        Assert.True(full.Session.Send([new EngineMessage(new byte[200], IsBinary: true)]));
        full.Time.Pass(TimeSpan.FromMilliseconds(300));
        full.IsStuck = false;
        full.Pump();
        Assert.Contains("2", full.Sent);
        Assert.Empty(full.Reasons);
    }

    [Fact]
    public void A_client_of_version_4_that_pings_is_ended()
    {
        client.Receive("2");
        Assert.Equal([CloseReasons.TransportError], client.Reasons);
    }

    [Fact]
    public void A_client_of_version_3_pings_and_is_answered_without_its_words()
    {
        var old = New(version: 3);
        old.Time.Pass(TimeSpan.FromMilliseconds(499));
        Assert.Empty(old.Sent);
        old.Receive("2probe");
        Assert.Equal(["3"], old.Sent);
        old.Time.Pass(TimeSpan.FromMilliseconds(499));
        old.Receive("4a");
        Assert.Empty(old.Reasons);
        old.Time.Pass(moment);
        Assert.Equal([CloseReasons.PingTimeout], old.Reasons);
    }

    [Fact]
    public void A_client_of_version_3_that_answers_a_ping_is_ended()
    {
        var old = New(version: 3);
        old.Receive("3");
        Assert.Equal([CloseReasons.TransportError], old.Reasons);
    }

    static FakeTransport New(int version)
    {
        var client = new FakeTransport(
            new EngineOptions
            {
                PingInterval = TimeSpan.FromMilliseconds(300),
                PingTimeout = TimeSpan.FromMilliseconds(200),
            },
            version);
        Assert.StartsWith("0{", client.Sent.Single(), StringComparison.Ordinal);
        return client;
    }

    void Pass(int milliseconds) => client.Time.Pass(TimeSpan.FromMilliseconds(milliseconds));
}
