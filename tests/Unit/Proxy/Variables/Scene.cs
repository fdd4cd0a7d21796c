using System.Text;
using Sluice.Config.Syntax;
using Sluice.Net.Simulated;
using Sluice.Proxy;
using Sluice.Proxy.Http1;
using Sluice.Proxy.Log;
using Sluice.Proxy.Routing;
using Sluice.Unit.Config.Model;

namespace Sluice.Unit.Proxy.Variables;

/// <summary>
/// One exchange in the middle of its life: a configuration, the bytes of a request, and no
/// network. A test moves the exchange on by writing what the data path would write.
/// </summary>
sealed class Scene : IDisposable
{
    public const string Get = "GET / HTTP/1.1\r\nHost: a.test\r\n\r\n";

    readonly SimulatedLoop loop = new(new SimulatedNetwork(seed: 1));

    /// <param name="http">Directives of the http block.</param>
    /// <param name="request">What the client sends, one char a byte.</param>
    /// <param name="remote">The client's address.</param>
    /// <param name="local">The address it connected to.</param>
    public Scene(
        string http = Server, string request = Get, string remote = "192.0.2.7:50001",
        string local = "127.0.0.1:18000")
    {
        var config = Sample.Config(
            "events {}\nerror_log /e info;\npid p;\nhttp { access_log off;\n" + http + "\n}\n");
        Writer = LogWriter.Inline(Logs, TimeProvider.System);
        Snapshot = new(config, LogFiles.Open(config, Writer, out _)!, previous: null);
        var worker = new Worker(0, loop, Offload.Inline, new Random(1));
        Client = new(loop, remote, local);
        X = new(worker)
        {
            Client = Client,
            Wakeup = new(loop),
            RequestsOnConnection = 3,
            HeadBuffer = Encoding.Latin1.GetBytes(request),
        };
        X.BufferedEnd = X.HeadBuffer.Length;
        X.Use(Snapshot.Listens.Values.First());
        X.RequestBytes = X.HeadBuffer.Length;
        if (X.Head.Parse(X.HeadBuffer, X.Listen.HeadRules) != HeadStatus.Complete)
            return;
        X.BufferedStart = X.Head.Consumed;
        X.Body.Begin(X.Head);
        Verdict = Phases.Begin(X);
    }

    /// <summary>A server that proxies everything and another that is its peer.</summary>
    public const string Server =
        "server { listen 127.0.0.1:18000; location / { proxy_pass http://127.0.0.1:18001; } }";

    public Exchange X { get; }

    public TestConnection Client { get; }

    public Snapshot Snapshot { get; }

    public MemoryLogStorage Logs { get; } = new();

    public LogWriter Writer { get; }

    /// <summary>What routing made of the request.</summary>
    public Verdict Verdict { get; }

    public string ErrorLog => Logs.Text("/e");

    /// <summary>A variable's value, one char a byte; null when it has none.</summary>
    public string? Value(string name)
    {
        var to = new ByteBuilder(16);
        to.Append("before"u8);
        bool isFound = Snapshot.Variables.Get(name).Append(X, to);
        Assert.StartsWith("before", Encoding.Latin1.GetString(to.Written));
        if (!isFound)
            Assert.Equal(6, to.Length);
        return isFound ? Encoding.Latin1.GetString(to.From(6)) : null;
    }

    /// <summary>The value of a text with variables, as a directive's argument.</summary>
    public string Text(string template)
    {
        var to = new ByteBuilder(16);
        Snapshot.Variables.Compile(Parse(template)).Append(X, to);
        return Encoding.Latin1.GetString(to.Written);
    }

    public static Template Parse(string template)
    {
        Assert.True(TemplateParser.TryParse(template, out var parsed, out var error), $"{error}");
        return parsed!;
    }

    /// <summary>Lets virtual time pass.</summary>
    public void Pass(int ms) => loop.RunFor(ms);

    /// <summary>The head of the answer as it goes to the client.</summary>
    public void Send(string head)
    {
        int start = X.Arena.Length;
        X.Arena.AppendLatin1(head);
        X.SentHead = new(start, X.Arena.Length - start);
    }

    /// <summary>The head that a peer answered with.</summary>
    public void Answer(string head)
    {
        X.UpstreamBuffer = Encoding.Latin1.GetBytes(head);
        X.UpstreamHead = new ResponseHead();
        Assert.Equal(HeadStatus.Complete, X.UpstreamHead.Parse(X.UpstreamBuffer, 4096));
    }

    public void Dispose()
    {
        Writer.Dispose();
        loop.Dispose();
    }
}
