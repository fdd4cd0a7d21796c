using System.Text;
using Sluice.SocketIO.Adapters;
using Sluice.SocketIO.Redis;

namespace Sluice.Unit.SocketIO.Redis;

/// <summary>
/// What stands in a stream and in a session's key: as @socket.io/redis-streams-adapter 0.3.1
/// writes it.
/// </summary>
public sealed class StreamFormatTests
{
    const string session =
        "hKNzaWS0QUFBQUFBQUFBQUFBQUFBQUFBQUGjcGlktEJCQkJCQkJCQkJCQkJCQkJCQkJCpXJvb21zkrRBQUFBQUFBQU"
        + "FBQUFBQUFBQUFBQaFypGRhdGGDpG5hbWWiw6mhbss/+AAAAAAAAKVieXRlc8QCAQI=";

    [Theory]
    [InlineData("1795198232939-0", true)]
    [InlineData("0-18446744073709551615", true)]
    [InlineData("", false)]
    [InlineData("1", false)]
    [InlineData("1-", false)]
    [InlineData("-1", false)]
    [InlineData("+1-0", false)]
    [InlineData("1-0 ", false)]
    [InlineData("1-0\0", false)]
    [InlineData("1-0-0", false)]
    [InlineData("18446744073709551616-0", false)]
    [InlineData("$", false)]
    public void An_id_is_digits_a_dash_and_digits(string text, bool isOne)
    {
        Assert.Equal(isOne, StreamId.TryParse(text, out var id));
        if (isOne)
            Assert.Equal(text, id.ToString());
    }

    [Fact]
    public void Ids_are_ordered_by_time_and_then_by_count()
    {
        Assert.True(new StreamId(9, 5) < new StreamId(10, 0));
        Assert.True(new StreamId(10, 2) > new StreamId(10, 1));
        Assert.True(new StreamId(10, 2) >= new StreamId(10, 2));
    }

    [Theory]
    [InlineData(1, "/", "socket.io")]
    [InlineData(4, "/", "socket.io-3")]
    [InlineData(4, "/chat", "socket.io-3")]
    [InlineData(4, "/admin", "socket.io-0")]
    [InlineData(4, "/é", "socket.io-2")]
    [InlineData(4, "/a-long-namespace-name", "socket.io--1")]
    public void A_namespace_has_the_stream_that_the_official_adapter_gives_it(
        int count, string name, string expected) => Assert.Equal(
        expected, new RedisStreamsOptions { StreamCount = count }.StreamOf(name));

    [Fact]
    public void XADD_has_the_fields_in_their_order() => Assert.Equal(
        "s MAXLEN ~ 500 * uid 00ff nsp /chat type 3 data {}",
        string.Join(' ', StreamEntry.Arguments(
            new() { StreamName = "s", MaxLength = 500 }, "00ff", "/chat",
            ClusterMessageType.Broadcast, "{}"u8.ToArray())
            .Select(argument => Encoding.UTF8.GetString(argument.Span))));

    [Fact]
    public void An_answer_to_XREAD_is_read()
    {
        var entries = StreamEntry.ReadMany(Items(Items(Text("socket.io"), Items(
            Items(Text("5-1"), Items(
                Text("data"), Text("{\"a\":1}"), Text("other"), Text("x"), Text("uid"), Text("u"),
                Text("nsp"), Text("/"), Text("type"), Text("3"))),
            // Somebody else's: it counts as read.
            Items(Text("5-2"), Items(Text("hello"), Text("world"))),
            Items(Text("5-3"), Items(Text("type"), Text("99999999999999999999")))))));
        Assert.Equal(["5-1", "5-2", "5-3"], entries.Select(entry => entry.Id.ToString()));
        Assert.Equal(
            ("u", "/", ClusterMessageType.Broadcast, """{"a":1}"""),
            (entries[0].Uid, entries[0].Namespace, entries[0].Type,
                entries[0].Parse()!.Root.GetRawText()));
        Assert.Equal(["", ""], entries[1..].Select(entry => entry.Namespace));
        Assert.Empty(StreamEntry.ReadMany(default));
    }

