using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Sluice.SocketIO;
using Sluice.SocketIO.Adapters;
using Sluice.SocketIO.EngineIO;
using Sluice.SocketIO.Protocol;
using Sluice.SocketIO.Redis;
using Sluice.Unit.SocketIO.Sockets;

namespace Sluice.Unit.SocketIO.Redis;

/// <summary>
/// What becomes of things that are sent while the connection to Redis breaks, or Redis is away.
/// The test is Redis, and reads the stream.
/// </summary>
public sealed class StreamSenderTests : IRedisClient, IAdapterHost, IStreamOrder
{
    static readonly TimeSpan patience = TimeSpan.FromSeconds(4);

    readonly FakeTime time = new();
    readonly StreamSender sender;
    readonly List<string> done = [];

    /// <summary>Commands that Redis has not answered.</summary>
    readonly List<(string Name, TaskCompletionSource<RedisValue> Answer, CancellationToken Cancel)>
        asked = [];
    readonly Queue<TaskCompletionSource<bool>> catchingUp = new();
    StreamId position;

    public StreamSenderTests() => sender = new StreamSender(
        this, this, patience, new ClusterPublisher(this, this, NullLogger.Instance), this);

    [Fact]
    public void What_is_read_back_is_done_with_its_id_and_in_the_streams_order()
    {
        Send("a", "b");
        Assert.Equal(["XADD a", "XADD b"], Asked);
        Answer(0, "1-0");
        Answer(0, "2-0");
        Assert.Empty(done);
        Read("1-0", "a");
        Read("2-0", "b");
        // Nobody's, or done already.
        Read("3-0", "a");
        Assert.Equal(["a 1-0", "b 2-0"], done);
    }

    [Fact]
    public void It_may_be_read_before_Redis_has_answered()
    {
        Send("a");
        Read("1-0", "a");
        Answer(0, "1-0");
        Assert.Equal(["a 1-0"], done);
    }

    [Fact]
    public void What_was_read_past_is_done_when_Redis_answers()
    {
        Send("a");
        position = new StreamId(5, 0);
        Answer(0, "4-0");
        Assert.Equal(["a 4-0"], done);
    }

    [Fact]
    public void What_was_under_way_when_the_connection_broke_goes_out_again_in_order()
    {
        Send("a", "b", "c");
        Answer(0, "1-0");
        Break();
        Send("d");
        Assert.Empty(asked);
        // The stream has a, and b too, whose answer was lost.
        Read("1-0", "a");
        Read("2-0", "b");
        catchingUp.Dequeue().SetResult(true);
        Assert.Equal(["XADD c", "XADD d"], Asked);
        Answer(0, "3-0");
        Answer(0, "4-0");
        Read("3-0", "c");
        Read("4-0", "d");
        Assert.Equal(["a 1-0", "b 2-0", "c 3-0", "d 4-0"], done);
    }

    [Fact]
    public void The_next_connection_may_break_too()
    {
        Send("a");
        Break();
        catchingUp.Dequeue().SetException(new RedisException("lost again"));
        time.Pass(TimeSpan.FromMilliseconds(20));
        catchingUp.Dequeue().SetResult(true);
        Break();
        catchingUp.Dequeue().SetResult(true);
        Assert.Equal(["XADD a"], Asked);
        Answer(0, "1-0");
        Read("1-0", "a");
        Assert.Equal(["a 1-0"], done);
    }

    [Fact]
    public void What_Redis_refuses_is_done_here_alone_and_in_its_turn()
    {
        Send("a", "b");
        Fail(1, new RedisException("OOM") { IsRefusal = true });
        Assert.Empty(done);
        Answer(0, "1-0");
        Read("1-0", "a");
        Assert.Equal(["a 1-0", "b "], done);
    }

    [Fact]
    public void A_Redis_that_does_not_answer_holds_nothing_up_for_longer_than_it_may()
    {
        Send("a");
        time.Pass(patience - TimeSpan.FromSeconds(1));
        Send("b");
        sender.Tick();
        Assert.Empty(done);
        time.Pass(TimeSpan.FromSeconds(1));
        sender.Tick();
        Assert.Equal(["a ", "b "], done);
        // What has not gone out must not, and what comes now does not wait.
        Assert.All(
            asked, command => Assert.True(command.Cancel.IsCancellationRequested
                || command.Name == "PING"));
        Send("c");
        Assert.Equal("c ", done[^1]);
        Assert.Equal(["XADD a", "XADD b", "PING"], Asked);
        // What did go out is read, and not done again.
        Read("1-0", "a");
        Assert.Equal(3, done.Count);
    }

