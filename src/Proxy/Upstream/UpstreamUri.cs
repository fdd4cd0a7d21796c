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
        EscapeControls(x, start);
        return new ArenaRange(start, x.Arena.Length - start);
    }

    /// <summary>
    /// A URI made of variables may hold decoded bytes of the client's; a line end among them must
    /// not end the request line.
    /// </summary>
    static void EscapeControls(Exchange x, int start)
    {
        if (x.Arena.From(start).IndexOfAnyInRange((byte)0, (byte)0x1f) < 0)
            return;
        var text = x.Worker.Text;
        text.Clear();
        text.Append(x.Arena.From(start));
        x.Arena.Truncate(start);
        foreach (var letter in text.Written)
        {
            if (letter > 0x1f)
                x.Arena.Append(letter);
            else
                x.Arena.AppendLatin1($"%{letter:X2}");
        }
    }
}
