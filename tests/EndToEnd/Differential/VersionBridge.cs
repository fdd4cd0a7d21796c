using System.Diagnostics;
using System.Text.RegularExpressions;
using Sluice.EndToEnd.Servers;

namespace Sluice.EndToEnd.Differential;

/// <summary>
/// The judge's version, and what would differ in many cases because of it: that is applied to
/// nginx's side, so that it needs no entry in accepted.json for each.
/// </summary>
static partial class VersionBridge
{
    static readonly Version hostFirst = new(1, 31, 4);

    /// <summary>What <c>nginx -v</c> of the judge says.</summary>
    static readonly Version judge = Version.Parse(Number().Match(Ask()).Value);

    /// <summary>True for null too: no version of nginx is as new as that.</summary>
    public static bool IsOlderThan(Version? version) => version is null || judge < version;

    /// <summary>
    /// Since 1.31.4 the Host header directly follows the request line; before, a Host that
    /// proxy_set_header names stood where it was named.
    /// </summary>
    public static List<string> RequestHeaders(List<string> headers)
    {
        if (!IsOlderThan(hostFirst))
            return headers;
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

    static string Ask()
    {
        var start = new ProcessStartInfo(Repository.Nginx, "-v") { RedirectStandardError = true };
        using var process = Process.Start(start)!;
        return process.StandardError.ReadToEnd();
    }

    [GeneratedRegex(@"(?<=nginx/)\d+\.\d+\.\d+")]
    private static partial Regex Number();
}
