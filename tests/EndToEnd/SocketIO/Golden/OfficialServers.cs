using System.Globalization;
using Sluice.EndToEnd.Servers;

namespace Sluice.EndToEnd.SocketIO.Golden;

/// <summary>The official servers, in one Node.js process.</summary>
sealed class OfficialServers : IAsyncDisposable
{
    readonly SemaphoreSlim turn = new(1);
    readonly ChildProcess node = NodeProcess.Start("golden-server.mjs");
    int started;

    public async Task<IGoldenServer> StartAsync(string variant)
    {
        await turn.WaitAsync();
        try
        {
            var number = started++;
            await node.WriteAsync($"start {variant}\n");
            var mark = $"listening {number} ";
            var output = await node.OutputWithAsync(mark);
            var line = output[(output.IndexOf(mark, StringComparison.Ordinal) + mark.Length)..];
            return new Instance(node, number, int.Parse(
                line.Split('\n')[0], CultureInfo.InvariantCulture));
        }
        finally
        {
            turn.Release();
        }
    }

    public ValueTask DisposeAsync() => node.DisposeAsync();

    sealed class Instance(ChildProcess node, int number, int port) : IGoldenServer
    {
        int settled;

        public int Port => port;

        public IReadOnlyList<string> Log
        {
            get
            {
                var mark = $"log {number} ";
                var text = node.Output;
                return [.. text[..(text.LastIndexOf('\n') + 1)].Split('\n')
                    .Where(line => line.StartsWith(mark, StringComparison.Ordinal))
                    .Select(line => line[mark.Length..])];
            }
        }

        public async Task SettleAsync()
        {
            var mark = $"{number}.{settled++}";
            await node.WriteAsync($"mark {mark}\n");
            await node.OutputWithAsync($"marked {mark}\n");
        }

        public async Task StopAsync()
        {
            await node.WriteAsync($"stop {number}\n");
            await node.OutputWithAsync($"stopped {number}\n");
        }
    }
}
