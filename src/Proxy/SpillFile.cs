using Microsoft.Win32.SafeHandles;
using Sluice.Net;

namespace Sluice.Proxy;

/// <summary>
/// The part of a request's body that did not fit into client_body_buffer_size: a temporary file
/// that is gone from the directory as soon as it is closed.
/// </summary>
sealed class SpillFile : IDisposable
{
    SafeFileHandle? handle;

    public string Path { get; private set; } = "";

    public long Length { get; private set; }

    public static SpillFile Create() => new();

    /// <summary>Appends the bytes; false when the file cannot be written.</summary>
    public async LoopTask<bool> AppendAsync(Exchange exchange, byte[] bytes, int count)
    {
        var work = new Transfer(exchange.Wakeup, this, bytes, count, isWrite: true);
        await work.RunAsync(exchange.Worker);
        if (work.Error is not null)
        {
            exchange.Location.Errors.Critical(exchange, $"client body file: {work.Error}");
            return false;
        }
        Length += count;
        return true;
    }

    /// <summary>Reads from <paramref name="offset"/>; the count, or -1 when it cannot be read.</summary>
    public async LoopTask<int> ReadAsync(Exchange exchange, byte[] into, long offset)
    {
        var work = new Transfer(exchange.Wakeup, this, into, into.Length, isWrite: false)
        {
            Offset = offset,
        };
        await work.RunAsync(exchange.Worker);
        return work.Error is null ? work.Count : -1;
    }

    public void Dispose()
    {
        handle?.Dispose();
        handle = null;
    }

    void Open()
    {
        Path = System.IO.Path.Combine(
            System.IO.Path.GetTempPath(),
            $"sluice-body-{Environment.ProcessId}-{Guid.NewGuid():N}");
        handle = File.OpenHandle(
            Path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None,
            FileOptions.DeleteOnClose);
    }

    sealed class Transfer(Wakeup wakeup, SpillFile file, byte[] bytes, int count, bool isWrite)
        : OffloadedWork(wakeup)
    {
        public long Offset { get; init; } = file.Length;

        public int Count { get; private set; }

        public string? Error { get; private set; }

        public override void Execute()
        {
            try
            {
                if (file.handle is null)
                    file.Open();
                if (isWrite)
                    RandomAccess.Write(file.handle!, bytes.AsSpan(0, count), Offset);
                else
                    Count = RandomAccess.Read(file.handle!, bytes.AsSpan(0, count), Offset);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                Error = e.Message;
            }
        }
    }
}
