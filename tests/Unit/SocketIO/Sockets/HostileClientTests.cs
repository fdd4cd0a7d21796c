using FsCheck;
using FsCheck.Fluent;
using Sluice.SocketIO;
using Sluice.SocketIO.EngineIO;

namespace Sluice.Unit.SocketIO.Sockets;

/// <summary>Whatever a client sends, in whatever order, harms nobody but itself.</summary>
public class HostileClientTests
{
    static readonly string[] pieces =
    [
        "0", "1", "2", "3", "4", "5", "6", "7", "1-", "2-", "11-", "/custom,", "/custom", "/dyn-1,",
        "/slow,", "/nope,", "/,", ",", "?a=b", "7", "99999999999999999999", "[\"echo\"", "[\"e\"",
        "[\"never\"", "[1", "[null", "[", "]", ",1", ",{\"_placeholder\":true,\"num\":0}",
        ",{\"_placeholder\":true,\"num\":9}", "{", "}", "{\"pid\":\"x\",\"offset\":\"y\"}",
        "{\"token\":\"t\"}", "\"", "null", "true", "[\"connect\"]", "[\"disconnect\"]", "\\ud800",
        "é", "[\"echo\",1]", "[\"join\",\"r\"]", "[\"say\",\"r\"]", "[\"kick\"]",
    ];

    [Fact]
    public void Any_sequence_of_packets_ends_its_own_connection_at_most() =>
        Prop.ForAll<byte[]>(script =>
        {
            var log = new FakeLog();
            var server = Make(log);
            var witness = FakeSession.Open(server);
            witness.Receive("0");
            Play(server, script);
            Assert.DoesNotContain(log.Lines, line => line.StartsWith("Error"));
            _ = witness.Sent;
            witness.Receive("27[\"echo\",1]");
            Assert.Null(witness.Closed);
            Assert.Equal("37[1]", witness.Sent[^1]);
            // Whoever played is gone, and so is all that was theirs.
            Assert.Single(server.Sockets);
            Assert.Single(server.Adapter.Rooms);
            Assert.All(
                server.Namespaces.Where(nsp => nsp.Name != "/"),
                nsp => Assert.True(nsp.Sockets.Count == 0 && nsp.Adapter.Rooms.Count == 0));
        }).Check(FsCheck.Config.QuickThrowOnFailure.WithMaxTest(2000).WithEndSize(120));

    static SocketIOServer Make(FakeLog log)
    {
        var server = Servers.Make(
            configure: options => options.ConnectionStateRecovery = new(), log: log);
        INamespace[] spaces =
        [
            server, server.Of("/custom"), server.Of("/slow"),
            server.Of((name, _) => ValueTask.FromResult(
                name.StartsWith("/dyn-", StringComparison.Ordinal))),
        ];
        server.Of("/slow").Use((socket, _) =>
            new TaskCompletionSource().Task.WaitAsync(socket.Disconnected));
        foreach (var nsp in spaces)
            nsp.OnConnection(socket =>
            {
                socket.On("echo", context => context.AckAll(context.Arguments.ToArray()));
                socket.On("never", () => new TaskCompletionSource().Task);
                socket.On<string>("join", room => socket.Join(room));
                socket.On<string>("say", room => nsp.To(room ?? "").Emit("said", room));
                socket.On("kick", () => socket.Disconnect());
                socket.OnAny((_, _) => { });
                _ = socket.Timeout(TimeSpan.FromSeconds(1)).EmitWithAckAsync("q", []);
            });
        return server;
    }

    static void Play(SocketIOServer server, byte[] script)
    {
        var session = FakeSession.Open(server);
        // Most get in; what they then say is put together from pieces, a packet each few bytes.
        if (script.Length % 4 > 0)
            session.Receive("0");
        var packet = "";
        foreach (var one in script)
        {
            if (session.Closed is not null)
                break;
            if (one % 3 > 0)
            {
                packet += pieces[one % pieces.Length];
                continue;
            }

            if (one % 5 == 0)
                session.ReceiveBinary(one);
            else
                session.Receive(packet);
            packet = "2";
        }

        session.Close(CloseReasons.TransportClose);
    }
}
