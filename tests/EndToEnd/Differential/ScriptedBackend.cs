using Sluice.EndToEnd.Servers;

namespace Sluice.EndToEnd.Differential;

/// <summary>A backend that answers what the case of the moment says, and records what it got.</summary>
sealed class ScriptedBackend : IAsyncDisposable
{
    readonly string id;
    readonly Backend backend;
    readonly Lock gate = new();
    Observation? observation;
    List<Script> answers = [];
    Task gateOpen = Task.CompletedTask;
    int requests;
    int busy;

    public ScriptedBackend(string id)
    {
        this.id = id;
        backend = Backend.Start(ServeAsync);
    }

    /// <summary>Where it listens, "address:port".</summary>
    public string Address => backend.Endpoint.ToString();

    /// <summary>Starts to answer from <paramref name="file"/> and to record.</summary>
    public void Begin(CaseFile file, Observation recorded, Task gateOpened)
    {
        lock (gate)
        {
            observation = recorded;
            answers = file.Answers.GetValueOrDefault(id)
                ?? file.Answers.GetValueOrDefault("*")
                ?? [Default()];
            gateOpen = gateOpened;
            requests = 0;
        }
    }

    /// <summary>Requests that have begun in this case.</summary>
    public int Requests => Volatile.Read(ref requests);

    /// <summary>Waits until no request or tunnel of the case is under way.</summary>
    public Task<bool> IdleAsync() =>
        Patience.UntilAsync(() => Volatile.Read(ref busy) == 0, Patience.Event);

    public ValueTask DisposeAsync() => backend.DisposeAsync();

    Script Default() => Script.Parse(
        ["HTTP/1.1 200 OK", $"X-Backend: {id}", "Content-Length: 2", "", @"ok\"]);

    async Task ServeAsync(BackendConnection connection)
    {
        while (await HeadArrivedAsync(connection))
        {
            Interlocked.Increment(ref busy);
            try
            {
                if (!await AnswerAsync(connection))
                    return;
            }
            finally
            {
                Interlocked.Decrement(ref busy);
            }
        }
    }

    static Task<bool> HeadArrivedAsync(BackendConnection connection) =>
        connection.Received.TakeAsync(
            (bytes, _) => HttpReader.TryHead(bytes, out string[] _, out int _) ? 0 : -1,
            TimeSpan.FromHours(1));

    /// <summary>One request and its answer; false when the connection is at its end.</summary>
    async Task<bool> AnswerAsync(BackendConnection connection)
    {
        var seen = new RequestSeen { Backend = id, Connection = connection.Ordinal };
        Script script;
        Task opened;
        lock (gate)
        {
            observation!.Requests.Add(seen);
            script = answers[Math.Min(requests, answers.Count - 1)];
            opened = gateOpen;
            requests++;
        }
        var early = script.Steps.Any(step => step.Act == Act.Early);
        if (!early)
            seen.Message = await connection.RequestAsync(Patience.Event);
        var open = await PlayAsync(connection, script, seen, opened);
        if (early && open)
            seen.Message = await connection.RequestAsync(Patience.Event);
        return open && KeepsAlive(seen.Message);
    }

    /// <summary>Does the steps; false when one of them, or the proxy, ended the connection.</summary>
    async Task<bool> PlayAsync(
        BackendConnection connection, Script script, RequestSeen seen, Task opened)
    {
        var tunnel = script.Steps is [{ Act: Act.Send } first, ..]
            && first.Text.StartsWith("HTTP/1.1 101", StringComparison.Ordinal);
        foreach (var step in script.Steps)
        {
            switch (step.Act)
            {
                case Act.Send:
                    await connection.SendAsync(step.Bytes);
                    break;
                case Act.Await:
                    await connection.Received.HasAsync(step.Text, Patience.Event);
                    break;
                case Act.Gate:
                    await opened;
                    break;
                case Act.Pause:
                    await Task.Delay(int.Parse(step.Text));
                    break;
                case Act.Shutdown:
                    connection.Shutdown();
                    break;
                case Act.Stall:
                    await connection.Received.EndAsync(Patience.Event);
                    return false;
                case Act.Close or Act.Abort:
                    seen.Tunnel = tunnel ? connection.Received.TakeRest() : [];
                    if (step.Act == Act.Abort)
                        connection.Abort();
                    return false;
            }
        }
        if (!tunnel)
            return true;
        seen.EndedByProxy = await connection.Received.EndAsync(Patience.Event);
        seen.Tunnel = connection.Received.TakeRest();
        return false;
    }

    static bool KeepsAlive(HttpMessage? request) =>
        request is { Complete: true }
        && request.StartLine.EndsWith("HTTP/1.1", StringComparison.Ordinal)
        && !string.Equals(
            request.Header("Connection"), "close", StringComparison.OrdinalIgnoreCase);
}
