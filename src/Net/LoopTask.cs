using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

namespace Sluice.Net;

/// <summary>
/// What an async method of the data path returns. It runs and resumes in place on the loop's
/// thread: no execution context, no synchronization context, no scheduler. Its state machine
/// comes from a pool of the thread, so a method that suspends allocates nothing once warm.
/// </summary>
/// <remarks>
/// Awaited once, by one awaiter; or started with <see cref="Forget"/>. A second time is an
/// InvalidOperationException: the state machine is somebody else's by then.
/// </remarks>
[AsyncMethodBuilder(typeof(LoopTaskBuilder))]
public readonly struct LoopTask
{
    readonly LoopTaskBox<Nothing>? box;
    readonly int use;

    internal LoopTask(LoopTaskBox<Nothing> box)
    {
        this.box = box;
        use = box.Use;
    }

    public static LoopTask Done => default;

    public Awaiter GetAwaiter() => new(this);

    /// <summary>Lets the method run by itself. What it throws goes to <paramref name="onError"/>.</summary>
    public void Forget(Action<Exception> onError) => box?.Forget(use, onError);

    public readonly struct Awaiter : ICriticalNotifyCompletion
    {
        readonly LoopTask task;

        internal Awaiter(LoopTask task) => this.task = task;

        public bool IsCompleted => task.box is null || task.box.IsCompleted;

        public void GetResult() => task.box?.TakeResult(task.use);

        public void OnCompleted(Action continuation) => task.box!.Resume(task.use, continuation);

        public void UnsafeOnCompleted(Action continuation) => OnCompleted(continuation);
    }
}

/// <summary>As <see cref="LoopTask"/>, with a result.</summary>
[AsyncMethodBuilder(typeof(LoopTaskBuilder<>))]
public readonly struct LoopTask<T>
{
    readonly LoopTaskBox<T>? box;
    readonly int use;
    readonly T result;

    internal LoopTask(LoopTaskBox<T> box)
    {
        this.box = box;
        use = box.Use;
        result = default!;
    }

    public LoopTask(T result) => this.result = result;

    public Awaiter GetAwaiter() => new(this);

    public readonly struct Awaiter : ICriticalNotifyCompletion
    {
        readonly LoopTask<T> task;

        internal Awaiter(LoopTask<T> task) => this.task = task;

        public bool IsCompleted => task.box is null || task.box.IsCompleted;

        public T GetResult() => task.box is null ? task.result : task.box.TakeResult(task.use);

        public void OnCompleted(Action continuation) => task.box!.Resume(task.use, continuation);

        public void UnsafeOnCompleted(Action continuation) => OnCompleted(continuation);
    }
}

/// <summary>The result of a method that has none.</summary>
internal readonly struct Nothing;

/// <summary>A suspended async method: its state machine, who waits for it, and what came of it.</summary>
internal abstract class LoopTaskBox<T>
{
    T result = default!;
    ExceptionDispatchInfo? error;
    Action? continuation;
    Action<Exception>? onError;

    /// <summary>Counts the methods that this box has served: a task of an older one is void.</summary>
    internal int Use { get; private set; }

    internal bool IsCompleted { get; private set; }

    internal void Complete(T value)
    {
        result = value;
        Finish();
    }

    internal void Fail(Exception exception)
    {
        error = ExceptionDispatchInfo.Capture(exception);
        Finish();
    }

    internal void Resume(int use, Action waiter)
    {
        Demand(use == Use && !IsCompleted && continuation is null && onError is null);
        continuation = waiter;
    }

    internal T TakeResult(int use)
    {
        Demand(use == Use && IsCompleted);
        var value = result;
        var thrown = error;
        Reset();
        thrown?.Throw();
        return value;
    }

    internal void Forget(int use, Action<Exception> report)
    {
        Demand(use == Use && continuation is null && onError is null);
        onError = report;
        if (IsCompleted)
            Abandon();
    }

    /// <summary>Ends a method that nobody awaits.</summary>
    void Abandon()
    {
        var thrown = error;
        var report = onError;
        Reset();
        if (thrown is not null)
            report!(thrown.SourceException);
    }

    void Finish()
    {
        IsCompleted = true;
        var waiter = continuation;
        if (waiter is not null)
            waiter();
        else if (onError is not null)
            Abandon();
    }

    /// <summary>
    /// Frees the box while its machine's last step is still on the stack below: that step does
    /// nothing any more once it has set its result, so the box may serve another at once.
    /// </summary>
    void Reset()
    {
        result = default!;
        error = null;
        continuation = null;
        onError = null;
        IsCompleted = false;
        Use++;
        ReturnToPool();
    }

