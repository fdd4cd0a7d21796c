using Sluice.SocketIO.Protocol;
using Sluice.SocketIO.Redis;
using Sluice.Unit.SocketIO.Sockets;

namespace Sluice.Unit.SocketIO.Redis;

public class ClusterQuestionsTests
{
    static readonly TimeSpan timeout = TimeSpan.FromSeconds(5);
    static readonly Packet ack = new() { Type = PacketType.Ack };

    readonly FakeTime time = new();
    readonly List<string> told = [];
    Action<int> onClientCount = _ => { };
    Action<Packet> onAck = _ => { };
    CancellationToken cancel;

    [Fact]
    public void A_question_is_forgotten_when_all_clients_have_answered()
    {
        var questions = new ClusterQuestions(time);
        Assert.True(Ask(questions));
        onClientCount(2);
        onAck(ack);
        Assert.False(cancel.IsCancellationRequested);
        onAck(ack);
        Assert.True(cancel.IsCancellationRequested);
        Assert.Equal(["2 clients", "ack", "ack"], told);
    }

    [Fact]
    public void A_question_to_no_client_is_forgotten_at_once()
    {
        Assert.True(Ask(new ClusterQuestions(time)));
        onClientCount(0);
        Assert.True(cancel.IsCancellationRequested);
    }

    [Fact]
    public void A_question_is_forgotten_when_nobody_waits_for_it_any_more()
    {
        Assert.True(Ask(new ClusterQuestions(time)));
        onClientCount(2);
        onAck(ack);
        time.Pass(timeout);
        Assert.True(cancel.IsCancellationRequested);
        onAck(ack);
        Assert.Equal(["2 clients", "ack", "ack"], told);
    }

    [Fact]
    public void Questions_are_bounded_and_make_room_again()
    {
        var questions = new ClusterQuestions(time);
        for (var i = 0; i < Sluice.SocketIO.Redis.Limits.QuestionsMax; i++)
            Assert.True(Ask(questions));
        Assert.False(Ask(questions));
        onClientCount(0);
        Assert.True(Ask(questions));
        Assert.False(Ask(questions));
        time.Pass(timeout);
        Assert.True(Ask(questions));
    }

    bool Ask(ClusterQuestions questions) => questions.TryAsk(
        (count, acked, stop) => (onClientCount, onAck, cancel) = (count, acked, stop), timeout,
        count => told.Add($"{count} clients"), _ => told.Add("ack"));
}
