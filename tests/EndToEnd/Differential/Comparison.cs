using System.Text;
using Sluice.EndToEnd.Servers;

namespace Sluice.EndToEnd.Differential;

/// <summary>One thing the two proxies did differently.</summary>
/// <param name="What">Its place, such as "response 1 header Connection".</param>
/// <param name="Nginx">What nginx had there.</param>
/// <param name="Sluice">What Sluice had there.</param>
sealed record Difference(string What, string Nginx, string Sluice);

/// <summary>Compares what nginx and Sluice did with one case, piece by piece.</summary>
sealed class Comparison(Normal nginx, Normal sluice, CaseFile file)
{
    /// <summary>Longest text of a difference; the rest is cut.</summary>
    const int TextCharsMax = 400;

    readonly List<Difference> differences = [];

    public static List<Difference> Of(
        CaseFile file, Observation one, Normal nginx, Observation other, Normal sluice)
    {
        var comparison = new Comparison(nginx, sluice, file);
        comparison.Observations(one, other);
        return comparison.differences;
    }

    void Observations(Observation one, Observation other)
    {
        Same("run", one.Failure, other.Failure);
        for (var at = 0; at < Math.Max(one.Clients.Count, other.Clients.Count); at++)
            Clients(
                one.Clients.Count > 1 ? $"client {at + 1} " : "",
                one.Clients.ElementAtOrDefault(at), other.Clients.ElementAtOrDefault(at));
        Same("requests", Backends(one), Backends(other));
        for (var at = 0; at < Math.Min(one.Requests.Count, other.Requests.Count); at++)
            Requests($"request {at + 1} ", one.Requests[at], other.Requests[at]);
        Lists("access log", Log(one, one.AccessLog, nginx), Log(other, other.AccessLog, sluice));
        if (file.ErrorLog)
            Lists("error log",
                one.ErrorLog.Select(nginx.ErrorLine), other.ErrorLog.Select(sluice.ErrorLine));
        foreach (var (log, lines) in one.Logs)
            Lists("log " + log, Log(one, lines, nginx), Log(other, other.Logs[log], sluice));
    }

    /// <summary>Lines of several connections have no order among each other.</summary>
    static IEnumerable<string> Log(Observation seen, List<string> lines, Normal normal) =>
        seen.Clients.Count > 1
            ? lines.Select(normal.Text).Order(StringComparer.Ordinal)
            : lines.Select(normal.Text);

    void Clients(string where, ClientSeen? one, ClientSeen? other)
    {
        if (one is null || other is null)
        {
            Same(where + "connection", one is null ? "no" : "yes", other is null ? "no" : "yes");
            return;
        }
        Same(where + "responses", Statuses(one), Statuses(other));
        for (var at = 0; at < Math.Min(one.Responses.Count, other.Responses.Count); at++)
            Responses($"{where}response {at + 1} ", one.Responses[at], other.Responses[at]);
        Same(where + "rest", nginx.Text(one.Rest), sluice.Text(other.Rest));
        Same(where + "end", one.End.ToString(), other.End.ToString());
    }

    void Responses(string where, HttpMessage one, HttpMessage other)
    {
        Same(where + "status line", one.StartLine, other.StartLine);
        Headers(where, nginx.Headers(one), sluice.Headers(other));
        Same(where + "body", nginx.Text(one.Body), sluice.Text(other.Body));
        Lists(where + "trailers", one.Trailers, other.Trailers);
        Same(where + "complete", one.Complete.ToString(), other.Complete.ToString());
    }

    void Requests(string where, RequestSeen one, RequestSeen other)
    {
        if (one.Message is { } theirs && other.Message is { } ours)
        {
            Same(where + "line", nginx.Text(theirs.StartLine), sluice.Text(ours.StartLine));
            Headers(where, nginx.RequestHeaders(theirs), sluice.RequestHeaders(ours));
            Same(where + "body", nginx.Text(theirs.Body), sluice.Text(ours.Body));
            Lists(where + "trailers", theirs.Trailers, ours.Trailers);
        }
        Same(where + "complete",
            one.Message?.Complete.ToString() ?? "no", other.Message?.Complete.ToString() ?? "no");
        Same(where + "tunnel", nginx.Text(one.Tunnel), sluice.Text(other.Tunnel));
        Same(where + "ended by proxy", one.EndedByProxy.ToString(), other.EndedByProxy.ToString());
    }

    /// <summary>Names whose lines differ, one difference each; else the order of all.</summary>
    void Headers(string where, List<string> one, List<string> other)
    {
        var before = differences.Count;
        foreach (var name in one.Concat(other).Select(Name).Distinct().ToArray())
            Same($"{where}header {name}",
                string.Join('\n', one.Where(line => Name(line) == name)),
                string.Join('\n', other.Where(line => Name(line) == name)));
        if (differences.Count == before)
            Same(where + "header order", string.Join('\n', one), string.Join('\n', other));
    }

    static string Name(string line) => line.Split(':')[0].ToLowerInvariant();

    /// <summary>Which backend got each request, and on which of its connections if asked.</summary>
    string Backends(Observation seen)
    {
        var order = seen.Requests.Select(one => (one.Backend, one.Connection)).Distinct().ToList();
        return string.Join(' ', seen.Requests.Select(one => file.Connections
            ? $"{one.Backend}{order.IndexOf((one.Backend, one.Connection)) + 1}"
            : one.Backend));
    }

    static string Statuses(ClientSeen seen) =>
        string.Join(' ', seen.Responses.Select(response => response.Status));

    void Lists(string what, IEnumerable<string> one, IEnumerable<string> other) =>
        Same(what, string.Join('\n', one), string.Join('\n', other));

    void Same(string what, string one, string other)
    {
        if (one != other)
            differences.Add(new Difference(what, Cut(one, other), Cut(other, one)));
    }

    /// <summary>A long text from shortly before the place where the two part.</summary>
    static string Cut(string text, string other)
    {
        if (text.Length <= TextCharsMax)
            return text;
        var same = 0;
        while (same < text.Length && same < other.Length && text[same] == other[same])
            same++;
        var start = Math.Clamp(same - 40, 0, text.Length);
        var piece = text.AsSpan(start, Math.Min(TextCharsMax, text.Length - start));
        return new StringBuilder().Append('[').Append(text.Length).Append(" bytes, from ")
            .Append(start).Append("] ").Append(piece).ToString();
    }
}
