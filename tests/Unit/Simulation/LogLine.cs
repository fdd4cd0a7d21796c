using System.Globalization;

namespace Sluice.Unit.Simulation;

/// <summary>One line of the simulated gateway's access log.</summary>
sealed record LogLine(
    int ClientPort,
    int Status,
    long BytesSent,
    long BodyBytesSent,
    long RequestLength,
    string UpstreamAddress,
    string UpstreamStatus,
    string UpstreamBytesSent,
    string UpstreamBytesReceived,
    bool IsComplete,
    string Request)
{
    internal static LogLine Parse(string line)
    {
        string[] field = line.Split('|', 11);
        return new(
            (int)Number(field[0]), (int)Number(field[1]), Number(field[2]), Number(field[3]),
            Number(field[4]), field[5], field[6], field[7], field[8], field[9] == "OK", field[10]);
    }

    static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
