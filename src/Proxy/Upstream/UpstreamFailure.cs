using Sluice.Config.Model;

namespace Sluice.Proxy.Upstream;

/// <summary>Why a peer gave no answer that can be passed on: a closed list.</summary>
enum UpstreamFailure
{
    /// <summary>None: the head of an answer is there.</summary>
    None,

    /// <summary>The connection was refused, reset, or closed before a head came.</summary>
    Error,

    /// <summary>proxy_connect_timeout, proxy_send_timeout or proxy_read_timeout passed.</summary>
    Timeout,

    /// <summary>What came is no head, or one that proxy_buffer_size cannot hold.</summary>
    InvalidHeader,

    /// <summary>A head came, with a status that proxy_next_upstream names.</summary>
    Status,

    /// <summary>No peer could be chosen.</summary>
    NoLivePeers,

    /// <summary>The client left.</summary>
    ClientGone,

    /// <summary>The client's body failed; its status is the answer.</summary>
    ClientBody,

    /// <summary>The gateway could not do its part, such as read a temporary file.</summary>
    Internal,
}

static class UpstreamFailures
{
    /// <summary>The condition of proxy_next_upstream that covers the failure.</summary>
    public static NextUpstream Condition(this UpstreamFailure failure, int status) => failure switch
    {
        UpstreamFailure.Error => NextUpstream.Error,
        UpstreamFailure.Timeout => NextUpstream.Timeout,
        UpstreamFailure.InvalidHeader => NextUpstream.InvalidHeader,
        UpstreamFailure.Status => OfStatus(status),
        _ => NextUpstream.Off,
    };

    /// <summary>The condition that a status is, or Off.</summary>
    public static NextUpstream OfStatus(int status) => status switch
    {
        500 => NextUpstream.Http500,
        502 => NextUpstream.Http502,
        503 => NextUpstream.Http503,
        504 => NextUpstream.Http504,
        403 => NextUpstream.Http403,
        404 => NextUpstream.Http404,
        429 => NextUpstream.Http429,
        _ => NextUpstream.Off,
    };

    /// <summary>The status that answers the client when no other peer is tried.</summary>
    public static int ClientStatus(this UpstreamFailure failure, int status) => failure switch
    {
        UpstreamFailure.Timeout => 504,
        UpstreamFailure.Status or UpstreamFailure.ClientBody => status,
        UpstreamFailure.ClientGone => 499,
        UpstreamFailure.Internal => 500,
        _ => 502,
    };
}
