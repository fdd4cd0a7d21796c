using System.Globalization;
using System.Text;

namespace Sluice.EndToEnd.Differential;

/// <summary>
/// What one end of a connection does, step by step: the text of a client or backend section.
/// </summary>
/// <remarks>
/// A line of text is sent with CRLF after it, or without when it ends in a lone backslash;
/// <c>\n \r \t \0 \\ \xHH</c> are bytes. A line that starts with <c>@</c> is a command, the
/// names of which are the values of <see cref="Act"/>.
/// </remarks>
sealed class Script
{
    readonly List<Step> steps = [];
    readonly List<byte> pending = [];

    /// <summary>The steps in order; text between two commands is one step.</summary>
    public IReadOnlyList<Step> Steps => steps;

    public static Script Parse(IEnumerable<string> lines)
    {
        var script = new Script();
        foreach (var line in lines)
            if (line.StartsWith('@'))
                script.Command(line[1..]);
            else
                script.pending.AddRange(Bytes(line));
        script.Flush();
        return script;
    }

    void Command(string line)
    {
        var name = line.Split(' ')[0];
        var argument = line[name.Length..].TrimStart();
        if (name == "bytes")
        {
            pending.AddRange(Pattern(int.Parse(argument, CultureInfo.InvariantCulture)));
            return;
        }
        if (name == "chunks")
        {
            Chunks(argument);
            return;
        }
        Flush();
        if (!Enum.TryParse<Act>(name, ignoreCase: true, out var act) || act == Act.Send)
            throw new FormatException($"unknown command @{name}");
        steps.Add(new Step(act, Unescape(argument)));
    }

    /// <summary>"COUNT SIZE": that many chunks of a chunked body, without the last one.</summary>
    void Chunks(string argument)
    {
        var numbers = argument.Split(' ').Select(int.Parse).ToArray();
        for (var chunk = 0; chunk < numbers[0]; chunk++)
        {
            pending.AddRange(Encoding.ASCII.GetBytes($"{numbers[1]:x}\r\n"));
            pending.AddRange(Pattern(numbers[1]));
            pending.AddRange("\r\n"u8);
        }
    }

    void Flush()
    {
        if (pending.Count == 0)
            return;
        steps.Add(new Step(Act.Send, pending.ToArray()));
        pending.Clear();
    }

    /// <summary>Letters whose place can be told from their order, so that a lost piece shows.</summary>
    static byte[] Pattern(int count)
    {
        var bytes = new byte[count];
        for (var at = 0; at < count; at++)
            bytes[at] = (byte)('a' + (at + at / 26 + at / 4096) % 26);
        return bytes;
    }

    static byte[] Bytes(string line)
    {
        var open = line.EndsWith('\\') && !line.EndsWith(@"\\", StringComparison.Ordinal);
        return open ? Unescape(line[..^1]) : [.. Unescape(line), .. "\r\n"u8];
    }

    static byte[] Unescape(string text)
    {
        var bytes = new MemoryStream();
        for (var at = 0; at < text.Length; at++)
        {
            if (text[at] != '\\')
            {
                bytes.WriteByte((byte)text[at]);
                continue;
            }
            at++;
            bytes.WriteByte(text[at] switch
            {
                'n' => (byte)'\n',
                'r' => (byte)'\r',
                't' => (byte)'\t',
                '0' => 0,
                'x' => byte.Parse(text.AsSpan(at + 1, 2), NumberStyles.HexNumber),
                var other => (byte)other,
            });
            if (text[at] == 'x')
                at += 2;
        }
        return bytes.ToArray();
    }
}

/// <summary>One step: what to do, and the bytes it is done with.</summary>
readonly record struct Step(Act Act, byte[] Bytes)
{
    public string Text => Encoding.Latin1.GetString(Bytes);
}

/// <summary>What a step does.</summary>
enum Act
{
    /// <summary>Send the bytes.</summary>
    Send,

    /// <summary>Wait until the text has arrived.</summary>
    Await,

    /// <summary>Client: wait for the next response and take it.</summary>
    Response,

    /// <summary>Client: wait until some backend has received the text.</summary>
    Reached,

    /// <summary>Close; a client reads nothing after that.</summary>
    Close,

    /// <summary>Close with a reset.</summary>
    Abort,

    /// <summary>End the own direction and go on reading.</summary>
    Shutdown,

    /// <summary>Backend: answer as soon as the head is there, before the body.</summary>
    Early,

    /// <summary>Say nothing until the proxy closes.</summary>
    Stall,

    /// <summary>Backend: wait until all clients of the case have sent.</summary>
    Gate,

    /// <summary>Wait that many milliseconds, to part two sends into two segments.</summary>
    Pause,
}
