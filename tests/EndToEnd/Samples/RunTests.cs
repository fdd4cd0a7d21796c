using System.Net;
using Sluice.EndToEnd.Servers;

namespace Sluice.EndToEnd.Samples;

/// <summary>samples/run, the one command of every sample, on the ports that it names.</summary>
public class RunTests
{
    [Theory]
    [InlineData("Chat", "", 8201, "/dev/aiwm/health", new[] { 8001, 8011, 8021 })]
    [InlineData("Chat", "--nginx", 8201, "/dev/aiwm/health", new[] { 8001, 8011, 8021 })]
    [InlineData("Dashboard", "", 8200, "/api/health", new[] { 8000 })]
    [InlineData("Messaging", "", 8202, "/", new[] { 8020 })]
    [InlineData("Voice", "", 8203, "/", new[] { 8003 })]
    [InlineData("Tasks", "", 8204, "/", new[] { 8004 })]
    public async Task One_command_serves_and_leaves_nothing_behind(
        string name, string option, int listen, string path, int[] instances)
    {
        int[] ports = [listen, .. instances];
        var environment = new Dictionary<string, string> { ["SLUICE"] = Repository.Sluice };
        if (name == "Chat")
        {
            ports = [.. ports, Loopback.FreePort(IPAddress.Loopback)];
            environment["SAMPLE_REDIS_PORT"] = $"{ports[^1]}";
        }

        Assert.DoesNotContain(true, ports.Select(IsOpen));
        await using var run = ChildProcess.Start(
            Path.Combine(Repository.Root, "samples", "run"),
            new[] { name, option }.Where(argument => argument.Length > 0), environment);
        await Patience.ForAsync(
            () => ports.All(IsOpen) || run.HasExited, () => run.Output + run.Errors,
            Patience.Crowd);
        using var http = new HttpClient();
        using var answer = await http.GetAsync(
            $"http://127.0.0.1:{listen}{path}", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Contains($"http://localhost:{listen}/", run.Output, StringComparison.Ordinal);

        run.Signal(Signals.Term);
        Assert.Equal(0, await run.ExitAsync(Patience.Program));
        Assert.DoesNotContain(true, ports.Select(IsOpen));
    }

    [Fact]
    public async Task Without_a_name_it_says_what_there_is()
    {
        await using var run = ChildProcess.Start(
            Path.Combine(Repository.Root, "samples", "run"), []);
        Assert.Equal(1, await run.ExitAsync());
        Assert.Contains("Chat Dashboard Messaging Tasks Voice", run.Errors);
    }

    static bool IsOpen(int port) => Loopback.Accepts(new IPEndPoint(IPAddress.Loopback, port));
}
