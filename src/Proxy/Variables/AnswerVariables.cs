namespace Sluice.Proxy.Variables;

/// <summary>What is known of the answer.</summary>
static class AnswerVariables
{
    public static IEnumerable<Variable> All =>
    [
        new BuiltInVariable("status", AppendStatus),
        new BuiltInVariable("bytes_sent", static (x, to) =>
        {
            to.Append(x.BytesSent);
            return true;
        }),
        new BuiltInVariable("body_bytes_sent", static (x, to) =>
        {
            to.Append(Math.Max(x.BytesSent - x.HeadBytesSent, 0));
            return true;
        }),
        new BuiltInVariable("request_completion", static (x, to) =>
        {
            if (x.IsComplete)
                to.Append("OK"u8);
            return true;
        }),
        new BuiltInVariable("request_time", static (x, to) =>
        {
            to.AppendSeconds(Math.Max(x.Worker.Loop.NowMs - x.StartMs, 0));
            return true;
        }),
        new ConstantVariable("limit_rate", "0"u8.ToArray()),
    ];

    /// <summary>
    /// Always three digits: "000" before there is a status. An error page has its own from the
    /// beginning.
    /// </summary>
    static bool AppendStatus(Exchange x, ByteBuilder to)
    {
        var status = x.StatusBefore != 0 ? x.StatusBefore
            : x.Status != 0 ? x.Status
            : x.ErrorPageStatus;
        var room = to.Reserve(3);
        room[0] = (byte)('0' + (status / 100));
        room[1] = (byte)('0' + (status / 10 % 10));
        room[2] = (byte)('0' + (status % 10));
        to.Advance(3);
        return true;
    }
}
