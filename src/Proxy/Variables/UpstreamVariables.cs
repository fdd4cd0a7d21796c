namespace Sluice.Proxy.Variables;

/// <summary>
/// What is known of the peers that were asked, as lists in their order: ", " between peers,
/// " : " where an internal redirect began anew, "-" for what never came.
/// </summary>
static class UpstreamVariables
{
    public static IEnumerable<Variable> All =>
    [
        new BuiltInVariable("upstream_addr", static (x, to) => AppendList(
            x, to, static (ref readonly UpstreamTry attempt, ByteBuilder to) =>
                to.Append(attempt.Name.Span))),
        new BuiltInVariable("upstream_status", static (x, to) => AppendList(
            x, to, static (ref readonly UpstreamTry attempt, ByteBuilder to) =>
                AppendStatus(attempt.Status, to))),
        new BuiltInVariable("upstream_connect_time", static (x, to) => AppendList(
            x, to, static (ref readonly UpstreamTry attempt, ByteBuilder to) =>
                AppendTime(attempt.ConnectMs, to))),
        new BuiltInVariable("upstream_header_time", static (x, to) => AppendList(
            x, to, static (ref readonly UpstreamTry attempt, ByteBuilder to) =>
                AppendTime(attempt.HeaderMs, to))),
        new BuiltInVariable("upstream_response_time", static (x, to) => AppendList(
            x, to, static (ref readonly UpstreamTry attempt, ByteBuilder to) =>
                AppendTime(attempt.ResponseMs, to))),
        new BuiltInVariable("upstream_response_length", static (x, to) => AppendList(
            x, to, static (ref readonly UpstreamTry attempt, ByteBuilder to) =>
                to.Append(attempt.ResponseLength))),
        new BuiltInVariable("upstream_bytes_received", static (x, to) => AppendList(
            x, to, static (ref readonly UpstreamTry attempt, ByteBuilder to) =>
                to.Append(attempt.BytesReceived))),
        new BuiltInVariable("upstream_bytes_sent", static (x, to) => AppendList(
            x, to, static (ref readonly UpstreamTry attempt, ByteBuilder to) =>
                to.Append(attempt.BytesSent))),
    ];

    delegate void TryFunction(ref readonly UpstreamTry attempt, ByteBuilder to);

    static bool AppendList(Exchange x, ByteBuilder to, TryFunction append)
    {
        var attempts = x.Tries.AsSpan(0, x.TryCount);
        for (int i = 0; i < attempts.Length; i++)
        {
            if (i > 0)
                to.Append(attempts[i].IsAfterRedirect ? " : "u8 : ", "u8);
            append(in attempts[i], to);
        }
        return attempts.Length > 0;
    }

    static void AppendStatus(int status, ByteBuilder to)
    {
        if (status == 0)
            to.Append((byte)'-');
        else
            to.Append(status);
    }

    static void AppendTime(long milliseconds, ByteBuilder to)
    {
        if (milliseconds < 0)
            to.Append((byte)'-');
        else
            to.AppendSeconds(milliseconds);
    }
}
