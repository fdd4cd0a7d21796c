using System.Text;
using Sluice.Proxy.Http1;

namespace Sluice.Unit.Proxy.Http1;

/// <summary>Heads as strings: one character a byte (Latin-1).</summary>
static class HeadText
{
    public static byte[] Bytes(string text) => Encoding.Latin1.GetBytes(text);

    public static string Of(ReadOnlySpan<byte> bytes) => Encoding.Latin1.GetString(bytes);

    /// <summary>The head with this text, parsed in one piece.</summary>
    public static RequestHead Request(string text) => Request(text, RequestHeadRules.Default);

    public static RequestHead Request(string text, RequestHeadRules rules)
    {
        var head = new RequestHead();
        head.Parse(Bytes(text), rules);
        return head;
    }

    /// <summary>The answer to a head of these lines, in one piece.</summary>
    public static HeadStatus Status(string text, RequestHeadRules rules) =>
        new RequestHead().Parse(Bytes(text), rules);

    /// <summary>A GET of HTTP/1.1 with a Host and these further lines, each with its end.</summary>
    public static string Get(string lines) => $"GET / HTTP/1.1\r\nHost: a\r\n{lines}\r\n";

    /// <summary>"Name=value" of each header line.</summary>
    public static string[] Fields(RequestHead head, string text)
    {
        var bytes = Bytes(text);
        var fields = new List<string>();
        foreach (var field in head.Fields)
            fields.Add($"{Of(field.Name(bytes))}={Of(field.Value(bytes))}");
        return [.. fields];
    }

    /// <summary>The text for the error log.</summary>
    public static string LogOf(RequestHead head, string text)
    {
        var line = new byte[Http1Limits.LogTextBytesMax];
        return Of(line.AsSpan(0, head.FormatRejection(Bytes(text), line)));
    }
}
