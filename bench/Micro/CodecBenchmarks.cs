using BenchmarkDotNet.Attributes;
using Sluice.Proxy.Http1;
using Sluice.Proxy.Tunnel;

namespace Sluice.Micro;

/// <summary>The pure parts of the path: what one call costs.</summary>
[MemoryDiagnoser]
public class CodecBenchmarks
{
    readonly RequestHead request = new();
    readonly ResponseHead response = new();
    readonly ChunkedReader chunks = new();

    [Benchmark]
    public HeadStatus RequestHead()
    {
        request.Reset();
        return request.Parse(Samples.RequestHead, RequestHeadRules.Default);
    }

    [Benchmark]
    public HeadStatus ResponseHead()
    {
        response.Reset();
        return response.Parse(Samples.ResponseHead, 4096);
    }

    [Benchmark]
    public int ChunkedBody()
    {
        chunks.Reset();
        var position = 0;
        while (chunks.Read(Samples.Chunks.AsSpan(position), out var consumed, out _)
            == ChunkedStatus.Data)
            position += consumed;
        return position;
    }

    [Benchmark]
    public uint FrameObserver()
    {
        var observer = new FrameObserver();
        observer.Observe(Samples.Frames);
        return observer.MessageCount;
    }
}

/// <summary>The same calls, and the bytes they allocate: an exact number, not a time.</summary>
static class CodecAllocations
{
    const int WarmUps = 200;
    const int Runs = 1000;

    public static IEnumerable<(string Name, double Bytes)> Measure()
    {
        var codec = new CodecBenchmarks();
        yield return ("request head, 460 bytes", BytesOf(() => codec.RequestHead()));
        yield return ("response head, 240 bytes", BytesOf(() => codec.ResponseHead()));
        yield return ("chunked body, 1 KB in 4 chunks", BytesOf(() => codec.ChunkedBody()));
        yield return ("frame observer, 64 frames", BytesOf(() => codec.FrameObserver()));
    }

    static double BytesOf(Action operation)
    {
        for (var i = 0; i < WarmUps; i++)
            operation();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Runs; i++)
            operation();
        return (GC.GetAllocatedBytesForCurrentThread() - before) / (double)Runs;
    }
}
