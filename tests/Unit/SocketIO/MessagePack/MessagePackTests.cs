using System.Buffers;
using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Sluice.SocketIO.MessagePack;

namespace Sluice.Unit.SocketIO.MessagePack;

/// <summary>
/// JSON with attachments as MessagePack and back. Expected bytes are those of notepack.io 3.0.1.
/// </summary>
public sealed class MessagePackTests
{
    static byte[] Pack(string json, params byte[][] attachments)
    {
        var output = new ArrayBufferWriter<byte>();
        JsonToMessagePack.Write(
            new MessagePackWriter(output), Encoding.UTF8.GetBytes(json),
            [.. attachments.Select(bytes => (ReadOnlyMemory<byte>)bytes)]);
        return output.WrittenSpan.ToArray();
    }

    static string? Unpack(string hex)
    {
        var isRead = MessagePackToJson.TryRead(
            Convert.FromHexString(hex), out var json, out _);
        return isRead ? Encoding.UTF8.GetString(json.Span) : null;
    }

    [Theory]
    [InlineData("null", "c0")]
    [InlineData("true", "c3")]
    [InlineData("false", "c2")]
    [InlineData("0", "00")]
    [InlineData("-0", "00")]
    [InlineData("127", "7f")]
    [InlineData("128", "cc80")]
    [InlineData("255", "ccff")]
    [InlineData("256", "cd0100")]
    [InlineData("65536", "ce00010000")]
    [InlineData("4294967296", "cf0000000100000000")]
    [InlineData("9007199254740991", "cf001fffffffffffff")]
    [InlineData("18446744073709551615", "cfffffffffffffffff")]
    [InlineData("-1", "ff")]
    [InlineData("-32", "e0")]
    [InlineData("-33", "d0df")]
    [InlineData("-128", "d080")]
    [InlineData("-129", "d1ff7f")]
    [InlineData("-32769", "d2ffff7fff")]
    [InlineData("-2147483649", "d3ffffffff7fffffff")]
    [InlineData("1.0", "01")]
    [InlineData("1e3", "cd03e8")]
    [InlineData("1.5", "cb3ff8000000000000")]
    [InlineData("1e300", "cb7e37e43c8800759c")]
    [InlineData("\"\"", "a0")]
    [InlineData("\"é\"", "a2c3a9")]
    [InlineData("\"a\\n\\u00e9\\ud83d\\ude00\\\\\"", "a9610ac3a9f09f98805c")]
    [InlineData("\"\\ud800x\"", "a4efbfbd78")]
    [InlineData("{\"\\ud800x\":1}", "81a4efbfbd7801")]
    [InlineData("[]", "90")]
    [InlineData("[1,[2,{\"a\":[]}],{}]", "9301920281a1619080")]
    [InlineData("{\"a\":1,\"b\":[]}", "82a16101a16290")]
    public void Json_becomes_what_Node_writes(string json, string hex) =>
        Assert.Equal(hex, Convert.ToHexStringLower(Pack(json)));

    [Theory]
    [InlineData("c0", "null")]
    [InlineData("cfffffffffffffffff", "18446744073709551615")]
    [InlineData("d3ffffffff7fffffff", "-2147483649")]
    [InlineData("ca3fc00000", "1.5")]
    [InlineData("cb3ff0000000000000", "1")]
    [InlineData("cb7ff0000000000000", "null")]
    [InlineData("d6ff00000001", "\"1970-01-01T00:00:01.000Z\"")]
    [InlineData("d7ff1dcd650000000001", "\"1970-01-01T00:00:01.125Z\"")]
    [InlineData("c70cff00000000ffffffffffffffff", "\"1969-12-31T23:59:59.000Z\"")]
    [InlineData("c70cff000000007fffffffffffffff", "null")]
    [InlineData("d7000000000000000001", "\"1970-01-01T00:00:00.001Z\"")]
    [InlineData("92d4000001", "[null,1]")]
    [InlineData("82a161d40000a16201", "{\"b\":1}")]
    [InlineData("8107a161", "{\"7\":\"a\"}")]
    [InlineData("92c4010ac702000b0c", "[{\"_placeholder\":true,\"num\":0}"
        + ",{\"_placeholder\":true,\"num\":1}]")]
    [InlineData("d40501", "[5,{\"_placeholder\":true,\"num\":0}]")]
    [InlineData("d9026869", "\"hi\"")]
    [InlineData("a1ff", "\"\\uFFFD\"")]
    public void MessagePack_becomes_json(string hex, string json) =>
        Assert.Equal(json, Unpack(hex));

