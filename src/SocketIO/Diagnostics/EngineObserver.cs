using Sluice.SocketIO.EngineIO;

namespace Sluice.SocketIO.Diagnostics;

/// <summary>Sees an engine's sessions and packets; calls come from many threads at once.</summary>
abstract class EngineObserver
{
    public virtual void OnOpened(EngineSession session)
    {
    }

    /// <summary>It is on a WebSocket now.</summary>
    public virtual void OnUpgraded(EngineSession session)
    {
    }

    public virtual void OnClosed(EngineSession session, string reason)
    {
    }

    /// <param name="bytes">Of the packet's data.</param>
    public virtual void OnReceived(int bytes)
    {
    }

    /// <param name="bytes">Of the packet's data.</param>
    public virtual void OnSent(int bytes)
    {
    }
}
