namespace Sluice.Samples.Tasks;

/// <summary>The REST interface. Everybody may read; who changes something signs in.</summary>
static class TaskEndpoints
{
    public static void MapTasks(this IEndpointRouteBuilder endpoints)
    {
        var api = endpoints.MapGroup("/api/tasks").WithTags("Tasks");
        api.MapGet("/", (Board board) => board.Open).Produces<TaskItem[]>();
        api.MapGet("/{id}", IResult (string id, Board board) =>
            board.Find(id) is { } task ? Results.Ok(task) : Results.NotFound())
            .Produces<TaskItem>().Produces(404);
        var changes = api.MapGroup("/").RequireAuthorization();
        changes.MapPost("/", Create).Produces<TaskItem>(201).Produces(400).Produces(401);
        changes.MapPut("/{id}", Update).Produces<TaskItem>().Produces(400).Produces(404);
        changes.MapPost("/{id}/start", (string id, Board board, TaskFeed feed) => Tell(
            board.Change(id, task => task with { Status = "in_progress" }), feed.Updated))
            .Produces<TaskItem>().Produces(404);
        changes.MapPost("/{id}/complete", (string id, Board board, TaskFeed feed) => Tell(
            board.Change(id, task => task with { Status = "completed" }), feed.Completed))
            .Produces<TaskItem>().Produces(404);
        changes.MapDelete("/{id}", IResult (string id, Board board, TaskFeed feed) =>
        {
            if (board.Change(id, task => task with { IsDeleted = true }) is not { } gone)
                return Results.NotFound();
            feed.Deleted(gone);
            return Results.NoContent();
        }).Produces(204).Produces(404);
    }

    static IResult Create(TaskDraft draft, Board board, TaskFeed feed)
    {
        if (string.IsNullOrWhiteSpace(draft.Title) || !draft.Fits)
            return Results.BadRequest("a task has a title of at most 200 characters");
        if (board.Add(draft) is not { } task)
            return Results.Text("too many tasks", statusCode: 503);
        feed.Created(task);
        return Results.Created($"/api/tasks/{task.Id}", task);
    }

    static IResult Update(string id, TaskDraft draft, Board board, TaskFeed feed)
    {
        if (draft.Title is not null && string.IsNullOrWhiteSpace(draft.Title) || !draft.Fits)
            return Results.BadRequest("a task has a title of at most 200 characters");
        string? before = null;
        var task = board.Change(id, known =>
        {
            before = known.AgentWallet;
            return known with
            {
                Title = draft.Title?.Trim() ?? known.Title,
                Description = draft.Description?.Trim() ?? known.Description,
                AgentWallet = draft.AgentWallet is null ? known.AgentWallet : draft.Agent,
            };
        });
        return Tell(task, changed =>
        {
            feed.Updated(changed);
            if (changed.AgentWallet is { } agent && agent != before)
                feed.Assigned(changed);
        });
    }

    static IResult Tell(TaskItem? task, Action<TaskItem> tell)
    {
        if (task is null)
            return Results.NotFound();
        tell(task);
        return Results.Ok(task);
    }
}
