using System.Net;
using System.Text;
using System.Text.RegularExpressions;

namespace Sluice.EndToEnd.Samples;

/// <summary>
/// The nginx.conf of a sample, in which nothing is replaced but addresses, ports and the place of
/// the access log.
/// </summary>
static partial class SampleConfiguration
{
    /// <param name="sample">The sample's folder.</param>
    /// <param name="listen">Where the proxy listens.</param>
    /// <param name="instances">
    /// The addresses of the instances by their ports in nginx.conf. With several of them the lines
    /// count that the file has in a comment for that case.
    /// </param>
    public static string Read(
        string sample, EndPoint listen, IReadOnlyDictionary<int, string> instances)
    {
        var text = File.ReadAllText(
            Path.Combine(Deployment.Folder(sample), "nginx.conf"), Encoding.Latin1);
        if (instances.Count > 1)
            text = ForSeveral().Replace(text, "$1");
        text = Listen().Replace(text, match => match.Groups[1].Value + listen);
        text = Peer().Replace(text, match =>
            instances.TryGetValue(int.Parse(match.Groups[1].Value), out var address)
                ? address
                : match.Value);
        return text.Replace("/dev/stdout", "logs/access.log");
    }

    [GeneratedRegex(@"(?m)^(\s+)# (?=ip_hash;|server  127)")]
    private static partial Regex ForSeveral();

    [GeneratedRegex(@"(?m)^(\s+listen\s+)\d+")]
    private static partial Regex Listen();

    [GeneratedRegex(@"\b127\.0\.0\.1:(\d+)")]
    private static partial Regex Peer();
}
