namespace Sluice.EndToEnd.Servers;

/// <summary>How long a test waits for an event before it calls it missing.</summary>
/// <remarks>
/// These are bounds on waiting, never sleeps: every wait ends with its event. They are generous
/// because the machine may be busy with other tests.
/// </remarks>
public static class Patience
{
    /// <summary>For a response, a byte, a log line, a process to listen or to end.</summary>
    public static readonly TimeSpan Event = TimeSpan.FromSeconds(30);

    /// <summary>For a Node.js program to start and finish its part.</summary>
    public static readonly TimeSpan Program = TimeSpan.FromSeconds(60);

    /// <summary>For thousands of connections together.</summary>
    public static readonly TimeSpan Crowd = TimeSpan.FromSeconds(120);

    /// <summary>Between two looks at something that has no event, such as a log file.</summary>
    public static readonly TimeSpan Look = TimeSpan.FromMilliseconds(2);

    /// <summary>Looks until <paramref name="reached"/> or time is up; says which.</summary>
    public static async Task<bool> UntilAsync(Func<bool> reached, TimeSpan bound)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (!reached())
        {
            if (TimeProvider.System.GetElapsedTime(start) > bound)
                return false;
            await Task.Delay(Look);
        }
        return true;
    }

    /// <summary>The result of a task, or a failure when it takes too long.</summary>
    public static Task<T> ForAsync<T>(Task<T> task) => task.WaitAsync(Event);

    /// <summary>Looks until <paramref name="reached"/>, or fails naming what is missing.</summary>
    public static async Task ForAsync(Func<bool> reached, Func<string> what, TimeSpan? bound = null)
    {
        if (!await UntilAsync(reached, bound ?? Event))
            throw new TimeoutException($"did not happen in {bound ?? Event}: {what()}");
    }
}