    static void Demand(bool isOnce)
    {
        if (!isOnce)
            throw new InvalidOperationException("a LoopTask is awaited once and not polled");
    }

    protected abstract void ReturnToPool();
}

internal sealed class LoopTaskBox<TMachine, T> : LoopTaskBox<T>
    where TMachine : IAsyncStateMachine
{
    // Bound: as many as were ever suspended at once on this thread, that is, the connections.
    [ThreadStatic]
    static Stack<LoopTaskBox<TMachine, T>>? pool;

    internal readonly Action MoveNext;
    internal TMachine Machine = default!;

    LoopTaskBox() => MoveNext = () => Machine.MoveNext();

    internal static LoopTaskBox<TMachine, T> Rent()
    {
        var free = pool ??= new();
        return free.TryPop(out var box) ? box : new();
    }

    protected override void ReturnToPool()
    {
        Machine = default!;
        var free = pool ??= new();
        if (free.Count < NetLimits.PooledTasks)
            free.Push(this);
    }
}

/// <summary>The compiler's interface to <see cref="LoopTask"/>.</summary>
public struct LoopTaskBuilder
{
    LoopTaskBuilder<Nothing> inner;

    public static LoopTaskBuilder Create() => default;

    public readonly LoopTask Task => inner.Box is null ? default : new(inner.Box);

    public void Start<TMachine>(ref TMachine machine)
        where TMachine : IAsyncStateMachine => machine.MoveNext();

    public readonly void SetStateMachine(IAsyncStateMachine machine) => _ = machine;

    public void SetResult() => inner.SetResult(default);

    public void SetException(Exception exception) => inner.SetException(exception);

    public void AwaitOnCompleted<TAwaiter, TMachine>(ref TAwaiter awaiter, ref TMachine machine)
        where TAwaiter : INotifyCompletion
        where TMachine : IAsyncStateMachine =>
        awaiter.OnCompleted(LoopTaskBuilder<Nothing>.Suspend(ref machine, ref inner));

    public void AwaitUnsafeOnCompleted<TAwaiter, TMachine>(
        ref TAwaiter awaiter, ref TMachine machine)
        where TAwaiter : ICriticalNotifyCompletion
        where TMachine : IAsyncStateMachine =>
        awaiter.UnsafeOnCompleted(LoopTaskBuilder<Nothing>.Suspend(ref machine, ref inner));
}

/// <summary>The compiler's interface to <see cref="LoopTask{T}"/>.</summary>
public struct LoopTaskBuilder<T>
{
    T result;

    internal LoopTaskBox<T>? Box { get; private set; }

    public static LoopTaskBuilder<T> Create() => default;

    public readonly LoopTask<T> Task => Box is null ? new(result) : new(Box);

    public void Start<TMachine>(ref TMachine machine)
        where TMachine : IAsyncStateMachine => machine.MoveNext();

    public readonly void SetStateMachine(IAsyncStateMachine machine) => _ = machine;

    public void SetResult(T value)
    {
        if (Box is null)
            result = value;
        else
            Box.Complete(value);
    }

    public void SetException(Exception exception)
    {
        Box ??= FailedTaskBox<T>.Instance();
        Box.Fail(exception);
    }

    public void AwaitOnCompleted<TAwaiter, TMachine>(ref TAwaiter awaiter, ref TMachine machine)
        where TAwaiter : INotifyCompletion
        where TMachine : IAsyncStateMachine => awaiter.OnCompleted(Suspend(ref machine, ref this));

    public void AwaitUnsafeOnCompleted<TAwaiter, TMachine>(
        ref TAwaiter awaiter, ref TMachine machine)
        where TAwaiter : ICriticalNotifyCompletion
        where TMachine : IAsyncStateMachine =>
        awaiter.UnsafeOnCompleted(Suspend(ref machine, ref this));

    /// <summary>
    /// The first suspension moves the state machine into a box. The box is set in the builder,
    /// which lies inside the machine, before the machine is copied, so that the copy knows it.
    /// </summary>
    internal static Action Suspend<TMachine>(ref TMachine machine, ref LoopTaskBuilder<T> self)
        where TMachine : IAsyncStateMachine
    {
        if (self.Box is LoopTaskBox<TMachine, T> mine)
            return mine.MoveNext;
        var box = LoopTaskBox<TMachine, T>.Rent();
        self.Box = box;
        box.Machine = machine;
        return box.MoveNext;
    }
}

/// <summary>The outcome of a method that threw before it ever suspended.</summary>
internal sealed class FailedTaskBox<T> : LoopTaskBox<T>
{
    internal static FailedTaskBox<T> Instance() => new();

    protected override void ReturnToPool()
    {
    }
}