    [Theory]
    [InlineData("")]
    [InlineData("c1")]
    [InlineData("91")]
    [InlineData("a2c3")]
    [InlineData("ddffffffff")]
    [InlineData("dfffffffff01")]
    [InlineData("c6ffffffff00")]
    [InlineData("81c001")]
    [InlineData("8191d40000c0")]
    [InlineData("0000")]
    public void What_is_cut_or_lies_about_its_length_is_refused(string hex) =>
        Assert.Null(Unpack(hex));

    [Fact]
    public void Nesting_is_bounded()
    {
        static string Nested(int depth) =>
            string.Concat(Enumerable.Repeat("91", depth)) + "01";
        Assert.NotNull(Unpack(Nested(Limits.DepthMax)));
        Assert.Null(Unpack(Nested(Limits.DepthMax + 1)));
    }

    [Fact]
    public void Binaries_are_bounded()
    {
        static string Binaries(int count) =>
            $"dd{count:x8}" + string.Concat(Enumerable.Repeat("c400", count));
        Assert.NotNull(Unpack(Binaries(Limits.BinariesMax)));
        Assert.Null(Unpack(Binaries(Limits.BinariesMax + 1)));
    }

    [Fact]
    public void A_placeholder_becomes_its_attachment_and_back()
    {
        const string json = """["a",{"x":{"_placeholder":true,"num":1}},[],{"y":[1]},"""
            + """{"_placeholder":true,"num":0}]""";
        var packed = Pack(json, [1, 2], [3]);
        Assert.Equal(
            "95a16181a178c401039081a1799101c4020102", Convert.ToHexStringLower(packed));
        Assert.True(MessagePackToJson.TryRead(packed, out var back, out var attachments));
        // Attachments are numbered as they come.
        Assert.Equal(
            """["a",{"x":{"_placeholder":true,"num":0}},[],{"y":[1]},"""
            + """{"_placeholder":true,"num":1}]""", Encoding.UTF8.GetString(back.Span));
        Assert.Equal([[3], [1, 2]], attachments.Select(bytes => bytes.ToArray()));
    }

    [Fact]
    public void A_placeholder_without_its_attachment_stays_an_object() =>
        Assert.Equal(
            "82ac5f706c616365686f6c646572c3a36e756d05",
            Convert.ToHexStringLower(Pack("""{"_placeholder":true,"num":5}""", [1])));

    [Fact]
    public void Skipping_ends_where_reading_ends() => Prop
        .ForAll(
            ArbMap.Default.ArbFor<byte[]>(),
            bytes =>
            {
                var reading = new MessagePackReader(bytes);
                var skipping = new MessagePackReader(bytes);
                return !MessagePackToJson.TryRead(ref reading, out _, out _)
                    || (skipping.TrySkip() && skipping.Remaining == reading.Remaining);
            })
        .Check(FsCheck.Config.QuickThrowOnFailure.WithMaxTest(2_000).WithQuietOnSuccess(true));

    [Fact]
    public void Any_json_survives_the_way_there_and_back() => Prop
        .ForAll(
            Values(depth: 4).ToArbitrary(),
            value =>
            {
                var json = JsonSerializer.Serialize(value);
                return MessagePackToJson.TryRead(Pack(json), out var back, out _)
                    && JsonElement.DeepEquals(
                        JsonElement.Parse(json), JsonElement.Parse(back.Span));
            })
        .Check(FsCheck.Config.QuickThrowOnFailure.WithMaxTest(1_000).WithQuietOnSuccess(true));

    static Gen<object?> Values(int depth)
    {
        var leaf = Gen.OneOf(
            Gen.Constant<object?>(null),
            ArbMap.Default.GeneratorFor<bool>().Select(value => (object?)value),
            ArbMap.Default.GeneratorFor<long>().Select(value => (object?)value),
            ArbMap.Default.GeneratorFor<NormalFloat>().Select(value => (object?)value.Get),
            ArbMap.Default.GeneratorFor<UnicodeString>().Select(value => (object?)value.Get));
        if (depth == 0)
            return leaf;
        var inner = Values(depth - 1);
        return Gen.OneOf(
            leaf,
            inner.ListOf().Select(items => (object?)items.ToArray()),
            inner.ListOf().Select(items => (object?)items
                .Select((item, index) => (Key: "k" + index, Value: item))
                .ToDictionary(pair => pair.Key, pair => pair.Value)));
    }
}