    [Theory]
    [InlineData("PONG")]
    [InlineData("5-x")]
    public void What_is_no_answer_to_XREAD_is_refused(string odd)
    {
        Assert.Throws<RedisException>(() => StreamEntry.ReadMany(Items(Text(odd))));
        Assert.Throws<RedisException>(() => StreamEntry.ReadMany(Items(Items(
            Text("socket.io"), Items(Items(Text(odd), Items()))))));
    }

    [Theory]
    [InlineData("not base 64!")]
    [InlineData("{\"a\":")]
    [InlineData("////")]
    [InlineData("")]
    public void Data_that_nobody_can_read_is_none(string data)
    {
        var entry = Assert.Single(StreamEntry.ReadRange(Items(
            Items(Text("1-0"), Items(Text("data"), Text(data))))));
        Assert.Null(entry.Parse());
    }

    [Fact]
    public void A_session_of_the_official_adapter_is_read()
    {
        var read = StreamSession.Decode(
            Encoding.UTF8.GetBytes(session), new string('B', 20), "/chat")!;
        Assert.Equal(new string('A', 20), read.Id);
        Assert.Equal([new string('A', 20), "r"], read.Rooms);
        // Bytes become what JSON has for them.
        Assert.Equal(
            """{"name":"é","n":1.5,"bytes":"AQI="}""", Encoding.UTF8.GetString(read.Data.Span));
    }

    [Fact]
    public void What_only_looks_like_an_attachment_in_a_session_stays_as_it_is()
    {
        // {sid: "A", pid: "B", data: {a: {_placeholder: true, num: 0}, b: one byte}}
        var packed = Encoding.Latin1.GetBytes(
            "\u0083\u00a3sid\u00a1A\u00a3pid\u00a1B\u00a4data\u0082\u00a1a\u0082"
            + "\u00ac_placeholder\u00c3\u00a3num\0\u00a1b\u00c4\u0001x");
        var read = StreamSession.Decode(
            Encoding.ASCII.GetBytes(Convert.ToBase64String(packed)), "B", "/")!;
        Assert.Equal(
            """{"a":{"_placeholder":true,"num":0},"b":"eA=="}""",
            Encoding.UTF8.GetString(read.Data.Span));
    }

    [Fact]
    public void A_session_is_written_as_the_official_adapter_reads_it()
    {
        var ours = new StoredSession(
            new string('A', 20), new string('B', 20), [new string('A', 20), "r"],
            """{"name":"é","n":1.5}"""u8.ToArray());
        var text = Encoding.UTF8.GetString(StreamSession.Encode(ours, "/chat"));
        // A map of five, with the namespace at the end: the official one has four.
        var expected = Convert.FromBase64String(session)[1..^10];
        var actual = Convert.FromBase64String(text);
        Assert.Equal(0x85, actual[0]);
        // Up to the data, which has a member less.
        var head = expected.AsSpan().IndexOf("data"u8) + "data".Length;
        Assert.Equal(expected[..head], actual[1..(head + 1)]);
        var read = StreamSession.Decode(Encoding.UTF8.GetBytes(text), ours.PrivateId, "/chat")!;
        Assert.Equal(ours.Rooms, read.Rooms);
        Assert.Equal(ours.Data.ToArray(), read.Data.ToArray());
    }

    [Theory]
    [InlineData("BBBBBBBBBBBBBBBBBBBB", "/chat", true)]
    // Rooms mean something else there, and middlewares would be skipped.
    [InlineData("BBBBBBBBBBBBBBBBBBBB", "/admin", false)]
    [InlineData("CCCCCCCCCCCCCCCCCCCC", "/chat", false)]
    public void A_session_is_of_use_in_its_namespace_alone(
        string privateId, string name, bool isOfUse)
    {
        var text = StreamSession.Encode(
            new StoredSession("A", new string('B', 20), [], "{}"u8.ToArray()), "/chat");
        Assert.Equal(isOfUse, StreamSession.Decode(text, privateId, name) is not null);
    }

    [Theory]
    [InlineData("")]
    [InlineData("????")]
    [InlineData("gA==")]
    [InlineData("gaNzaWQB")]
    public void What_is_no_session_is_none(string text) => Assert.Null(
        StreamSession.Decode(Encoding.UTF8.GetBytes(text), "B", "/"));

    static RedisValue Text(string text) => RedisValue.FromBytes(Encoding.UTF8.GetBytes(text));

    static RedisValue Items(params RedisValue[] items) => RedisValue.FromItems(items);
}
