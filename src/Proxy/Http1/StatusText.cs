using System.Text;

namespace Sluice.Proxy.Http1;

/// <summary>nginx's status lines: "404 Not Found" behind the version.</summary>
public static class StatusText
{
    const int Lowest = 0;
    const int Highest = 999;

    static readonly byte[][] Lines = AllLines();

    /// <summary>
    /// Code and reason of a status up to 999. A code that nginx has no reason for is
    /// followed by a space alone: "418 ". Three digits, as in nginx: "000 ".
    /// </summary>
    public static ReadOnlySpan<byte> Line(int status) =>
        status is >= Lowest and <= Highest ? Lines[status - Lowest] : default;

    static byte[][] AllLines()
    {
        var lines = new byte[Highest - Lowest + 1][];
        for (var status = Lowest; status <= Highest; status++)
            lines[status - Lowest] = Encoding.ASCII.GetBytes($"{status:D3} {Reason(status)}");
        return lines;
    }

    static string Reason(int status) => status switch
    {
        100 => "Continue",
        101 => "Switching Protocols",
        103 => "Early Hints",
        200 => "OK",
        201 => "Created",
        202 => "Accepted",
        204 => "No Content",
        206 => "Partial Content",
        301 => "Moved Permanently",
        302 => "Moved Temporarily",
        303 => "See Other",
        304 => "Not Modified",
        307 => "Temporary Redirect",
        308 => "Permanent Redirect",
        400 => "Bad Request",
        401 => "Unauthorized",
        402 => "Payment Required",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Not Allowed",
        406 => "Not Acceptable",
        408 => "Request Time-out",
        409 => "Conflict",
        410 => "Gone",
        411 => "Length Required",
        412 => "Precondition Failed",
        413 => "Request Entity Too Large",
        414 => "Request-URI Too Large",
        415 => "Unsupported Media Type",
        416 => "Requested Range Not Satisfiable",
        421 => "Misdirected Request",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        501 => "Not Implemented",
        502 => "Bad Gateway",
        503 => "Service Temporarily Unavailable",
        504 => "Gateway Time-out",
        505 => "HTTP Version Not Supported",
        507 => "Insufficient Storage",
        _ => "",
    };
}
