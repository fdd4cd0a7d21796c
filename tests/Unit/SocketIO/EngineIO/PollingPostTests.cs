using System.IO.Pipelines;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Sluice.SocketIO.EngineIO;
using Sluice.Unit.SocketIO.Sockets;

namespace Sluice.Unit.SocketIO.EngineIO;

/// <summary>Requests of a polling client that bring packets, one behind or beside another.</summary>
public sealed class PollingPostTests
{
    readonly List<string> heard = [];
    readonly EngineServer server;
    EngineSession session = null!;

    public PollingPostTests() => server = new EngineServer(
        new EngineOptions(), NullLogger.Instance, new FakeTime(), EmptyServices.Instance)
    {
        OnSession = begun =>
        {
            session = begun;
            return new Listener(heard);
        },
    };

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
