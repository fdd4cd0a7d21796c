using System.Globalization;
using System.Text;
using Sluice.EndToEnd.Samples;
using Sluice.EndToEnd.Servers;

namespace Sluice.EndToEnd.SocketIO;

/// <summary>
/// A process of its own, on UseDetachableSockets, that may open no file any more: whoever is there
/// is served, whoever comes waits, and nobody is asked for again and again meanwhile.
/// </summary>
public sealed class SocketIODescriptorsTests
{
    /// <summary>Connections for which there is room.</summary>
    const int Room = 10;

    static readonly byte[] question =
        Encoding.ASCII.GetBytes("GET /health HTTP/1.1\r\nHost: a\r\n\r\n");

    [Fact]
    public async Task Without_descriptors_a_server_waits_and_then_accepts_again()
    {
        var instance = new Instance(
            "Chat", Loopback.FreePort(System.Net.IPAddress.Loopback), []);
        await instance.StartAsync();
        try
        {
            using var kept = await FrameClient.ConnectAsync(instance.Port);
            await AnswerAsync(kept);
            var files = new Files(instance.Pid);
            Kernel.LimitOpenFiles(instance.Pid, files.Count + Room);

            var crowd = new List<FrameClient>();
            for (var at = 0; at < 3 * Room; at++)
                crowd.Add(await FrameClient.ConnectAsync(instance.Port));
            var left = crowd[^1];
            await left.WriteAsync(question);
            // One number may be free for a moment, whenever the process looks at a file.
            await Patience.ForAsync(
                () => files.Count >= files.Limit - 1,
                () => $"a process that is full: {files.Count} of {files.Limit}");

            // Asking again at once would take a processor for itself.
            var before = files.ProcessorTime;
            await Task.Delay(TimeSpan.FromSeconds(2), TestContext.Current.CancellationToken);
            Assert.InRange(
                files.ProcessorTime - before, TimeSpan.Zero, TimeSpan.FromSeconds(0.5));
            await AnswerAsync(kept);

            foreach (var client in crowd.SkipLast(1))
                client.Dispose();
            Assert.StartsWith("HTTP/1.1 200", await left.ReadHeadAsync());
            left.Dispose();
            using var next = await FrameClient.ConnectAsync(instance.Port);
            await AnswerAsync(next);
        }
        finally
        {
            await instance.StopAsync();
        }
    }

    static async Task AnswerAsync(FrameClient client)
    {
        await client.WriteAsync(question);
        var head = await client.ReadHeadAsync();
        Assert.StartsWith("HTTP/1.1 200", head);
        // The body, a chunk and the last one.
        var rest = new StringBuilder(await client.ReadHeadAsync());
        while (!rest.ToString().EndsWith("\r\n0\r\n\r\n", StringComparison.Ordinal))
            rest.Append(await client.ReadHeadAsync());
    }

    /// <summary>What the kernel tells of a process.</summary>
    sealed class Files(int pid)
    {
        public int Count => Directory.GetFileSystemEntries($"/proc/{pid}/fd").Length;

        public long Limit => Kernel.OpenFiles(pid);

        /// <summary>Which it has used; the kernel counts hundredths of a second.</summary>
        public TimeSpan ProcessorTime
        {
            get
            {
                var stat = File.ReadAllText($"/proc/{pid}/stat");
                var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
                return TimeSpan.FromMilliseconds(10 * (Number(fields[11]) + Number(fields[12])));
            }
        }

        static long Number(string field) => long.Parse(field, CultureInfo.InvariantCulture);
    }
}
