using System.Text.Json;
using System.Text.RegularExpressions;
using Sluice.SocketIO;

namespace Sluice.EndToEnd.SocketIO.Twins;

sealed partial class Twin
{
    void SetUpValues() => io.Of("/values").OnConnection(socket =>
    {
        socket.On("echo", context =>
        {
            if (context.HasAck)
                context.AckAll(context.Arguments.ToArray());
            else
                socket.EmitAll("echo", context.Arguments.ToArray());
        });
        socket.On("give", () =>
        {
            socket.EmitAll("given", [
                "texts", "", "é", "\U0001f600", "a\u2028b", "\"\\/\b\f\n\r\t\u0001", "</script>"]);
            socket.EmitAll("given", [
                "numbers", 0, -1, 127, 128, 255, 256, 65535, 65536, 4294967296,
                9007199254740991, -9007199254740991, -129, -32769, -2147483649, 0.1, -1.5, 1e-7]);
            socket.EmitAll("given", [
                "others", true, false, null, Array.Empty<int>(), new { },
                new[] { Array.Empty<int>() }, new { a = (string?)null }]);
            socket.EmitAll("given", [
                "bytes", Array.Empty<byte>(), new byte[] { 0, 255 }, new[] { new byte[] { 1 } },
                new { a = new { b = new object[] { new byte[] { 2 }, "c", new byte[] { 3 } } } }]);
            socket.EmitAll("given", [
                "date", DateTime.UnixEpoch,
                new DateTime(2026, 11, 21, 1, 2, 3, 456, DateTimeKind.Utc)]);
            socket.Emit("given");
        });
    });

    void SetUpGoing()
    {
        foreach (var name in (string[])["/going", "/going/too"])
        {
            var going = io.Of(name);
            going.OnConnection(socket =>
            {
                Say("connection", name);
                socket.Join("all");
                socket.OnDisconnecting(reason =>
                    Say("disconnecting", name, reason, socket.Rooms.Count));
                socket.OnDisconnect(reason =>
                    Say("disconnect", name, reason));
                socket.On("one", () => socket.Disconnect());
                socket.On("one and the connection", () => socket.Disconnect(close: true));
                socket.On("all", () => going.In("all").DisconnectSockets());
                socket.On("all and connections", () =>
                    going.In("all").DisconnectSockets(close: true));
                socket.On("others", async () =>
                {
                    foreach (var other in await socket.To("all").FetchSocketsAsync())
                        other.Disconnect(close: true);
                });
                socket.On("words and go", () =>
                {
                    socket.Emit("words", "last");
                    socket.Disconnect(close: true);
                });
            });
        }

        io.Of("/going/at-once").OnConnection(socket =>
        {
            socket.OnDisconnect(reason => Say("at once", reason));
            socket.Emit("words", "hello");
            socket.Disconnect();
            Say("at once", socket.Connected, socket.Rooms.Count);
        });
    }

    void SetUpNames()
    {
        var parent = io.Of(Numbers());
        parent.Use((socket, next) =>
        {
            Say("parent middleware", socket.Namespace.Name);
            return socket.Namespace.Name == "/names/13"
                ? throw new ConnectError("unlucky") : next();
        });
        parent.OnConnection(socket =>
        {
            var name = socket.Namespace.Name;
            Say("parent connection", name, socket.Namespace.Sockets.Count);
            socket.On("to children", () => parent.Emit("from the parent", name));
            socket.On("to mine", () => socket.Namespace.Emit("from the child", name));
            socket.On("names", () => io.Namespaces.Select(space => space.Name)
                .Where(one => one.StartsWith("/names", StringComparison.Ordinal))
                .Order(StringComparer.Ordinal).ToArray());
            socket.OnDisconnect(reason => Say("gone", name, reason));
        });
        io.Of(async (name, handshake) =>
        {
            if (!name.StartsWith("/names/by-", StringComparison.Ordinal))
                return false;
            await Task.Delay(10);
            Say("asked", name, handshake.Auth);
            return handshake.GetAuthString("token") == "yes";
        }).OnConnection(socket => Say("by function", socket.Namespace.Name));
        io.Of(Hexadecimals()).OnConnection(
            socket => Say("second parent", socket.Namespace.Name));
        // Asked for by the program itself, though a pattern matches it.
        io.Of("/names/7").Use((socket, next) =>
        {
            Say("own middleware");
            return next();
        });
        io.Of("/names/7").OnConnection(_ => Say("own connection"));
    }

    void SetUpVolatile() => io.Of("/volatile").OnConnection(socket =>
    {
        socket.Join("all");
        socket.On("burst", async () =>
        {
            socket.Emit("kept", 1);
            socket.Volatile.Emit("lost", 2);
            io.Of("/volatile").All.Volatile.Emit("lost", 3);
            socket.Emit("kept", 4);
            await Task.Delay(100);
            socket.Volatile.Emit("quiet", 5);
        });
    });

    void SetUpAlone()
    {
        var alone = io.Of("/alone");
        alone.OnServerSide("said", _ =>
        {
            Say("never said to itself");
            return default;
        });
        alone.OnConnection(socket =>
        {
            socket.Data["name"] = socket.Handshake.GetAuthString("name");
            socket.Data["list"] = new object[] { 1, new { two = (string?)null } };
            socket.On("sockets", async () => (await alone.FetchSocketsAsync())
                .Select(Describe).OrderBy(one => (string)one["name"]!, StringComparer.Ordinal)
                .ToArray());
            socket.On("steer", async () =>
            {
                var other = (await alone.In(socket.Id).FetchSocketsAsync())[0];
                other.Join("x");
                other.Join("y", "z");
                other.Leave("y");
                other.Emit("steered", RoomsOf(socket));
                return other.Data["name"];
            });
            socket.On("say", () => alone.ServerSideEmit("said", [1]));
            socket.On("count", async context => context.AckAll([
                (await alone.All.AllSocketsAsync()).Count, alone.Sockets.Count,
                (await alone.All.Local.FetchSocketsAsync()).Count,
                (await alone.Except(socket.Id).FetchSocketsAsync()).Count]));
        });
    }

    static Dictionary<string, object?> Describe(RemoteSocket one)
    {
        var handshake = JsonElement.Parse(one.Handshake.Span);
        return new()
        {
            ["name"] = one.Data.Get<string>("name"),
            ["data"] = one.Data.Keys.Order(StringComparer.Ordinal).Reverse()
                .ToDictionary(key => key, key => one.Data[key]),
            ["rooms"] = one.Rooms.Count,
            ["kinds"] = new object[]
            {
                Kind(handshake.GetProperty("time")), Kind(handshake.GetProperty("issued")),
                handshake.GetProperty("xdomain"), handshake.GetProperty("secure"),
                Kind(handshake.GetProperty("headers")),
            },
        };
    }

    static string Kind(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => "string",
        JsonValueKind.Number => "number",
        _ => "object",
    };

    [GeneratedRegex(@"^/names/\d+$")]
    private static partial Regex Numbers();

    [GeneratedRegex("^/names/[0-9a-f]+$")]
    private static partial Regex Hexadecimals();
}
