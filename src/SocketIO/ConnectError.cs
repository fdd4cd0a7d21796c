using System.Diagnostics.CodeAnalysis;

namespace Sluice.SocketIO;

/// <summary>
/// Thrown by a middleware to refuse a connection. The client's <c>connect_error</c> gets the
/// message and the details; the connection to other namespaces stays.
/// </summary>
[SuppressMessage("Naming", "CA1710", Justification = "The client's connect_error.")]
public sealed class ConnectError : Exception
{
    public ConnectError()
        : this("not authorized")
    {
    }

    public ConnectError(string message)
        : this(message, data: null)
    {
    }

    public ConnectError(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <param name="message">What the client reads.</param>
    /// <param name="data">Details for the client (<c>err.data</c>); null for none.</param>
    public ConnectError(string message, object? data)
        : base(message) => Details = data;

    /// <summary>Details for the client.</summary>
    public object? Details { get; }
}

/// <summary>An acknowledgement did not come in time.</summary>
public sealed class AckTimeoutException : TimeoutException
{
    public AckTimeoutException()
        : base("operation has timed out")
    {
    }

    public AckTimeoutException(string message)
        : base(message)
    {
    }

    public AckTimeoutException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}

/// <summary>The socket went away before it acknowledged.</summary>
public sealed class SocketDisconnectedException : IOException
{
    public SocketDisconnectedException()
        : base("socket has been disconnected")
    {
    }

    public SocketDisconnectedException(string message)
        : base(message)
    {
    }

    public SocketDisconnectedException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
