using Sluice.SocketIO.Adapters;
using Sluice.SocketIO.Protocol;

namespace Sluice.SocketIO.Redis;

/// <summary>
/// Broadcasts of other nodes that this one's clients have to acknowledge. What a client never
/// acknowledges is forgotten when the one that asks gives up.
/// </summary>
sealed class ClusterQuestions(TimeProvider time)
{
    int count;

    /// <summary>Asks this node's clients.</summary>
    /// <param name="ask">As <see cref="Adapter.BroadcastWithAck"/>.</param>
    /// <param name="timeout">How long the one that asks waits.</param>
    /// <param name="onClientCount">How many clients were asked.</param>
    /// <param name="onAck">What one of them says.</param>
    /// <returns>False when too many are waited for already, and nobody was asked.</returns>
    public bool TryAsk(
        Action<Action<int>, Action<Packet>, CancellationToken> ask, TimeSpan timeout,
        Action<int> onClientCount, Action<Packet> onAck)
    {
        if (Interlocked.Increment(ref count) > Limits.QuestionsMax)
        {
            Interlocked.Decrement(ref count);
            return false;
        }

        var late = new CancellationTokenSource(timeout, time);
        late.Token.UnsafeRegister(_ => Interlocked.Decrement(ref count), null);
        // One more, until it is known how many there are.
        var left = 1;
        ask(
            clients =>
            {
                onClientCount(clients);
                if (Interlocked.Add(ref left, clients - 1) == 0)
                    End(late);
            },
            ack =>
            {
                onAck(ack);
                if (Interlocked.Decrement(ref left) == 0)
                    End(late);
            },
            late.Token);
        return true;
    }

    /// <summary>Everybody has answered.</summary>
    static void End(CancellationTokenSource late)
    {
        late.Cancel();
        late.Dispose();
    }
}
