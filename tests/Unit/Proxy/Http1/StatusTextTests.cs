using Sluice.Proxy.Http1;
using static Sluice.Unit.Proxy.Http1.HeadText;

namespace Sluice.Unit.Proxy.Http1;

public class StatusTextTests
{
    [Theory]
    [InlineData(200, "200 OK")]
    [InlineData(302, "302 Moved Temporarily")]
    [InlineData(401, "401 Unauthorized")]
    [InlineData(405, "405 Not Allowed")]
    [InlineData(408, "408 Request Time-out")]
    [InlineData(413, "413 Request Entity Too Large")]
    [InlineData(414, "414 Request-URI Too Large")]
    [InlineData(503, "503 Service Temporarily Unavailable")]
    [InlineData(504, "504 Gateway Time-out")]
    [InlineData(418, "418 ")]
    [InlineData(100, "100 Continue")]
    [InlineData(999, "999 ")]
    [InlineData(0, "000 ")]
    [InlineData(99, "099 ")]
    [InlineData(1000, "")]
    public void Line_is_that_of_nginx(int status, string line) =>
        Assert.Equal(line, Of(StatusText.Line(status)));
}
