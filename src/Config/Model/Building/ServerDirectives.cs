using System.Collections.Frozen;
using Sluice.Config.Syntax;

namespace Sluice.Config.Model.Building;

/// <summary>
/// The directives that servers have and locations do not: reading heads and URIs.
/// </summary>
static class ServerDirectives
{
    /// <summary>
    /// nginx's default connection_pool_size on a 64-bit machine, which a large header buffer
    /// has to exceed.
    /// </summary>
    const int ConnectionPoolSize = 512;

    static readonly Setting<int> headerBufferSize =
        new("client_header_buffer_size", 1024, Readers.Size);
    static readonly Setting<BufferCount> largeBuffers =
        new("large_client_header_buffers", new BufferCount(4, 8 * 1024), Readers.Buffers);
    static readonly Setting<long> headerTimeout =
        new("client_header_timeout", 60_000, Readers.Milliseconds);
    static readonly Setting<bool> mergeSlashes = new("merge_slashes", true, Readers.Flag);
    static readonly Setting<bool> ignoreInvalidHeaders =
        new("ignore_invalid_headers", true, Readers.Flag);
    static readonly Setting<bool> underscoresInHeaders =
        new("underscores_in_headers", false, Readers.Flag);

    /// <summary>All of them, by the directive's name.</summary>
    public static Dictionary<string, Setting> Table { get; } = Setting.Table(
        headerBufferSize, largeBuffers, headerTimeout, mergeSlashes, ignoreInvalidHeaders,
        underscoresInHeaders);

    /// <summary>nginx's check of a server, when everything is read.</summary>
    public static void Check(BuildContext build, Level level, DirectiveNode http)
    {
        bool isOwn = level.Writes(largeBuffers) || level.Outer!.Writes(largeBuffers);
        if (isOwn && level.Get(largeBuffers).Size < ConnectionPoolSize)
        {
            build.FailAtEnd(http, level.NodeOf(largeBuffers)!,
                "the \"large_client_header_buffers\" size must be equal to or greater than "
                + "\"connection_pool_size\"");
        }
    }

    /// <summary>The finished server.</summary>
    public static ServerConfig Build(
        ServerDraft draft, LocationConfig root, FrozenDictionary<string, LocationConfig> named)
    {
        var level = draft.Root.Level;
        var large = level.Get(largeBuffers);
        return new ServerConfig
        {
            Names = draft.EffectiveNames,
            FirstName = draft.FirstName,
            Root = root,
            Locations = root.Children,
            NamedLocations = named,
            ClientHeaderBufferSize = level.Get(headerBufferSize),
            LargeClientHeaderBuffersCount = large.Count,
            LargeClientHeaderBuffersSize = large.Size,
            ClientHeaderTimeoutMs = level.Get(headerTimeout),
            MergeSlashes = level.Get(mergeSlashes),
            IgnoreInvalidHeaders = level.Get(ignoreInvalidHeaders),
            UnderscoresInHeaders = level.Get(underscoresInHeaders),
            Position = BuildContext.PositionOf(draft.Node),
        };
    }
}
