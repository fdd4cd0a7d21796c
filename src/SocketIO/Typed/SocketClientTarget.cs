using System.ComponentModel;

namespace Sluice.SocketIO.Typed;

/// <summary>Where the calls of a client interface go. For generated code.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class SocketClientTarget
{
    /// <summary>
    /// Longer than people wait, and short enough that a client which never answers does not
    /// collect questions.
    /// </summary>
    internal static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(30);

    readonly IEmitter emitter;
    readonly TimeSpan timeout;

    internal SocketClientTarget(IEmitter emitter, TimeSpan timeout)
    {
        this.emitter = emitter;
        this.timeout = timeout;
    }

    public void Emit(string name, ReadOnlySpan<object?> arguments) =>
        emitter.EmitAll(name, arguments);

    /// <exception cref="AckTimeoutException">The answer did not come in time.</exception>
    /// <exception cref="SocketDisconnectedException">The client went away.</exception>
    /// <exception cref="InvalidOperationException">There is no single client.</exception>
    public async Task<T> AskAsync<T>(
        string name, object?[] arguments, CancellationToken cancel)
    {
        switch (emitter)
        {
            case Socket socket:
                var answer = await socket.Timeout(timeout)
                    .EmitWithAckAsync(name, arguments, cancel);
                return answer.Get<T>(0)!;
            case SocketOperator one:
                return (await one.EmitWithAckAsync(name, arguments, cancel)).Get<T>(0)!;
            case RemoteSocket remote:
                return (await remote.EmitWithAckAsync(timeout, name, arguments, cancel)).As<T>()!;
            default:
                throw new InvalidOperationException(
                    $"\"{name}\" asks for one answer, and there are many clients; ask them by "
                    + "Timeout(...).EmitWithAckAsync, or one after the other.");
        }
    }
}
