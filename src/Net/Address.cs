using System.Net;

namespace Sluice.Net;

/// <summary>A socket address: IPv4, IPv6 or a unix path. Immutable, made once, compared by value.</summary>
public sealed class Address(EndPoint endPoint)
{
    public EndPoint EndPoint { get; } = endPoint;
}
