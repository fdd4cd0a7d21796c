using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Sluice.SocketIO.Redis;

/// <summary>
/// A stream's entry: the fields uid, nsp, type and data, whose value is JSON, or MessagePack in
/// base 64 when something in it is binary.
/// </summary>
sealed record StreamEntry(StreamId Id)
{
    /// <summary>Who has added it.</summary>
    public string Uid { get; private init; } = "";

    /// <summary>The namespace that it is for; empty when it is not one of ours at all.</summary>
    public string Namespace { get; private init; } = "";

    public ClusterMessageType Type { get; private init; }

    /// <summary>As it stands in the stream.</summary>
    public ReadOnlyMemory<byte> Data { get; private init; }

    /// <summary>The data of what this node says, as it stands in the stream.</summary>
    public static byte[] DataOf(ClusterOutgoing message)
    {
        var json = message.Data();
        if (message.Attachments.Count == 0)
            return json;
        var bytes = message.ToMessagePack(json);
        var text = new byte[Base64.GetMaxEncodedToUtf8Length(bytes.Length)];
        Base64.EncodeToUtf8(bytes, text, out _, out _);
        return text;
    }

    /// <summary>The arguments of XADD.</summary>
    public static ReadOnlyMemory<byte>[] Arguments(
        RedisStreamsOptions options, string uid, string name, ClusterMessageType type,
        byte[] data) =>
    [
        Bytes(options.StreamOf(name)), Bytes("MAXLEN"), Bytes("~"), Bytes(options.MaxLength),
        Bytes("*"), Bytes("uid"), Bytes(uid), Bytes("nsp"), Bytes(name), Bytes("type"),
        Bytes((int)type), Bytes("data"), data,
    ];

    /// <summary>The entries of one stream in an answer to XREAD; none when it is null.</summary>
    /// <exception cref="RedisException">It is not such an answer.</exception>
    public static StreamEntry[] ReadMany(RedisValue answer) => answer.Items switch
    {
        [] => [],
        [{ Items: [_, var entries] }] => ReadRange(entries),
        _ => throw NotOne(),
    };

    /// <summary>The entries in an answer to XRANGE or XREVRANGE.</summary>
    /// <exception cref="RedisException">It is not such an answer.</exception>
    public static StreamEntry[] ReadRange(RedisValue answer)
    {
        var entries = new StreamEntry[answer.Items.Count];
        for (var i = 0; i < entries.Length; i++)
            entries[i] = Read(answer.Items[i]);
        return entries;
    }

    /// <summary>Its data, with attachments; null when nobody can read it.</summary>
    public ClusterMessage? Parse()
    {
        if (Data.Span is [(byte)'{', ..])
            return ClusterMessage.Parse(Data);
        var bytes = new byte[Base64.GetMaxDecodedFromUtf8Length(Data.Length)];
        return Base64.DecodeFromUtf8(Data.Span, bytes, out _, out var length)
            == OperationStatus.Done ? ClusterMessage.Parse(bytes.AsMemory(0, length)) : null;
    }

    static StreamEntry Read(RedisValue value)
    {
        if (value.Items is not [var id, var fields] || !StreamId.TryParse(id.Text, out var parsed))
            throw NotOne();
        var entry = new StreamEntry(parsed);
        for (var i = 0; i + 1 < fields.Items.Count; i += 2)
        {
            var field = fields.Items[i + 1];
            entry = fields.Items[i].Text switch
            {
                "uid" => entry with { Uid = field.Text },
                "nsp" => entry with { Namespace = field.Text },
                "type" => entry with
                {
                    Type = (ClusterMessageType)(field.AsNumber() is { } type
                        && type is > 0 and < 100 ? type : 0),
                },
                "data" => entry with { Data = field.Bytes },
                _ => entry,
            };
        }

        return entry;
    }

    static RedisException NotOne() => new("What Redis answered is not of a stream.");

    static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    static byte[] Bytes(int number) => Bytes(number.ToString(CultureInfo.InvariantCulture));
}
