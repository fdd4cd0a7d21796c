using System.Globalization;
using System.Net;

namespace Sluice.EndToEnd.Differential;

/// <summary>
/// One case: a claim in a comment, then sections that start with <c>===</c>: what clients send,
/// what backends answer, and what is compared beyond the usual.
/// </summary>
sealed class CaseFile
{
    /// <summary>"group/name", the words in accepted.json and in a test's name.</summary>
    public required string Name { get; init; }

    /// <summary>The comment at its start: what nginx does here.</summary>
    public required string Claim { get; init; }

    public List<ClientSection> Clients { get; } = [];

    /// <summary>Answers of each backend in order; the last one is repeated.</summary>
    public Dictionary<string, List<Script>> Answers { get; } = [];

    /// <summary>Also compare logs/error.log from level warn up.</summary>
    public bool ErrorLog { get; private set; }

    /// <summary>Also compare which requests shared a connection to a backend.</summary>
    public bool Connections { get; private set; }

    /// <summary>Further access logs to compare, each with the number of lines to wait for.</summary>
    public List<(string File, int Lines)> Logs { get; } = [];

    /// <summary>False where the count of bytes in access.log depends on how they were cut.</summary>
    public bool AccessLog { get; private set; } = true;

    /// <summary>Lines to wait for in access.log; null for one a response.</summary>
    public int? LogLines { get; private set; }

    /// <summary>Reads a case; placeholders have already become addresses.</summary>
    public static CaseFile Parse(string name, string text)
    {
        var lines = text.Split('\n');
        var comment = lines
            .TakeWhile(line => line.StartsWith('#'))
            .Select(line => line[1..].Trim());
        var file = new CaseFile { Name = name, Claim = string.Join(' ', comment) };
        if (lines[^1].Length == 0)
            lines = lines[..^1];
        var at = Array.FindIndex(lines, IsTitle);
        while (at >= 0 && at < lines.Length)
        {
            var end = Array.FindIndex(lines, at + 1, IsTitle);
            end = end < 0 ? lines.Length : end;
            file.Section(lines[at][4..].Split(' '), lines[(at + 1)..end]);
            at = end;
        }
        return file.Clients.Count > 0 && file.Claim.Length > 0
            ? file
            : throw new FormatException($"{name}: no claim or no client section");
    }

    static bool IsTitle(string line) => line.StartsWith("=== ", StringComparison.Ordinal);

    void Section(string[] title, string[] lines)
    {
        switch (title[0])
        {
            case "client":
                Clients.Add(new ClientSection(title[1..], Script.Parse(lines)));
                break;
            case "get":
                string[] head = [$"GET {title[1]} HTTP/1.1", "Host: test", .. lines, ""];
                Clients.Add(new ClientSection(title[2..], Script.Parse(Trim(head))));
                break;
            case "backend":
                if (!Answers.TryGetValue(title[1], out var scripts))
                    Answers[title[1]] = scripts = [];
                scripts.Add(Script.Parse(lines));
                break;
            case "compare":
                foreach (var line in lines.Where(line => line.Length > 0))
                    Compare(line.Split(' '));
                break;
            default:
                throw new FormatException($"{Name}: unknown section {title[0]}");
        }
    }

    /// <summary>Blank lines between the headers of a short form and its end do not count.</summary>
    static string[] Trim(string[] head) => [.. head.Where(line => line.Length > 0), ""];

    void Compare(string[] words)
    {
        switch (words[0])
        {
            case "errorlog":
                ErrorLog = true;
                break;
            case "connections":
                Connections = true;
                break;
            case "log":
                Logs.Add((words[1], int.Parse(words[2], CultureInfo.InvariantCulture)));
                break;
            case "noaccesslog":
                AccessLog = false;
                break;
            case "loglines":
                LogLines = int.Parse(words[1], CultureInfo.InvariantCulture);
                break;
            default:
                throw new FormatException($"{Name}: unknown comparison {words[0]}");
        }
    }
}

/// <summary>One client connection, or several alike one after the other.</summary>
sealed class ClientSection
{
    public ClientSection(string[] options, Script script)
    {
        Script = script;
        foreach (var option in options)
            Read(option.Split('='));
        if (script.Steps is [{ Act: Act.Send } first, ..]
            && first.Text.StartsWith("HEAD ", StringComparison.Ordinal))
            Heads.Add(1);
    }

    public Script Script { get; }

    /// <summary>The source address.</summary>
    public IPAddress? From { get; private set; }

    /// <summary>How many connections do the same, one after the other.</summary>
    public int Times { get; private set; } = 1;

    /// <summary>Final responses to wait for.</summary>
    public int Responses { get; private set; } = 1;

    /// <summary>Which responses answer a HEAD, from 1.</summary>
    public HashSet<int> Heads { get; } = [];

    /// <summary>Which of the group's listening ports, from 1.</summary>
    public int Listen { get; private set; } = 1;

    /// <summary>Its responses are read when all sections have been started.</summary>
    public bool Hold { get; private set; }

    void Read(string[] option)
    {
        switch (option[0])
        {
            case "from":
                From = IPAddress.Parse(option[1]);
                break;
            case "times":
                Times = int.Parse(option[1], CultureInfo.InvariantCulture);
                break;
            case "responses":
                Responses = int.Parse(option[1], CultureInfo.InvariantCulture);
                break;
            case "head":
                Heads.UnionWith(option[1].Split(',').Select(int.Parse));
                break;
            case "listen":
                Listen = int.Parse(option[1], CultureInfo.InvariantCulture);
                break;
            case "hold":
                Hold = true;
                break;
            default:
                throw new FormatException($"unknown option {option[0]} of a client section");
        }
    }
}
