using System.Net;
using Sluice.EndToEnd.Servers;

namespace Sluice.EndToEnd.Samples;

/// <summary>samples/run, the one command of every sample, on the ports that it names.</summary>
public class RunTests
{
    [Theory]
    [InlineData("")]
    [InlineData("--nginx")]
    public async Task One_command_serves_and_leaves_nothing_behind(string option)
    {
        var redis = Loopback.FreePort(IPAddress.Loopback);
        int[] ports = [8201, 8001, 8011, 8021, redis];
        Assert.DoesNotContain(true, ports.Select(IsOpen));
        await using var run = ChildProcess.Start(
            Path.Combine(Repository.Root, "samples", "run"),
            new[] { "Chat", option }.Where(argument => argument.Length > 0),
            new Dictionary<string, string>
            {
                ["SAMPLE_REDIS_PORT"] = $"{redis}",
                ["SLUICE"] = Repository.Sluice,
            });
        await Patience.ForAsync(
            () => ports.All(IsOpen) || run.HasExited, () => run.Output + run.Errors,
            Patience.Crowd);
        using var http = new HttpClient();
        using var answer = await http.GetAsync(
            "http://127.0.0.1:8201/dev/aiwm/health", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Contains("http://localhost:8201/", run.Output, StringComparison.Ordinal);

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
