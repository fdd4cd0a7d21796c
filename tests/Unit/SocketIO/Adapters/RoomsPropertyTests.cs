using FsCheck;
using FsCheck.Fluent;
using Sluice.SocketIO;
using Sluice.Unit.SocketIO.Sockets;
using IOSocket = Sluice.SocketIO.Socket;

namespace Sluice.Unit.SocketIO.Adapters;

/// <summary>
/// Rooms and operators beside a model: a set of rooms for each socket, and the rule that who is in
/// any of the rooms and in none of the exceptions is meant.
/// </summary>
public class RoomsPropertyTests
{
    [Fact]
    public void Rooms_in_memory_are_as_in_the_model() => Check(isRecovering: false);

    [Fact]
    public void Rooms_with_recovery_are_as_in_the_model() => Check(isRecovering: true);

    static void Check(bool isRecovering) => Prop.ForAll<byte[]>(script =>
    {
        var run = new Run(isRecovering);
        using var bytes = ((IEnumerable<byte>)script).GetEnumerator();
        run.Play(bytes);
    }).Check(FsCheck.Config.QuickThrowOnFailure.WithMaxTest(300).WithEndSize(200));

    /// <summary>Reads operations from bytes, does them, and compares after each.</summary>
    sealed class Run(bool isRecovering)
    {
        static readonly string[] names = ["a", "b", "c", "d"];

        readonly SocketIOServer server = Servers.Make(configure: options =>
            options.ConnectionStateRecovery = isRecovering ? new() : null);

        readonly (FakeSession Session, IOSocket Socket)?[] clients =
            new (FakeSession, IOSocket)?[6];

        readonly Dictionary<string, HashSet<string>> model = [];

        public void Play(IEnumerator<byte> bytes)
        {
            while (bytes.MoveNext())
            {
                var operation = bytes.Current % 10;
                int slot = Next(bytes) % clients.Length;
                var room = names[Next(bytes) % names.Length];
                if (clients[slot] is not { } client)
                {
                    clients[slot] = client = server.Join();
                    model[client.Socket.Id] = [client.Socket.Id];
                }

                Do(operation, slot, client, room, bytes);
                Compare();
            }
        }

        static int Next(IEnumerator<byte> bytes) => bytes.MoveNext() ? bytes.Current : 0;

        void Do(
            int operation, int slot, (FakeSession Session, IOSocket Socket) client, string room,
            IEnumerator<byte> bytes)
        {
            var socket = client.Socket;
            switch (operation)
            {
                case 0:
                    client.Session.Receive("1");
                    Forget(slot);
                    break;
                case 1 or 2:
                    socket.Join(room);
                    model[socket.Id].Add(room);
                    break;
                case 3:
                    socket.Leave(room);
                    model[socket.Id].Remove(room);
                    break;
                case 4 or 5:
                    Broadcast(Choose(socket, bytes));
                    break;
                case 6:
                    Fetch(Choose(socket, bytes));
                    break;
                case 7:
                    var joining = Choose(socket, bytes);
                    joining.Operator.SocketsJoin(room, "e");
                    foreach (var id in joining.Meant)
                        model[id].UnionWith([room, "e"]);
                    break;
                case 8:
                    var leaving = Choose(socket, bytes);
                    leaving.Operator.SocketsLeave(room, "e");
                    foreach (var id in leaving.Meant)
                        model[id].ExceptWith([room, "e"]);
                    break;
                default:
                    var ended = Choose(socket, bytes);
                    ended.Operator.DisconnectSockets();
                    for (var i = 0; i < clients.Length; i++)
                        if (clients[i] is { } one && ended.Meant.Contains(one.Socket.Id))
                            Forget(i);
                    break;
            }
        }

        void Forget(int slot)
        {
            model.Remove(clients[slot]!.Value.Socket.Id);
            clients[slot] = null;
        }

        /// <summary>An operator, and whom it means by the rule.</summary>
        (BroadcastOperator Operator, HashSet<string> Meant) Choose(
            IOSocket socket, IEnumerator<byte> bytes)
        {
            var bits = Next(bytes);
            string[] rooms = [.. Chosen(bits), .. (bits & 64) != 0 ? [socket.Id] : noNames];
            string[] except = [.. Chosen(Next(bytes) & Next(bytes))];
            var isFromSocket = (bits & 128) != 0;
            var target = isFromSocket ? socket.Broadcast : server.All;
            if (rooms.Length > 0)
                target = target.To(rooms);
            if (except.Length > 0)
                target = target.Except(except[0]).Except(except);
            if (isFromSocket)
                except = [.. except, socket.Id];
            return (target, [.. model
                .Where(one => (rooms.Length == 0 || one.Value.Overlaps(rooms))
                    && !one.Value.Overlaps(except))
                .Select(one => one.Key)]);
        }

        static readonly string[] noNames = [];

        static IEnumerable<string> Chosen(int bits) =>
            names.Where((_, at) => (bits & (1 << at)) != 0);

        void Broadcast((BroadcastOperator Operator, HashSet<string> Meant) target)
        {
            foreach (var client in clients)
                _ = client?.Session.Sent;
            target.Operator.Emit("e");
            foreach (var client in clients)
                if (client is { } one)
                    Assert.Equal(
                        target.Meant.Contains(one.Socket.Id) ? 1 : 0, one.Session.Sent.Length);
        }

        static void Fetch((BroadcastOperator Operator, HashSet<string> Meant) target)
        {
            var cancel = TestContext.Current.CancellationToken;
            var fetched = target.Operator.FetchSocketsAsync(cancel).GetAwaiter().GetResult();
            Assert.Equal(
                target.Meant.Order(StringComparer.Ordinal),
                fetched.Select(one => one.Id).Order(StringComparer.Ordinal));
            var ids = target.Operator.AllSocketsAsync(cancel).GetAwaiter().GetResult();
            Assert.True(target.Meant.SetEquals(ids));
        }

        void Compare()
        {
            Assert.True(model.Keys.ToHashSet().SetEquals(server.Sockets.Select(one => one.Id)));
            foreach (var socket in server.Sockets)
                Assert.True(model[socket.Id].SetEquals(socket.Rooms));
            var rooms = server.Adapter.Rooms;
            Assert.True(model.Values.SelectMany(all => all).ToHashSet().SetEquals(rooms.Keys));
            foreach (var (room, members) in rooms)
                Assert.True(members.ToHashSet().SetEquals(
                    model.Where(one => one.Value.Contains(room)).Select(one => one.Key)));
        }
    }
}