    [Fact]
    public void When_Redis_answers_again_things_go_through_the_stream_again()
    {
        Send("a");
        time.Pass(patience);
        sender.Tick();
        Fail(1, new RedisException("away"));
        Send("b");
        sender.Tick();
        Assert.Equal(["XADD a", "PING"], Asked);
        Answer(1, "PONG");
        Send("c");
        Assert.Equal(["XADD a", "XADD c"], Asked);
        Read("2-0", "c");
        Assert.Equal(["a ", "b ", "c 2-0"], done);
    }

    [Fact]
    public void A_stream_that_nobody_reads_holds_nothing_up_for_longer_than_it_may()
    {
        Send("a");
        Answer(0, "1-0");
        time.Pass(patience);
        sender.Tick();
        // It is in the stream, so it has its id.
        Assert.Equal(["a 1-0"], done);
        Send("b");
        Assert.Equal(["XADD b"], Asked);
    }

    [Fact]
    public void More_than_may_wait_counts_as_a_Redis_that_is_away()
    {
        var large = new string('x', 1024 * 1024);
        for (var i = 0; i <= 64; i++)
            Send(large + i);
        Assert.Equal(65, done.Count);
        Assert.All(asked, command => Assert.True(command.Cancel.IsCancellationRequested));
    }

    [Fact]
    public void What_is_for_one_socket_alone_follows_what_was_sent_before_it()
    {
        sender.Follow(() => done.Add("at once"));
        Send("a");
        sender.Follow(() => done.Add("behind a"));
        Send("b");
        Assert.Equal(["at once"], done);
        Read("1-0", "a");
        Assert.Equal(["at once", "a 1-0", "behind a"], done);
        Read("2-0", "b");
        sender.Follow(() => done.Add("at once"));
        Assert.Equal(["b 2-0", "at once"], done[3..]);
    }

    // ---- Redis ----

    string[] Asked => [.. asked.Select(command => command.Name)];

    void Send(params string[] names)
    {
        foreach (var name in names)
            sender.Send([Encoding.UTF8.GetBytes(name)], id => done.Add($"{name} {id}"));
    }

    void Answer(int index, string text) =>
        Take(index).SetResult(RedisValue.FromBytes(Encoding.UTF8.GetBytes(text)));

    void Fail(int index, RedisException reason) => Take(index).SetException(reason);

    /// <summary>Commands without an answer fail at once.</summary>
    void Break()
    {
        while (asked.Count > 0)
            Fail(0, new RedisException("The connection broke."));
    }

    void Read(string id, string data)
    {
        Assert.True(StreamId.TryParse(id, out var parsed));
        Do(sender.Take(parsed, Encoding.UTF8.GetBytes(data)));
        position = parsed;
    }

    void Do(List<StreamStep> steps)
    {
        foreach (var step in steps)
            step.Do(step.Id);
        sender.Done(steps.Count);
    }

    TaskCompletionSource<RedisValue> Take(int index)
    {
        var (_, answer, _) = asked[index];
        asked.RemoveAt(index);
        return answer;
    }

    bool IRedisClient.IsConnected => true;

    Task<RedisValue> IRedisClient.ExecuteAsync(
        string command, IReadOnlyList<ReadOnlyMemory<byte>> arguments, CancellationToken cancel)
    {
        // Whoever waits goes on within SetResult, so that the test sees what it does.
        var answer = new TaskCompletionSource<RedisValue>();
        var name = arguments.Count == 0
            ? command : $"{command} {Encoding.UTF8.GetString(arguments[^1].Span)}";
        asked.Add((name, answer, cancel));
        return answer.Task;
    }

    Task IRedisClient.SubscribeAsync(
        RedisChannelKind kind, string name, Action<string, ReadOnlyMemory<byte>> onMessage) =>
        Task.CompletedTask;

    Task IRedisClient.UnsubscribeAsync(RedisChannelKind kind, string name) => Task.CompletedTask;

    ValueTask IAsyncDisposable.DisposeAsync()
    {
        sender.Dispose();
        return ValueTask.CompletedTask;
    }

    // ---- the stream ----

    StreamId? IStreamOrder.Position => position;

    Task<bool> IStreamOrder.CatchUpAsync()
    {
        var caught = new TaskCompletionSource<bool>();
        catchingUp.Enqueue(caught);
        return caught.Task;
    }

    void IStreamOrder.OnDue() => Do(sender.TakeDue());

    // ---- the namespace ----

    string IAdapterHost.Name => "/";

    IEnumerable<Socket> IAdapterHost.Sockets => [];

    TimeProvider IAdapterHost.Time => time;

    ILoggerFactory IAdapterHost.LoggerFactory => NullLoggerFactory.Instance;

    SocketIOOptions IAdapterHost.Options { get; } = new();

    Socket? IAdapterHost.Find(string id) => null;

    EngineMessage[] IAdapterHost.Encode(Packet packet) => [];

    long IAdapterHost.NextAckId() => 0;

    void IAdapterHost.OnServerSideEmit(
        ReadOnlyMemory<byte> json, Action<ReadOnlyMemory<byte>>? ack)
    {
    }
}
