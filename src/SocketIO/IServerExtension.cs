namespace Sluice.SocketIO;

/// <summary>What is added to a server when it is made, before the application's own.</summary>
interface IServerExtension
{
    void Attach(SocketIOServer to);
}
