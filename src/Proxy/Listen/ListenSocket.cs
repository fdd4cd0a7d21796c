using System.Collections.Frozen;
using System.Net;
using System.Net.Sockets;
using Sluice.Net;

namespace Sluice.Proxy.Listen;

/// <summary>
/// One socket of a configuration and what is served behind it. As in nginx, the socket of a
/// wildcard (<c>0.0.0.0:80</c>, <c>[::]:80</c>) takes the clients of every address that is
/// written with its family and port; the address a client came to chooses the servers.
/// </summary>
sealed class ListenSocket
{
    ListenSocket(ListenTable table, FrozenDictionary<Address, ListenTable> covered)
    {
        Table = table;
        Covered = covered;
    }

    /// <summary>What the socket is bound to, and the servers behind it.</summary>
    public ListenTable Table { get; }

    /// <summary>The addresses without a socket whose clients come in here; mostly none.</summary>
    public FrozenDictionary<Address, ListenTable> Covered { get; }

    /// <summary>The sockets that a set of listening addresses needs.</summary>
    public static FrozenDictionary<Address, ListenSocket> Make(
        FrozenDictionary<Address, ListenTable> listens)
    {
        var addresses = listens.Keys.ToHashSet();
        var covered = addresses
            .Where(address => IsCovered(address, addresses))
            .ToLookup(address => WildcardOver(address)!);
        return addresses
            .Where(address => !IsCovered(address, addresses))
            .ToFrozenDictionary(
                address => address,
                address => new ListenSocket(
                    listens[address],
                    covered[address].ToFrozenDictionary(own => own, own => listens[own])));
    }

    /// <summary>Whether an address has no socket because its wildcard is among all of them.</summary>
    public static bool IsCovered(Address address, HashSet<Address> all) =>
        WildcardOver(address) is { } wildcard && all.Contains(wildcard);

    /// <summary>Null for a wildcard and for a unix socket.</summary>
    static Address? WildcardOver(Address address)
    {
        var any = address.Family switch
        {
            AddressFamily.InterNetwork => IPAddress.Any,
            AddressFamily.InterNetworkV6 => IPAddress.IPv6Any,
            _ => null,
        };
        if (any is null)
            return null;
        var wildcard = new Address(new IPEndPoint(any, address.Port));
        return wildcard.Equals(address) ? null : wildcard;
    }
}
