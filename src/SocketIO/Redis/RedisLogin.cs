using System.Buffers;
using System.Globalization;
using System.Text;

namespace Sluice.SocketIO.Redis;

/// <summary>What is said before a connection is of use: AUTH, SELECT, and who are you.</summary>
static class RedisLogin
{
    /// <exception cref="RedisException">Redis refused, or is not one that can be used.</exception>
    public static async Task RunAsync(
        Stream stream, RedisAddress address, CancellationToken cancel)
    {
        if (address.Password is { } password)
        {
            var answer = await AskAsync(
                stream, "AUTH", address.User is { } user ? [user, password] : [password], cancel);
            if (answer.Kind == RedisValueKind.Error)
                throw new RedisException(
                    $"Redis at {address} refused the user or the password.");
        }

        if (address.Database != 0)
        {
            var answer = await AskAsync(
                stream, "SELECT", [address.Database.ToString(CultureInfo.InvariantCulture)],
                cancel);
            if (answer.Kind == RedisValueKind.Error)
                throw new RedisException(
                    $"Redis at {address} has no database {address.Database}: {answer.Text}");
        }

        var info = await AskAsync(stream, "INFO", ["server"], cancel);
        if (info.Kind == RedisValueKind.Error
            && info.Text.StartsWith("NOAUTH", StringComparison.Ordinal))
            throw new RedisException(
                $"Redis at {address} wants a password: "
                + "redis://:password@host:port or redis://user:password@host:port.");
        // A user who may not ask this may still publish.
        Check(info.Text, address);
    }

    static void Check(string info, RedisAddress address)
    {
        if (info.Contains("redis_mode:cluster", StringComparison.Ordinal))
            throw new RedisException(
                $"Redis at {address} is a node of a Redis Cluster, which this client does not "
                + "support. Use a Redis without cluster mode, or give AddRedisAdapter an "
                + "IRedisClient made with a client that does.");
        if (info.Contains("redis_mode:sentinel", StringComparison.Ordinal))
            throw new RedisException(
                $"Redis at {address} is a Sentinel, which this client does not support. Give the "
                + "address of the master, or of a proxy in front of it.");
    }

    static async Task<RedisValue> AskAsync(
        Stream stream, string command, string[] arguments, CancellationToken cancel)
    {
        var output = new ArrayBufferWriter<byte>();
        RespWriter.Write(
            output, command,
            [.. arguments.Select(text => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(text))]);
        await stream.WriteAsync(output.WrittenMemory, cancel);
        var reader = new RespReader();
        var buffer = new byte[4096];
        while (true)
        {
            var length = await stream.ReadAsync(buffer, cancel);
            if (length == 0)
                throw new RedisException("Redis closed the connection while it was opened.");
            switch (Read(reader, buffer.AsSpan(0, length), out var value))
            {
                case RespStatus.Complete:
                    return value;
                case RespStatus.Rejected:
                    throw new RedisException("What listens there does not speak as Redis does.");
            }
        }
    }

    /// <summary>Nobody says anything unasked: what is behind the answer cannot be.</summary>
    static RespStatus Read(RespReader reader, ReadOnlySpan<byte> bytes, out RedisValue value)
    {
        var status = reader.Read(ref bytes, out value);
        return status == RespStatus.Complete && !bytes.IsEmpty ? RespStatus.Rejected : status;
    }
}
