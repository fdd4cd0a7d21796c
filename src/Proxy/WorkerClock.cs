using Sluice.Net;
using Sluice.Proxy.Http1;

namespace Sluice.Proxy;

/// <summary>Texts of the present second, made once a second.</summary>
sealed class WorkerClock(Loop loop)
{
    readonly byte[] httpDate = new byte[HeaderText.DateLength];
    long httpDateSecond = -1;

    public long UnixSeconds => loop.UnixMs / 1000;

    /// <summary>The value of a Date header: "Sun, 06 Nov 1994 08:49:37 GMT".</summary>
    public ReadOnlySpan<byte> HttpDate
    {
        get
        {
            var second = UnixSeconds;
            if (second != httpDateSecond)
            {
                HeaderText.FormatDate(second, httpDate);
                httpDateSecond = second;
            }
            return httpDate;
        }
    }
}
