using Sluice.SocketIO;

namespace Sluice.Unit.SocketIO.Sockets;

/// <summary>What sessions are told about compression.</summary>
public sealed class CompressTests
{
    static readonly string text = new('x', 2000);

    [Fact]
    public void Recipients_of_a_broadcast_share_what_is_worth_compressing()
    {
        var server = Servers.Make(configure: options => options.PerMessageDeflate = new());
        var (a, _) = server.Join();
        var (b, _) = server.Join();
        server.Emit("e", text, new byte[2000], new byte[10]);
        var ofA = a.Messages[^3..].ConvertAll(sent => sent.Message.Shared);
        var ofB = b.Messages[^3..].ConvertAll(sent => sent.Message.Shared);
        Assert.NotNull(ofA[0]);
        Assert.NotNull(ofA[1]);
        Assert.Null(ofA[2]);
        for (var i = 0; i < 3; i++)
            Assert.Same(ofA[i], ofB[i]);
    }

    [Fact]
    public void Without_compression_nothing_is_shared()
    {
        var server = Servers.Make();
        var (session, _) = server.Join();
        server.Emit("e", text);
        Assert.Null(session.Messages[^1].Message.Shared);
    }

    [Fact]
    public void The_flag_reaches_the_session_by_every_operator()
    {
        var server = Servers.Make();
        var (session, socket) = server.Join();
        server.Emit("e");
        server.All.Compress(false).Emit("e");
        server.To(socket.Id).Compress(false).Emit("e");
        server.All.Compress(false).To(socket.Id).Emit("e");
        socket.Emit("e");
        socket.Compress(false).Emit("e");
        socket.Compress(false).Volatile.Emit("e");
        socket.Compress(true).Emit("e");
        Assert.Equal(
            [true, false, false, false, true, false, false, true],
            session.Messages.TakeLast(8).Select(sent => sent.MayCompress));
    }

    [Fact]
    public void The_flag_is_kept_while_CONNECT_is_not_answered()
    {
        var server = Servers.Make();
        server.OnConnection(socket =>
        {
            socket.Emit("e");
            socket.Compress(false).Emit("e");
        });
        var session = FakeSession.Open(server);
        session.Receive("0");
        Assert.Equal(
            [true, false], session.Messages.TakeLast(2).Select(sent => sent.MayCompress));
    }
}
