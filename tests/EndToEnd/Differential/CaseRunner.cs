using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Sluice.EndToEnd.Servers;

namespace Sluice.EndToEnd.Differential;

/// <summary>Runs cases one after the other against one proxy.</summary>
sealed partial class CaseRunner(
    ProxyProcess proxy, IReadOnlyList<IPEndPoint> listens, IReadOnlyList<ScriptedBackend> backends)
{
    /// <summary>
    /// No method of HTTP has a lower-case letter, so a connection that was kept answers 400 and
    /// no backend ever sees it. The name keeps its line out of the logs that are compared.
    /// </summary>
    const string Probe = "probe-kept\r\n\r\n";

    readonly Dictionary<string, int> logPositions = [];

    /// <summary>Runs one case to the point where nothing of it is under way any more.</summary>
    /// <param name="file">The case.</param>
    /// <param name="model">
    /// What nginx did; null for nginx itself. A request without an answer has a line in the log
    /// all the same: as many are waited for as nginx wrote.
    /// </param>
    public async Task<Observation> RunAsync(CaseFile file, Observation? model)
    {
        var seen = new Observation();
        var opened = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        foreach (var backend in backends)
            backend.Begin(file, seen, opened.Task);
        var connections = new List<Running>();
        try
        {
            await ClientsAsync(file, seen, connections, opened);
            foreach (var backend in backends)
                if (!await backend.IdleAsync())
                    seen.Failure = "a backend was still busy at the end";
            // Before the logs are read: a proxy may log a request when its connection has ended.
            foreach (var connection in connections)
                await EndAsync(connection);
            await LogsAsync(file, seen, model);
        }
        catch (Exception failed) when (failed is IOException or TimeoutException
            or System.Net.Sockets.SocketException or OperationCanceledException)
        {
            seen.Failure = failed.Message;
        }
        finally
        {
            opened.TrySetResult();
            foreach (var connection in connections)
                connection.Client.Dispose();
        }
        return seen;
    }

    /// <summary>A connection, its section, and what it has seen.</summary>
    sealed record Running(RawClient Client, ClientSection Section, ClientSeen Seen)
    {
        public int Finals { get; set; }

        public bool ClosedByClient { get; set; }
    }

    async Task ClientsAsync(
        CaseFile file, Observation seen, List<Running> connections, TaskCompletionSource opened)
    {
        foreach (var section in file.Clients)
            for (var time = 0; time < section.Times; time++)
            {
                var reached = Reached();
                var client = await RawClient.ConnectAsync(
                    listens[section.Listen - 1], section.From);
                var running = new Running(client, section, new ClientSeen());
                connections.Add(running);
                seen.Clients.Add(running.Seen);
                await PlayAsync(running);
                if (!section.Hold)
                    await ResponsesAsync(running);
                else if (!await Patience.UntilAsync(() => Reached() > reached, Patience.Event))
                    throw new TimeoutException("a held request reached no backend");
            }
        opened.TrySetResult();
        foreach (var running in connections.Where(one => one.Section.Hold))
            await ResponsesAsync(running);
    }

    int Reached() => backends.Sum(backend => backend.Requests);

    async Task PlayAsync(Running running)
    {
        foreach (var step in running.Section.Script.Steps)
            switch (step.Act)
            {
                case Act.Send:
                    await running.Client.SendAsync(step.Bytes);
                    break;
                case Act.Await:
                    await running.Client.Received.HasAsync(step.Text, Patience.Event);
                    break;
                case Act.Response:
                    await ResponseAsync(running);
                    break;
                case Act.Reached:
                    var want = int.Parse(step.Text, CultureInfo.InvariantCulture);
                    await Patience.ForAsync(() => Reached() >= want, () => "request at a backend");
                    break;
                case Act.Stall:
                    if (!await running.Client.Received.EndAsync(Patience.Event))
                        throw new TimeoutException("the proxy did not close");
                    break;
                case Act.Shutdown:
                    running.Client.Shutdown();
                    break;
                case Act.Pause:
                    await Task.Delay(int.Parse(step.Text, CultureInfo.InvariantCulture));
                    break;
                case Act.Close or Act.Abort:
                    running.ClosedByClient = true;
                    running.Seen.Rest = running.Client.Received.TakeRest();
                    if (step.Act == Act.Abort)
                        running.Client.Abort();
                    else
                        await running.Client.CloseAsync();
                    break;
                default:
                    throw new FormatException($"a client does not {step.Act}");
            }
    }

    async Task ResponsesAsync(Running running)
    {
        if (running.ClosedByClient)
            return;
        while (running.Finals < running.Section.Responses)
            if (!await ResponseAsync(running))
                return;
        if (running.Seen.Responses is [.., { Status: 101 }])
        {
            await running.Client.Received.EndAsync(Patience.Event);
            running.Seen.Rest = running.Client.Received.TakeRest();
        }
    }

    static async Task<bool> ResponseAsync(Running running)
    {
        var head = running.Section.Heads.Contains(running.Finals + 1);
        if (await running.Client.ResponseAsync(head, TimeSpan.FromSeconds(5)) is not { } response)
            return running.Client.Received.Ended
                ? false
                : throw new TimeoutException($"response {running.Finals + 1} did not come");
        running.Seen.Responses.Add(response);
        if (response.Status is not (>= 100 and < 200) or 101)
            running.Finals++;
        return true;
    }

    /// <summary>Closed, or kept: the latter is shown by its answering once more.</summary>
    static async Task EndAsync(Running running)
    {
        var (client, seen) = (running.Client, running.Seen);
        if (running.ClosedByClient)
        {
            seen.End = ConnectionEnd.ClosedByClient;
            return;
        }
        if (seen.Rest.Length == 0)
        {
            seen.Rest = client.Received.TakeRest();
            await client.SendAsync(Probe);
        }
        var answered = false;
        var ended = await client.Received.TakeAsync(
            (bytes, end) => (answered = bytes.IndexOf("\r\n\r\n"u8) >= 0) || end ? 0 : -1,
            TimeSpan.FromSeconds(3));
        seen.End = !ended ? ConnectionEnd.Silent
            : answered ? ConnectionEnd.Kept
            : ConnectionEnd.Closed;
        await client.CloseAsync();
    }

    async Task LogsAsync(CaseFile file, Observation seen, Observation? model)
    {
        var finals = seen.Clients.Sum(client => client.Responses.Count(
            response => response.Status is not (>= 100 and < 200) or 101));
        var lines = await NewLinesAsync(
            "access.log", file.LogLines ?? Math.Max(finals, model?.AccessLog.Count ?? 0));
        seen.AccessLog = file.AccessLog ? lines : [];
        foreach (var (log, count) in file.Logs)
            seen.Logs[log] = await NewLinesAsync(log, count);
        var errors = await NewLinesAsync("error.log", 0);
        seen.ErrorLog = [.. errors.Where(line => Severe().IsMatch(line))];
    }

    /// <summary>Lines written since the case before, once there are as many as expected.</summary>
    async Task<List<string>> NewLinesAsync(string log, int expected)
    {
        var lines = new List<string>();
        var known = logPositions.GetValueOrDefault(log);
        await Patience.ForAsync(
            () =>
            {
                var all = proxy.Lines(log);
                logPositions[log] = all.Length;
                lines = [.. all.Skip(known).Where(line => !line.Contains("probe-kept"))];
                return lines.Count >= expected;
            },
            () => $"{expected} lines in {log}, which has {lines.Count}");
        return lines;
    }

    [GeneratedRegex(@"\[(warn|error|crit|alert|emerg)\]")]
    private static partial Regex Severe();
}
