namespace Sluice.Samples.Shared;

/// <summary>
/// The official client for browsers (socket.io-client 4.8.4, MIT licence), so that a page needs
/// nothing from elsewhere.
/// </summary>
public static class SocketIOClientFile
{
    /// <summary>Serves it under <paramref name="path"/>.</summary>
    public static void MapSocketIOClient(this IEndpointRouteBuilder endpoints, string path) =>
        endpoints.MapGet(path, () => Results.Stream(
            typeof(SocketIOClientFile).Assembly
                .GetManifestResourceStream("socket.io.esm.min.js")!, "text/javascript"))
            .ExcludeFromDescription();
}
