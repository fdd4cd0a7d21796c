using System.Text;

namespace Sluice.Proxy;

/// <summary>The type of an answer the gateway makes itself: by the URI's extension (types).</summary>
static class MediaType
{
    public static ReadOnlySpan<byte> Of(Exchange x)
    {
        var path = x.Path.Written;
        var name = path[(path.LastIndexOf((byte)'/') + 1)..];
        var dot = name.LastIndexOf((byte)'.');
        if (dot <= 0)
            return x.Location.DefaultType.Span;
        var extension = Encoding.Latin1.GetString(name[(dot + 1)..]).ToLowerInvariant();
        return x.Location.Types.TryGetValue(extension, out var type)
            ? type.Span
            : x.Location.DefaultType.Span;
    }
}
