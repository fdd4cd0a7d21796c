namespace Sluice.EndToEnd.Differential;

/// <summary>
/// What would differ in many cases for one reason: applied to nginx's side, so that it needs no
/// entry in accepted.json for each.
/// </summary>
static class VersionBridge
{
    /// <summary>
    /// Since 1.31.4 the Host header directly follows the request line; before, a Host that
    /// proxy_set_header names stood where it was named.
    /// </summary>
    public static List<string> RequestHeaders(List<string> headers)
    {
        var host = headers.FindIndex(
            line => line.StartsWith("Host:", StringComparison.OrdinalIgnoreCase));
        if (host > 0)
        {
            var line = headers[host];
            headers.RemoveAt(host);
            headers.Insert(0, line);
        }
        return headers;
    }
}
