namespace Sluice.SocketIO.EngineIO;

/// <summary>permessage-deflate as a connection and its client have agreed on it.</summary>
sealed class WebSocketDeflate(DeflateAgreement agreed, PerMessageDeflateOptions options)
{
    public WebSocketInflater Inflater { get; } =
        new(agreed.IsClientTakingOver, agreed.ClientBits);

    public WebSocketDeflater Deflater { get; } =
        new(agreed.IsServerTakingOver, agreed.ServerBits, options);

    /// <summary>Nothing is received or sent any more.</summary>
    public void Release()
    {
        Inflater.Release();
        Deflater.Release();
    }
}
