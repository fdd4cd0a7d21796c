using System.Collections.Concurrent;

namespace Sluice.SocketIO.Redis;

/// <summary>Questions to other nodes whose answers are awaited.</summary>
sealed class ClusterRequests(TimeProvider time)
{
    readonly ConcurrentDictionary<string, Pending> pending = new(StringComparer.Ordinal);

    sealed class Pending(int expected)
    {
        readonly List<ClusterMessage> answers = [];

        readonly TaskCompletionSource done =
            new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Done => done.Task;

        public IReadOnlyList<ClusterMessage> Answers
        {
            get
            {
                lock (answers)
                    return [.. answers];
            }
        }

        public void Add(ClusterMessage answer)
        {
            lock (answers)
            {
                answers.Add(answer);
                if (answers.Count >= expected)
                    done.TrySetResult();
            }
        }
    }

    /// <summary>This node has asked.</summary>
    public bool Has(string id) => pending.ContainsKey(id);

    /// <summary>An answer has come; one that nobody waits for is ignored.</summary>
    public void OnAnswer(string id, ClusterMessage answer)
    {
        if (pending.TryGetValue(id, out var waiting))
            waiting.Add(answer);
    }

    /// <summary>Asks and waits for the answers.</summary>
    /// <param name="id">The question's.</param>
    /// <param name="expected">How many nodes answer.</param>
    /// <param name="ask">Sends the question.</param>
    /// <param name="timeout">How long they may take.</param>
    /// <param name="cancel">Stops waiting.</param>
    /// <exception cref="ClusterTimeoutException">Not all have answered.</exception>
    /// <exception cref="RedisException">The question could not be sent.</exception>
    public async Task<IReadOnlyList<ClusterMessage>> AskAsync(
        string id, int expected, Func<Task> ask, TimeSpan timeout, CancellationToken cancel)
    {
        if (expected <= 0)
            return [];
        if (pending.Count >= Limits.RequestsMax)
            throw new RedisException(
                $"More than {Limits.RequestsMax} questions to other nodes are not answered yet.");
        var waiting = new Pending(expected);
        pending[id] = waiting;
        try
        {
            await ask();
            await waiting.Done.WaitAsync(timeout, time, cancel);
            return waiting.Answers;
        }
        catch (TimeoutException)
        {
            throw new ClusterTimeoutException(waiting.Answers, expected);
        }
        finally
        {
            pending.TryRemove(id, out _);
        }
    }
}

/// <summary>Not all nodes have answered a question in time.</summary>
public sealed class ClusterTimeoutException : TimeoutException
{
    public ClusterTimeoutException()
    {
    }

    public ClusterTimeoutException(string message)
        : base(message)
    {
    }

    public ClusterTimeoutException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    internal ClusterTimeoutException(IReadOnlyList<ClusterMessage> answers, int expected)
        : base($"timeout reached: only {answers.Count} responses received out of {expected}") =>
        Answers = answers;

    /// <summary>What the others have answered.</summary>
    internal IReadOnlyList<ClusterMessage> Answers { get; } = [];
}
