namespace Sluice.Proxy.Upstream;

/// <summary>Makes the URI that an exchange asks its peers for.</summary>
static class UpstreamUri
{
    /// <summary>Writes the URI into the exchange's arena.</summary>
    public static ArenaRange Make(Exchange x, ProxyPlan plan)
    {
        var raw = x.Head.Target.Of(x.HeadBuffer);
        var input = new PeerUriInput
        {
            Raw = raw,
            Path = x.Path.Written,
            Args = x.Args.Written,
            IsUnchanged = x.IsUriUnchanged,
            IsEscaped = x.IsUriQuoted || x.IsInternal,
            LocationNameLength = x.Location.NameBytes.Length,
            UriPart = plan.Group is null ? x.TargetUri.Span : plan.UriPart.Span,
            IsUriPartWhole = plan.Group is null,
        };
        var start = x.Arena.Length;
        // An absolute target may have arguments and no path: http://host?arguments.
        if (input.UriPart.IsEmpty && x.IsUriUnchanged && raw is not [(byte)'/', ..])
            x.Arena.Append((byte)'/');
        var room = x.Arena.Reserve(PeerUri.LengthMax(input));
        x.Arena.Advance(PeerUri.Build(input, room));
        return new ArenaRange(start, x.Arena.Length - start);
    }
}
