using System.Text.Json;
using Sluice.SocketIO;

namespace Sluice.Samples.Tasks;

/// <summary>
/// Tells all clients of all instances what happens to tasks, and the other instances what they
/// must know: through the adapter, so that one instance needs nothing beside itself.
/// </summary>
public sealed class TaskFeed(ISocketIOServer io, Board board, TimeProvider time)
    : IHostedService
{
    /// <summary>Between instances: a task has changed.</summary>
    const string changed = "board:changed";

    /// <summary>Between instances: what do you have?</summary>
    const string asked = "board:asked";

    /// <summary>A new task, and whose it is.</summary>
    public void Created(TaskItem task)
    {
        Tell("taskCreated", task);
        if (task.AgentWallet is not null)
            Assigned(task);
    }

    /// <summary>A task was edited or begun.</summary>
    public void Updated(TaskItem task) => Tell("taskUpdated", task);

    /// <summary>A task is done.</summary>
    public void Completed(TaskItem task) => Tell("taskCompleted", task);

    /// <summary>Somebody has it now.</summary>
    public void Assigned(TaskItem task) => io.Emit("taskAssigned", new TaskAssigned(
        "taskAssigned", time.GetUtcNow(), task.AgentWallet!, task));

    /// <summary>A task is gone.</summary>
    public void Deleted(TaskItem task)
    {
        io.ServerSideEmit(changed, [task]);
        io.Emit("taskDeleted", new TaskDeleted(
            "taskDeleted", time.GetUtcNow(), new TaskId(task.Id)));
    }

    /// <summary>Asks the others for what they have: an instance begins with an empty board.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        io.OnServerSide(changed, context =>
        {
            board.Merge(context.Arguments.Get<TaskItem>(0)!);
            return default;
        });
        io.OnServerSide(asked, context =>
        {
            context.Ack(board.All.ToArray());
            return default;
        });
        try
        {
            foreach (var answer in await io.ServerSideEmitWithAckAsync(
                asked, [], cancellationToken))
                foreach (var task in answer.As<TaskItem[]>() ?? [])
                    board.Merge(task);
        }
        catch (Exception e) when (e is TimeoutException or JsonException
            or Sluice.SocketIO.Redis.RedisException)
        {
            // Alone for now; changes of the others come when they come.
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    void Tell(string name, TaskItem task)
    {
        io.ServerSideEmit(changed, [task]);
        io.Emit(name, new TaskEvent(name, time.GetUtcNow(), task));
    }
}
