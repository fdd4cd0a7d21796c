using System.IO.Pipelines;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Sluice.SocketIO.EngineIO;
using Sluice.Unit.SocketIO.Sockets;

namespace Sluice.Unit.SocketIO.EngineIO;

/// <summary>Requests of a polling client, one behind or beside another, and broken off.</summary>
public sealed class PollingRequestTests
{
    /// <summary>A bound for what would otherwise never end.</summary>
    static readonly TimeSpan patience = TimeSpan.FromSeconds(30);

    readonly List<string> heard = [];
    readonly EngineServer server;
    EngineSession session = null!;

    public PollingRequestTests() => server = new EngineServer(
        new EngineOptions(), NullLogger.Instance, new FakeTime(), EmptyServices.Instance)
    {
        OnSession = begun =>
        {
            session = begun;
            return new Listener(heard);
        },
    };

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Who_has_not_read_the_last_answer_yet_may_post_again()
    {
        await OpenAsync();
        var answer = new Pipe(new PipeOptions(
            pauseWriterThreshold: 1, resumeWriterThreshold: 1));
        var first = Post("4one"u8, answer.Writer.AsStream());
        var served = server.HandleAsync(first);
        Assert.False(served.IsCompleted);

        var second = Post("4two"u8, Stream.Null);
        await server.HandleAsync(second);
        Assert.Equal(StatusCodes.Status200OK, second.Response.StatusCode);
        Assert.Equal(["one", "two"], heard);
        await answer.Reader.CompleteAsync();
        await served;
        Assert.Equal(StatusCodes.Status200OK, first.Response.StatusCode);
    }

    [Fact]
    public async Task Who_has_not_sent_all_of_one_may_not_begin_another()
    {
        await OpenAsync();
        var first = Post("4one"u8, Stream.Null);
        var rest = new Pipe();
        first.Request.Body = rest.Reader.AsStream();
        var served = server.HandleAsync(first);

        var second = Post("4two"u8, Stream.Null);
        await server.HandleAsync(second);
        Assert.Equal(StatusCodes.Status400BadRequest, second.Response.StatusCode);
        Assert.Equal(["(transport error)"], heard);
        await rest.Writer.CompleteAsync();
        await served;
    }

    [Fact]
    public async Task Who_goes_once_its_poll_is_answered_does_not_take_the_next_along()
    {
        await OpenAsync();
        var answer = new Pipe(new PipeOptions(
            pauseWriterThreshold: 1, resumeWriterThreshold: 1));
        using var going = new CancellationTokenSource();
        var first = NewContext("GET", $"&sid={session.Id}");
        first.RequestAborted = going.Token;
        first.Response.Body = answer.Writer.AsStream();
        var servedFirst = server.HandleAsync(first);
        Send("4one");
        // The answer is under way, which its client may have seen as a whole already.
        await answer.Reader.ReadAsync(Stop);

        var second = NewContext("GET", $"&sid={session.Id}");
        using var body = new MemoryStream();
        second.Response.Body = body;
        var servedSecond = server.HandleAsync(second);
        await going.CancelAsync();
        Assert.Empty(heard);
        Assert.False(servedSecond.IsCompleted);
        Send("4two");
        await servedSecond.WaitAsync(patience, Stop);
        Assert.Equal("4two", Encoding.UTF8.GetString(body.ToArray()));
        await answer.Reader.CompleteAsync();
        await servedFirst.WaitAsync(patience, Stop);
    }

    [Fact]
    public async Task Who_goes_before_its_poll_is_answered_ends_the_session()
    {
        await OpenAsync();
        using var going = new CancellationTokenSource();
        var poll = NewContext("GET", $"&sid={session.Id}");
        poll.RequestAborted = going.Token;
        var served = server.HandleAsync(poll);
        Assert.False(served.IsCompleted);
        await going.CancelAsync();
        await served.WaitAsync(patience, Stop);
        Assert.Equal(["(transport error)"], heard);
    }

    [Fact]
    public async Task Who_goes_within_a_post_ends_the_session()
    {
        await OpenAsync();
        var post = Post("4one"u8, Stream.Null);
        var rest = new Pipe();
        post.Request.Body = rest.Reader.AsStream();
        var served = server.HandleAsync(post);
        await rest.Writer.WriteAsync("4on"u8.ToArray(), Stop);
        Assert.Empty(heard);
        await rest.Writer.CompleteAsync(new IOException("gone"));
        await Assert.ThrowsAsync<IOException>(() => served.WaitAsync(patience, Stop));
        Assert.Equal(["(transport error)"], heard);
    }

    void Send(string packet) =>
        session.Send([new EngineMessage(Encoding.UTF8.GetBytes(packet), IsBinary: false)]);

    async Task OpenAsync()
    {
        var context = NewContext("GET", "");
        await server.HandleAsync(context);
        Assert.Equal(StatusCodes.Status200OK, context.Response.StatusCode);
    }

    DefaultHttpContext Post(ReadOnlySpan<byte> body, Stream answer)
    {
        var context = NewContext("POST", $"&sid={session.Id}");
        context.Request.Body = new MemoryStream(body.ToArray());
        context.Response.Body = answer;
        return context;
    }

    static DefaultHttpContext NewContext(string method, string more)
    {
        var context = new DefaultHttpContext();
        context.Request.Method = method;
        context.Request.Path = "/engine.io/";
        context.Request.QueryString = new QueryString("?EIO=4&transport=polling" + more);
        return context;
    }

    sealed class Listener(List<string> heard) : IEngineHandler
    {
        public void OnMessage(ReadOnlySpan<byte> payload, bool isBinary) =>
            heard.Add(Encoding.UTF8.GetString(payload));

        public void OnClosed(string reason) => heard.Add($"({reason})");
    }
}
