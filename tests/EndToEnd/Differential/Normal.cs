using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Sluice.EndToEnd.Servers;

namespace Sluice.EndToEnd.Differential;

/// <summary>
/// Takes out of an observation what differs between any two runs of any two proxies: clocks,
/// addresses and folders of the run, boundaries, and the name and version a server gives itself.
/// </summary>
/// <param name="places">Text of this side, and the word that stands for it on every side.</param>
/// <param name="bridged">True for Debian's nginx, whose version is older than Sluice's model.</param>
sealed partial class Normal(IReadOnlyList<(string Own, string Word)> places, bool bridged)
{
    /// <summary>Header lines of a request as a backend received it.</summary>
    public List<string> RequestHeaders(HttpMessage message)
    {
        List<string> lines = [.. message.Headers.Select(Text)];
        return bridged ? VersionBridge.RequestHeaders(lines) : lines;
    }

    /// <summary>Header lines of a response.</summary>
    public List<string> Headers(HttpMessage message)
    {
        var date = message.Header("Date");
        return [.. message.Headers.Select(line => Header(line, date))];
    }

    /// <summary>A body or any other text.</summary>
    public string Text(string text)
    {
        foreach (var (own, word) in places)
            text = text.Replace(own, word, StringComparison.Ordinal);
        return Boundary().Replace(ServerName().Replace(text, "SERVER"), "BOUNDARY");
    }

    public string Text(byte[] bytes) => Text(Encoding.Latin1.GetString(bytes));

    /// <summary>A line of an error log without its time, process and connection number.</summary>
    public string ErrorLine(string line) => Text(ErrorStart().Replace(line, "$1 "));

    string Header(string line, string? date)
    {
        if (line.StartsWith("Date: ", StringComparison.Ordinal))
            return ParseDate(line[6..]) is null ? line : "Date: DATE";
        if (line.StartsWith("Expires: ", StringComparison.Ordinal)
            && ParseDate(line[9..]) is { } expires && ParseDate(date ?? "") is { } now
            && (expires - now).TotalHours is > -1 and < 3660 * 24)
            return string.Create(
                CultureInfo.InvariantCulture, $"Expires: DATE+{(expires - now).TotalSeconds}");
        return Text(line);
    }

    static DateTime? ParseDate(string text) =>
        DateTime.TryParseExact(
            text, "r", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)
            ? date
            : null;

    /// <summary>In the Server header and under every built-in error page.</summary>
    [GeneratedRegex(@"(?<=Server: |<hr><center>)(nginx|sluice)(/[0-9.]+)?")]
    private static partial Regex ServerName();

    /// <summary>Between the parts of multipart/byteranges: a number of 20 digits.</summary>
    [GeneratedRegex(@"(?<=boundary=|\r\n--)\d{20}")]
    private static partial Regex Boundary();

    [GeneratedRegex(@"^\S+ \S+ (\[\w+\]) \d+#\d+: (\*\d+ )?")]
    private static partial Regex ErrorStart();
}
