using Sluice.SocketIO.EngineIO;
using Sluice.Unit.SocketIO.Sockets;

namespace Sluice.Unit.SocketIO.EngineIO;

/// <summary>The end of a WebSocket does not wait for what will never be sent.</summary>
public sealed class WebSocketReleaseTests
{
    static readonly TimeSpan patience = TimeSpan.FromSeconds(30);

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Whoever_fails_while_it_is_sent_breaks_the_connection_and_keeps_nobody()
    {
        var wire = new Wire();
        var connection = new WebSocketConnection(wire, messageBytesMax: 1000, new FakeTime())
        {
            Source = new Failing(),
        };
        connection.Pump();
        Assert.True(wire.IsAborted);
        await connection.ReleaseAsync().AsTask().WaitAsync(patience, Stop);
        Assert.True(wire.IsReleased);
    }

    [Fact]
    public async Task A_write_that_lasts_is_ended_and_waited_for()
    {
        var wire = new Wire { Write = new TaskCompletionSource() };
        var connection = new WebSocketConnection(wire, messageBytesMax: 1000, new FakeTime());
        connection.SendUrgent("x"u8);
        var releasing = connection.ReleaseAsync().AsTask();
        Assert.True(wire.IsAborted);
        Assert.False(wire.IsReleased);
        wire.Write.SetException(new IOException("gone"));
        await releasing.WaitAsync(patience, Stop);
        Assert.True(wire.IsReleased);
    }

    sealed class Failing : IWebSocketSource
    {
        public bool HasQueued => true;

        public bool TryTake(out EngineMessage message) =>
            throw new NotSupportedException("whoever counts messages");

        public void OnGoodbye()
        {
        }
    }

    sealed class Wire : WebSocketWire
    {
        public TaskCompletionSource? Write { get; init; }

        public bool IsAborted { get; private set; }

        public bool IsReleased { get; private set; }

        public override bool IsDirect => true;

        public override bool IsDetached => true;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancel) =>
            new(0);

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> frames) =>
            Write is null ? ValueTask.CompletedTask : new(Write.Task);

        public override void Prefetch()
        {
        }

        public override void OnPong(ReadOnlySpan<byte> payload)
        {
        }

        public override void Abort() => IsAborted = true;

        public override void Release() => IsReleased = true;
    }
}
