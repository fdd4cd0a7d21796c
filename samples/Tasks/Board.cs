using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json.Serialization;

namespace Sluice.Samples.Tasks;

/// <summary>Something to do.</summary>
/// <param name="Id">Its own.</param>
/// <param name="Title">What is to be done.</param>
/// <param name="Description">More about it; may be empty.</param>
/// <param name="Status">"pending", "in_progress" or "completed".</param>
/// <param name="AgentWallet">Who does it; null for nobody.</param>
/// <param name="Version">Goes up with each change: of two states the later is the true one.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="UpdatedAt">When it was changed last.</param>
public sealed record TaskItem(
    string Id, string Title, string Description, string Status, string? AgentWallet, int Version,
    DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt)
{
    /// <summary>Deleted: kept for a while, so that a late change does not bring it back.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool IsDeleted { get; init; }
}

/// <summary>The tasks, in memory: a real service has a database that its instances share.</summary>
public sealed class Board(TimeProvider time)
{
    /// <summary>Tasks of one board, deleted ones among them.</summary>
    public const int TasksMax = 10_000;

    readonly ConcurrentDictionary<string, TaskItem> tasks = new();

    /// <summary>All that are not deleted, the newest first.</summary>
    public IEnumerable<TaskItem> Open => tasks.Values
        .Where(task => !task.IsDeleted).OrderByDescending(task => task.CreatedAt);

    /// <summary>Deleted ones too: what another instance must know.</summary>
    public IEnumerable<TaskItem> All => tasks.Values;

    /// <summary>A task that is not deleted.</summary>
    public TaskItem? Find(string id) =>
        tasks.TryGetValue(id, out var task) && !task.IsDeleted ? task : null;

    /// <summary>A new task; null when there are too many.</summary>
    public TaskItem? Add(TaskDraft draft)
    {
        if (tasks.Count >= TasksMax)
            return null;
        var now = time.GetUtcNow();
        var task = new TaskItem(
            RandomNumberGenerator.GetHexString(12, lowercase: true), draft.Title!.Trim(),
            draft.Description?.Trim() ?? "", "pending", draft.Agent, Version: 1, now, now);
        tasks[task.Id] = task;
        return task;
    }

    /// <summary>Changes a task; null when there is none.</summary>
    public TaskItem? Change(string id, Func<TaskItem, TaskItem> change)
    {
        while (Find(id) is { } task)
        {
            var changed = change(task) with
            {
                Version = task.Version + 1,
                UpdatedAt = time.GetUtcNow(),
            };
            if (tasks.TryUpdate(id, changed, task))
                return changed;
        }

        return null;
    }

    /// <summary>Takes over the state of a task from another instance, unless it is old.</summary>
    public void Merge(TaskItem task) => tasks.AddOrUpdate(
        task.Id, task, (_, known) => task.Version > known.Version ? task : known);
}
