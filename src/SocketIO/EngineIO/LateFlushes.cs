using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

namespace Sluice.SocketIO.EngineIO;

/// <summary>
/// Sessions that have something to send when the work that waits already is done, which may have
/// more for them: both go out in one write. As many are served at a time as there are processors,
/// a session always by the same one.
/// </summary>
sealed class LateFlushes
{
    readonly Lane[] lanes =
        [.. Enumerable.Range(0, Environment.ProcessorCount).Select(_ => new Lane())];

    /// <summary>From any thread; once until its turn.</summary>
    public void Add(LiveSession session) =>
        lanes[(uint)RuntimeHelpers.GetHashCode(session) % (uint)lanes.Length].Add(session);

    sealed class Lane : IThreadPoolWorkItem
    {
        readonly ConcurrentQueue<LiveSession> sessions = new();
        bool isScheduled;

        public void Add(LiveSession session)
        {
            sessions.Enqueue(session);
            Schedule();
        }

        public void Execute()
        {
            while (sessions.TryDequeue(out var session))
                session.FlushNow();
            Interlocked.Exchange(ref isScheduled, false);
            // What was added between the last look and this has nobody else.
            if (!sessions.IsEmpty)
                Schedule();
        }

        void Schedule()
        {
            if (!Interlocked.Exchange(ref isScheduled, true))
                ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }
}
