using Microsoft.Extensions.Logging;

namespace Sluice.SocketIO.Jwt;

/// <summary>
/// The keys of a file, read anew when the file has changed. A file that cannot be read any more
/// leaves the keys as they were. Safe to use from any thread.
/// </summary>
sealed partial class JwksFile
{
    // Who asks with unknown ids makes us look at the file, at most this often.
    static readonly TimeSpan unknownInterval = TimeSpan.FromSeconds(1);

    readonly string path;
    readonly TimeSpan interval;
    readonly TimeProvider time;
    readonly ILogger logger;
    readonly Lock gate = new();
    volatile IReadOnlyList<JwtKey> keys;
    long lookedAt;
    (DateTime Written, long Length) version;

    /// <exception cref="InvalidOperationException">The file cannot be read.</exception>
    public JwksFile(string path, TimeSpan interval, TimeProvider time, ILogger logger)
    {
        this.path = path;
        this.interval = interval;
        this.time = time;
        this.logger = logger;
        try
        {
            version = Version();
            keys = Read();
        }
        catch (Exception error) when (IsExpected(error))
        {
            throw new InvalidOperationException($"{path}: {error.Message}", error);
        }
        lookedAt = time.GetTimestamp();
    }

    /// <summary>The keys; when it is time, the file is looked at first.</summary>
    public IReadOnlyList<JwtKey> Keys
    {
        get
        {
            LookAfter(interval);
            return keys;
        }
    }

    /// <summary>The keys after another look, for a token whose key we do not have.</summary>
    public IReadOnlyList<JwtKey> KeysForUnknown
    {
        get
        {
            LookAfter(unknownInterval);
            return keys;
        }
    }

    void LookAfter(TimeSpan wait)
    {
        if (time.GetElapsedTime(Volatile.Read(ref lookedAt)) < wait || !gate.TryEnter())
        {
            return;
        }
        try
        {
            Look();
        }
        finally
        {
            Volatile.Write(ref lookedAt, time.GetTimestamp());
            gate.Exit();
        }
    }

    void Look()
    {
        try
        {
            var now = Version();
            if (now == version)
            {
                return;
            }
            keys = Read();
            version = now;
            LogRead(path, keys.Count);
        }
        catch (Exception error) when (IsExpected(error))
        {
            LogKept(path, error.Message);
        }
    }

    (DateTime Written, long Length) Version()
    {
        var file = new FileInfo(path);
        return (file.LastWriteTimeUtc, file.Exists ? file.Length : -1);
    }

    IReadOnlyList<JwtKey> Read()
    {
        using var file = File.OpenRead(path);
        if (file.Length > JwtLimits.KeyFileBytesMax)
        {
            throw new FormatException($"It has more than {JwtLimits.KeyFileBytesMax} bytes.");
        }
        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        var read = JsonWebKeys.Parse(bytes);
        return read.Count > 0
            ? read
            : throw new FormatException("It has no key that verifies signatures.");
    }

    static bool IsExpected(Exception error) =>
        error is IOException or UnauthorizedAccessException or FormatException;

    [LoggerMessage(5301, LogLevel.Information, "{Path}: {Count} keys for tokens were read.")]
    private partial void LogRead(string path, int count);

    [LoggerMessage(
        5302, LogLevel.Error, "{Path}: {Problem} The keys for tokens stay as they were.")]
    private partial void LogKept(string path, string problem);
}
