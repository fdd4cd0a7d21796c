using Sluice.Proxy.Http1;
using static Sluice.Unit.Proxy.Http1.HeadText;

namespace Sluice.Unit.Proxy.Http1;

public class ErrorPagesTests
{
    const string Chrome =
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0";

    [Fact]
    public void Page_is_that_of_nginx() =>
        Assert.Equal(
            "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n"
            + "<center><h1>502 Bad Gateway</h1></center>\r\n"
            + "<hr><center>nginx/1.31.5</center>\r\n</body>\r\n</html>\r\n",
            Page(502, ServerTokens.On));

    [Theory]
    [InlineData(301, "301 Moved Permanently")]
    [InlineData(302, "302 Found")]
    [InlineData(401, "401 Authorization Required")]
    [InlineData(403, "403 Forbidden")]
    [InlineData(498, "404 Not Found")]
    [InlineData(503, "503 Service Temporarily Unavailable")]
    public void Title_is_not_always_the_status_line(int status, string title)
    {
        var page = Page(status, ServerTokens.On);
        Assert.Contains($"<title>{title}</title>", page, StringComparison.Ordinal);
        Assert.Contains($"<h1>{title}</h1>", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(494, "Request Header Or Cookie Too Large")]
    [InlineData(495, "The SSL certificate error")]
    [InlineData(496, "No required SSL certificate was sent")]
    [InlineData(497, "The plain HTTP request was sent to HTTPS port")]
    public void Kinds_of_400_have_a_remark(int status, string remark)
    {
        Assert.Contains(
            $"<title>400 {remark}</title></head>\r\n<body>\r\n"
            + $"<center><h1>400 Bad Request</h1></center>\r\n<center>{remark}</center>\r\n<hr>",
            Page(status, ServerTokens.On), StringComparison.Ordinal);
        Assert.Equal(400, ErrorPages.ClientStatus(status));
        Assert.Equal(404, ErrorPages.ClientStatus(404));
    }

    [Theory]
    [InlineData(ServerTokens.Off, "<hr><center>nginx</center>")]
    [InlineData(ServerTokens.On, "<hr><center>nginx/1.31.5</center>")]
    [InlineData(ServerTokens.Build, "<hr><center>nginx/1.31.5 (sluice/")]
    public void Page_names_the_server_as_server_tokens_says(ServerTokens tokens, string text) =>
        Assert.Contains(text, Page(404, tokens), StringComparison.Ordinal);

    [Theory]
    [InlineData(200)]
    [InlineData(304)]
    [InlineData(418)]
    [InlineData(600)]
    public void Some_statuses_have_no_page(int status) =>
        Assert.Empty(ErrorPages.Page(status, ServerTokens.On, true));

    [Fact]
    public void Pages_from_400_on_are_padded_for_some_browsers()
    {
        const string line = "<!-- a padding to disable MSIE and Chrome friendly error page -->\r\n";
        var padded = Of(ErrorPages.Page(404, ServerTokens.On, true));
        Assert.Equal(
            Page(404, ServerTokens.On) + string.Concat(Enumerable.Repeat(line, 6)), padded);
        Assert.Equal(
            Page(301, ServerTokens.On), Of(ErrorPages.Page(301, ServerTokens.On, true)));
    }

    [Theory]
    [InlineData(Chrome, true)]
    [InlineData("Mozilla/4.0 (compatible; MSIE 6.0; Windows)", true)]
    [InlineData("MSIE 7", false)]
    [InlineData("MSIE 6.0 Opera", false)]
    [InlineData("Opera Chrome/1", false)]
    [InlineData("Gecko/20100101 Chrome/1", false)]
    [InlineData("curl/8.0", false)]
    [InlineData("", false)]
    public void Browsers_that_hide_short_pages_are_known(string userAgent, bool isPadded) =>
        Assert.Equal(isPadded, ErrorPages.NeedsPadding(Bytes(userAgent)));

    [Theory]
    [InlineData(400, true)]
    [InlineData(404, false)]
    [InlineData(413, true)]
    [InlineData(414, true)]
    [InlineData(494, true)]
    [InlineData(497, true)]
    [InlineData(500, true)]
    [InlineData(501, true)]
    [InlineData(502, false)]
    public void Some_statuses_close_the_connection(int status, bool closes) =>
        Assert.Equal(closes, ErrorPages.ClosesConnection(status));

    [Fact]
    public void Page_is_made_once() =>
        Assert.Same(
            ErrorPages.Page(404, ServerTokens.Off, false),
            ErrorPages.Page(404, ServerTokens.Off, false));

    static string Page(int status, ServerTokens tokens) =>
        Of(ErrorPages.Page(status, tokens, false));
}
