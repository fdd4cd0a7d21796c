using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace Sluice.SocketIO.Kestrel;

/// <summary>How a connection's pipes behave.</summary>
/// <param name="Input">From the client.</param>
/// <param name="Output">To the client.</param>
sealed record DetachablePipes(PipeOptions Input, PipeOptions Output)
{
    /// <summary>As the application has set them for Kestrel's own sockets.</summary>
    public static DetachablePipes Of(SocketTransportOptions options, MemoryPool<byte> pool)
    {
        var scheduler = options.UnsafePreferInlineScheduling
            ? PipeScheduler.Inline : PipeScheduler.ThreadPool;
        return new(
            Options(options.MaxReadBufferSize, scheduler, PipeScheduler.Inline),
            Options(options.MaxWriteBufferSize, scheduler, scheduler));

        PipeOptions Options(long? bytesMax, PipeScheduler reader, PipeScheduler writer) => new(
            pool, reader, writer, pauseWriterThreshold: bytesMax ?? 0,
            resumeWriterThreshold: (bytesMax ?? 0) / 2, useSynchronizationContext: false);
    }
}
