using System.Text;

namespace Sluice.Proxy.Http1;

/// <summary>
/// nginx's built-in pages. A page is made when it is first asked for, then kept: their number is
/// the number of statuses in the table times six.
/// </summary>
public static class ErrorPages
{
    /// <summary>The type of all pages.</summary>
    public static ReadOnlySpan<byte> ContentType => "text/html"u8;

    const int Lowest = 300;
    const int Highest = 599;
    const int Variants = 6;

    const string Padding =
        "<!-- a padding to disable MSIE and Chrome friendly error page -->\r\n";

    static readonly byte[]?[] Pages = new byte[]?[(Highest - Lowest + 1) * Variants];

    /// <summary>
    /// The status the client is told, and the access log shows: 494 to 497 are nginx's own
    /// numbers for kinds of 400.
    /// </summary>
    public static int ClientStatus(int status) => status is >= 494 and <= 497 ? 400 : status;

    /// <summary>
    /// After these statuses nginx closes the connection: the rest of the request may not have
    /// been read, or its framing is in doubt.
    /// </summary>
    public static bool ClosesConnection(int status) =>
        status is 400 or 413 or 414 or >= 494 and <= 497 or 500 or 501;

    /// <summary>
    /// The page of a status, or an empty array when nginx has none (then the answer has no body).
    /// <paramref name="isPadded"/> is msie_padding for a client that <see cref="NeedsPadding"/>;
    /// only pages from 400 on are padded.
    /// </summary>
    public static byte[] Page(int status, ServerTokens tokens, bool isPadded)
    {
        if (status is < Lowest or > Highest) return [];
        var padding = isPadded && status >= 400;
        var slot = (status - Lowest) * Variants + (int)tokens * 2 + (padding ? 1 : 0);
        return Pages[slot] ??= Make(status, tokens, padding);
    }

    /// <summary>
    /// True for the browsers that show a page of their own when the server's is short: MSIE, and
    /// Chrome unless it calls itself something else (nginx's reading of User-Agent).
    /// </summary>
    public static bool NeedsPadding(ReadOnlySpan<byte> userAgent)
    {
        if (userAgent.IndexOf("Opera"u8) >= 0) return false;
        var msie = userAgent.IndexOf("MSIE "u8);
        if (msie >= 0 && msie + 7 < userAgent.Length) return true;
        return userAgent.IndexOf("Gecko/"u8) < 0 && userAgent.IndexOf("Chrome/"u8) >= 0;
    }

    static byte[] Make(int status, ServerTokens tokens, bool isPadded)
    {
        var (title, heading, remark) = Texts(status);
        if (title.Length == 0) return [];
        var page = new StringBuilder()
            .Append("<html>\r\n<head><title>").Append(title).Append("</title></head>\r\n")
            .Append("<body>\r\n<center><h1>").Append(heading).Append("</h1></center>\r\n");
        if (remark.Length > 0) page.Append("<center>").Append(remark).Append("</center>\r\n");
        page.Append("<hr><center>").Append(Encoding.ASCII.GetString(ServerNames.Name(tokens)))
            .Append("</center>\r\n</body>\r\n</html>\r\n");
        for (var line = 0; isPadded && line < 6; line++) page.Append(Padding);
        return Encoding.ASCII.GetBytes(page.ToString());
    }

    static (string Title, string Heading, string Remark) Texts(int status) => status switch
    {
        302 => Same("302 Found"),
        401 => Same("401 Authorization Required"),
        494 => BadRequest("Request Header Or Cookie Too Large"),
        495 => BadRequest("The SSL certificate error"),
        496 => BadRequest("No required SSL certificate was sent"),
        497 => BadRequest("The plain HTTP request was sent to HTTPS port"),
        // nginx's table has the page of 404 where the cancelled 498 would be.
        498 => Same("404 Not Found"),
        304 => Same(""),
        _ when StatusText.Line(status).EndsWith(" "u8) => Same(""),
        _ => Same(Encoding.ASCII.GetString(StatusText.Line(status))),
    };

    static (string, string, string) Same(string text) => (text, text, "");

    static (string, string, string) BadRequest(string remark) =>
        ($"400 {remark}", "400 Bad Request", remark);
}
