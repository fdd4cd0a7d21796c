using System.Globalization;
using System.Text;

namespace Sluice.SocketIOBench;

/// <summary>What a message from a server is.</summary>
enum MessageKind
{
    News,
    Answer,
    Ping,
    Other,
}

/// <summary>
/// How a server is spoken to. Texts of the benchmark begin with a number of eight digits; the
/// prefixes of what servers send are fixed, so that finding it costs nothing.
/// </summary>
abstract class Dialect
{
    const int Digits = 8;

    public static readonly Dialect SocketIO = new SocketIODialect();
    public static readonly Dialect SignalR = new SignalRDialect();

    /// <summary>Where the WebSocket is opened.</summary>
    public abstract string Path { get; }

    /// <summary>How the message begins that the client waits for first; empty for none.</summary>
    public abstract byte[] Opening { get; }

    /// <summary>What the client says then.</summary>
    public abstract byte[] Hello { get; }

    /// <summary>How the server's answer begins.</summary>
    public abstract byte[] Greeting { get; }

    public abstract byte[] Pong { get; }

    public abstract byte[] Tell(string text);

    public abstract byte[] Ask(int id, string text);

    /// <summary>Takes the first message from a frame's payload.</summary>
    public virtual ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> payload)
    {
        var message = payload;
        payload = default;
        return message;
    }

    /// <summary>What it is; of news and answers the number at the beginning of their text.</summary>
    public abstract MessageKind Read(ReadOnlySpan<byte> message, out int number);

    /// <summary>A text of so many bytes.</summary>
    public static string Text(int number, int bytes) =>
        number.ToString("D8", CultureInfo.InvariantCulture).PadRight(bytes, 'x');

    protected static int Number(ReadOnlySpan<byte> message, int at) =>
        message.Length >= at + Digits
            && int.TryParse(
                message.Slice(at, Digits), NumberStyles.None, CultureInfo.InvariantCulture,
                out var number)
            ? number : -1;

    sealed class SocketIODialect : Dialect
    {
        public override string Path => "/socket.io/?EIO=4&transport=websocket";

        public override byte[] Opening => "0{"u8.ToArray();

        public override byte[] Hello => "40"u8.ToArray();

        public override byte[] Greeting => "40{\"sid\""u8.ToArray();

        public override byte[] Pong => "3"u8.ToArray();

        public override byte[] Tell(string text) =>
            Encoding.ASCII.GetBytes($"42[\"tell\",\"{text}\"]");

        public override byte[] Ask(int id, string text) =>
            Encoding.ASCII.GetBytes($"42{id}[\"ask\",\"{text}\"]");

        public override MessageKind Read(ReadOnlySpan<byte> message, out int number)
        {
            number = -1;
            if (message.StartsWith("42[\"news\",\""u8))
            {
                number = Number(message, 11);
                return MessageKind.News;
            }
            if (message.StartsWith("43"u8))
            {
                number = Number(message, message.IndexOf((byte)'"') + 1);
                return MessageKind.Answer;
            }
            return message is [(byte)'2'] ? MessageKind.Ping : MessageKind.Other;
        }
    }

    sealed class SignalRDialect : Dialect
    {
        const byte End = 0x1e;

        static ReadOnlySpan<byte> News =>
            "{\"type\":1,\"target\":\"news\",\"arguments\":[\""u8;

        static ReadOnlySpan<byte> Result => "\"result\":\""u8;

        public override string Path => "/hub";

        public override byte[] Opening => [];

        public override byte[] Hello =>
            "{\"protocol\":\"json\",\"version\":1}\u001e"u8.ToArray();

        public override byte[] Greeting => "{}\u001e"u8.ToArray();

        public override byte[] Pong => "{\"type\":6}\u001e"u8.ToArray();

        public override byte[] Tell(string text) => Encoding.ASCII.GetBytes(
            $"{{\"type\":1,\"target\":\"Tell\",\"arguments\":[\"{text}\"]}}\u001e");

        public override byte[] Ask(int id, string text) => Encoding.ASCII.GetBytes(
            $"{{\"type\":1,\"invocationId\":\"{id}\",\"target\":\"Ask\","
                + $"\"arguments\":[\"{text}\"]}}\u001e");

        /// <summary>A frame may carry several.</summary>
        public override ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> payload)
        {
            var end = payload.IndexOf(End);
            if (end < 0)
                return base.Take(ref payload);
            var message = payload[..end];
            payload = payload[(end + 1)..];
            return message;
        }

        public override MessageKind Read(ReadOnlySpan<byte> message, out int number)
        {
            number = -1;
            if (message.StartsWith(News))
            {
                number = Number(message, News.Length);
                return MessageKind.News;
            }
            if (message.StartsWith("{\"type\":3,"u8))
            {
                number = Number(message, message.IndexOf(Result) + Result.Length);
                return MessageKind.Answer;
            }
            return message.StartsWith("{\"type\":6"u8) ? MessageKind.Ping : MessageKind.Other;
        }
    }
}
