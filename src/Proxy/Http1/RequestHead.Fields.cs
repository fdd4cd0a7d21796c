using System.Text;

namespace Sluice.Proxy.Http1;

// The header lines, and what follows from them.
public sealed partial class RequestHead
{
    // Headers that may stand in a request once (as nginx has it).
    static readonly KnownHeaderSet Singles = KnownHeaderSet.Of(
        KnownHeader.ContentLength, KnownHeader.TransferEncoding, KnownHeader.ContentRange,
        KnownHeader.IfModifiedSince, KnownHeader.IfUnmodifiedSince, KnownHeader.IfMatch,
        KnownHeader.IfNoneMatch, KnownHeader.IfRange, KnownHeader.Expect,
        KnownHeader.Authorization);

    // The line a rejection is about, up to the wrong byte.
    HeadRange offender;

    bool closes;
    bool keepsAlive;

    void ReadFields(ReadOnlySpan<byte> head, in RequestHeadRules rules)
    {
        var lineRules = LineRules.NoControls
            | (rules.UnderscoresInHeaders ? LineRules.Underscores : LineRules.None);
        while (true)
        {
            var kind = HeaderLine.Scan(head, lineStart, ref scanned, lineRules, out var line);
            if (kind == LineKind.Field && line.Next <= bufferEnd)
            {
                // Nearly always. What follows is for lines that are not so plain.
                lineStart = line.Next;
                if (!TakeField(head, line, rules)) return;
                continue;
            }
            var end = kind switch
            {
                LineKind.NeedMore => head.Length + 1,
                LineKind.Invalid => line.ErrorAt + 1,
                _ => line.Next,
            };
            if (end > bufferEnd && Exceeds(end, rules))
            {
                offender = HeadRange.Between(lineStart, BufferedEnd(head, rules));
                Reject(RequestRejection.TooLongHeaderLine);
                return;
            }
            switch (kind)
            {
                case LineKind.NeedMore:
                    return;
                case LineKind.Invalid:
                    offender = HeadRange.Between(lineStart, line.ErrorAt);
                    Reject(RequestRejection.InvalidHeaderLine);
                    return;
                case LineKind.End:
                    Consumed = line.Next;
                    if (CheckFacts(head)) step = Step.Complete;
                    return;
            }
            TakeBuffers(line.Next, rules);
            lineStart = line.Next;
            if (!TakeField(head, line, rules)) return;
        }
    }

    bool TakeField(ReadOnlySpan<byte> head, in HeaderLine line, in RequestHeadRules rules)
    {
        if (line.HasInvalidName && rules.IgnoreInvalidHeaders)
        {
            if (DroppedCount++ == 0) FirstDropped = LineOf(line);
            return true;
        }
        if (fields.Count == Http1Limits.HeaderFieldsMax)
            return Reject(RequestRejection.TooManyHeaderLines);

        var known = line.Known;
        ref readonly var field = ref fields.Add(line);
        return known switch
        {
            KnownHeader.Other => true,
            KnownHeader.Host => TakeHostField(head, line, field),
            KnownHeader.Connection => TakeConnection(line.Value.Of(head)),
            _ => !field.IsRepeated || !Singles.Contains(known)
                || Reject(RequestRejection.DuplicateHeader),
        };
    }

    bool TakeHostField(ReadOnlySpan<byte> head, in HeaderLine line, in HeaderField field)
    {
        if (field.IsRepeated) return Reject(RequestRejection.DuplicateHost);
        var value = line.Value.Of(head);
        if (TargetForm == TargetForm.Origin)
            return TakeHost(value) || Reject(RequestRejection.InvalidHost);
        return Http1.HostName.TrySplit(value, out _, out _) || Reject(RequestRejection.InvalidHost);
    }

    bool TakeConnection(ReadOnlySpan<byte> value)
    {
        foreach (var token in HeaderText.Tokens(value))
        {
            if (Ascii.EqualsIgnoreCase(token, "keep-alive"u8)) keepsAlive = true;
            else if (Ascii.EqualsIgnoreCase(token, "close"u8)) closes = true;
            else if (Ascii.EqualsIgnoreCase(token, "upgrade"u8)) HasConnectionUpgrade = true;
        }
        return true;
    }

    static HeadRange LineOf(in HeaderLine line) =>
        HeadRange.Between(line.Name.Offset, line.Value.End);

    bool CheckFacts(ReadOnlySpan<byte> head)
    {
        if (Version > 1000 && !fields.Has(KnownHeader.Host))
            return Reject(RequestRejection.MissingHost);
        if (!CheckLength(head)) return false;
        if (Method == RequestMethod.Connect) return Reject(RequestRejection.ConnectMethod);
        if (Method == RequestMethod.Trace) return Reject(RequestRejection.TraceMethod);

        WantsKeepAlive = !closes && (keepsAlive || Version > 1000);
        ExpectsContinue = Version > 1000 && fields.Has(KnownHeader.Expect)
            && Ascii.EqualsIgnoreCase(Value(head, KnownHeader.Expect), "100-continue"u8);
        IsWebSocketHandshake = HasUpgrade && HasConnectionUpgrade
            && Method == RequestMethod.Get && Version > 1000
            && HeaderText.IsWebSocketKey(Value(head, KnownHeader.SecWebSocketKey))
            && Value(head, KnownHeader.SecWebSocketVersion).SequenceEqual("13"u8)
            && AnyUpgradeIsWebSocket(head);
        return true;
    }

    bool CheckLength(ReadOnlySpan<byte> head)
    {
        ContentLength = -1;
        if (fields.TryFind(KnownHeader.ContentLength, out var lengthField))
        {
            if (!HeaderText.TryParseDecimal(lengthField.Value(head), out var length))
                return Reject(RequestRejection.InvalidContentLength);
            ContentLength = length;
        }
        if (!fields.TryFind(KnownHeader.TransferEncoding, out var encodingField)) return true;
        if (Version < 1001) return Reject(RequestRejection.TransferEncodingInHttp10);
        if (!Ascii.EqualsIgnoreCase(encodingField.Value(head), "chunked"u8))
            return Reject(RequestRejection.UnknownTransferEncoding);
        if (ContentLength >= 0) return Reject(RequestRejection.LengthAndTransferEncoding);
        IsChunked = true;
        return true;
    }

    bool AnyUpgradeIsWebSocket(ReadOnlySpan<byte> head)
    {
        foreach (ref readonly var field in fields.Fields)
        {
            if (field.Known == KnownHeader.Upgrade
                && HeaderText.HasToken(field.Value(head), "websocket"u8)) return true;
        }
        return false;
    }
}
