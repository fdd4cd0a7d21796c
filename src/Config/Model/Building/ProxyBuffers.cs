using Sluice.Config.Syntax;

namespace Sluice.Config.Model.Building;

/// <summary>Effective sizes in bytes of a level's proxy buffers.</summary>
readonly record struct ProxyBufferSizes(int First, int Count, int Size, int Busy);

/// <summary>The three directives about proxy buffers, and nginx's checks among them.</summary>
static class ProxyBuffers
{
    const int DefaultCount = 8;

    static readonly Setting<int> bufferSize = new("proxy_buffer_size", 0, Readers.Size);
    static readonly Setting<BufferCount> buffers =
        new("proxy_buffers", default, Readers.Buffers);
    static readonly Setting<int> busySize = new("proxy_busy_buffers_size", 0, Readers.Size);

    public static IEnumerable<Setting> Settings => [bufferSize, buffers, busySize];

    /// <summary>What holds at a level.</summary>
    public static ProxyBufferSizes Resolve(BuildContext build, Level level)
    {
        int page = build.Environment.PageSize;
        int first = level.NodeOf(bufferSize) is null ? page : level.Get(bufferSize);
        var (count, size) = level.NodeOf(buffers) is null
            ? new BufferCount(DefaultCount, page)
            : level.Get(buffers);
        int largest = Math.Max(first, size);
        long busy = level.NodeOf(busySize) is null ? 2L * largest : level.Get(busySize);
        return new ProxyBufferSizes(first, count, size, (int)Math.Min(busy, int.MaxValue));
    }

    /// <summary>
    /// nginx checks servers and locations, not http; what a level inherits was checked before.
    /// </summary>
    public static void Check(BuildContext build, Level level, DirectiveNode http)
    {
        if (!IsWorthACheck(level))
            return;

        var (first, count, size, busy) = Resolve(build, level);
        int largest = Math.Max(first, size);
        string? wrong = count < 2
            ? "there must be at least 2 \"proxy_buffers\""
            : busy < largest
            ? "\"proxy_busy_buffers_size\" must be equal to or greater than the maximum of the "
                + "value of \"proxy_buffer_size\" and one of the \"proxy_buffers\""
            : busy > (count - 1L) * size
            ? "\"proxy_busy_buffers_size\" must be less than the size of all \"proxy_buffers\" "
                + "minus one buffer"
            : null;
        if (wrong is null)
            return;

        var cause = level.NodeOf(busySize) ?? level.NodeOf(bufferSize) ?? level.NodeOf(buffers)!;
        build.FailAtEnd(http, count < 2 ? level.NodeOf(buffers)! : cause, wrong);
    }

    static bool IsWorthACheck(Level level)
    {
        if (level.Outer is null)
            return false;
        return level.WritesAny(Settings) || level.IsServer && level.Outer.WritesAny(Settings);
    }
}
