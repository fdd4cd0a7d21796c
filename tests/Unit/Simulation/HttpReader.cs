using System.Globalization;
using System.Text;

namespace Sluice.Unit.Simulation;

/// <summary>How the body of a message is framed.</summary>
enum BodyForm
{
    None,
    Length,
    Chunked,
    UntilClose,

    /// <summary>The head was interim: another one follows.</summary>
    Interim,

    /// <summary>What follows is no HTTP any more.</summary>
    Switch,
}

interface IHttpSink
{
    /// <summary>A head has come, without its empty line: says how the body is framed.</summary>
    (BodyForm Form, long Length) OnHead(string head);

    void OnBody(ReadOnlySpan<byte> bytes);

    /// <summary>The message is whole; <paramref name="bytes"/> are all of it, framing too.</summary>
    void OnMessageEnd(long bytes);
}

/// <summary>
/// Reads messages one byte after the other, slowly and strictly: the second opinion on what the
/// gateway writes.
/// </summary>
sealed class HttpReader(IHttpSink sink)
{
    const string Hex = "0123456789abcdefABCDEF";

    readonly StringBuilder line = new();
    readonly StringBuilder head = new();
    Step step = Step.Head;
    long left;
    long messageBytes;

    enum Step
    {
        Head,
        Length,
        UntilClose,
        ChunkSize,
        ChunkData,
        ChunkEnd,
        Trailers,
        Switched,
    }

    /// <summary>No message has begun.</summary>
    internal bool IsBetween => step == Step.Head && messageBytes == 0;

    internal bool IsSwitched => step == Step.Switched;

    /// <summary>Reads on; how many bytes were HTTP.</summary>
    internal int Feed(ReadOnlySpan<byte> bytes)
    {
        int at = 0;
        while (at < bytes.Length && step != Step.Switched)
        {
            int count = 1;
            if (step is Step.Length or Step.UntilClose or Step.ChunkData)
            {
                count = step == Step.UntilClose
                    ? bytes.Length - at
                    : (int)Math.Min(left, bytes.Length - at);
                messageBytes += count;
                sink.OnBody(bytes.Slice(at, count));
                TakeData(count);
            }
            else
            {
                messageBytes++;
                Take((char)bytes[at]);
            }
            at += count;
        }
        return at;
    }

    /// <summary>What follows is of no interest.</summary>
    internal void Stop() => step = Step.Switched;

    /// <summary>The connection ended in order: whether the message may end so.</summary>
    internal bool End()
    {
        if (step == Step.UntilClose)
            EndMessage();
        return IsBetween;
    }

    void TakeData(int count)
    {
        if (step == Step.UntilClose)
            return;
        left -= count;
        if (left == 0 && step == Step.ChunkData)
            step = Step.ChunkEnd;
        else if (left == 0)
            EndMessage();
    }

    void Take(char letter)
    {
        line.Append(letter);
        if (letter != '\n')
            return;
        Assert.True(line.Length > 1 && line[^2] == '\r', "a line feed alone");
        string text = line.ToString(0, line.Length - 2);
        line.Clear();
        switch (step)
        {
            case Step.Head when text.Length > 0:
                head.Append(text).Append('\n');
                break;
            case Step.Head:
                string whole = head.ToString();
                head.Clear();
                Begin(sink.OnHead(whole));
                break;
            case Step.ChunkSize:
                TakeSize(text.Split(';')[0]);
                break;
            case Step.ChunkEnd:
                Assert.Equal("", text);
                step = Step.ChunkSize;
                break;
            case Step.Trailers when text.Length == 0:
                EndMessage();
                break;
        }
    }

    void TakeSize(string text)
    {
        Assert.All(text, letter => Assert.Contains(letter, Hex));
        left = long.Parse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        step = left == 0 ? Step.Trailers : Step.ChunkData;
    }

    void Begin((BodyForm Form, long Length) body)
    {
        left = body.Length;
        switch (body.Form)
        {
            case BodyForm.Length when left > 0:
                step = Step.Length;
                break;
            case BodyForm.Chunked:
                step = Step.ChunkSize;
                break;
            case BodyForm.UntilClose:
                step = Step.UntilClose;
                break;
            case BodyForm.Switch:
                step = Step.Switched;
                sink.OnMessageEnd(messageBytes);
                break;
            case BodyForm.Interim:
                break;
            default:
                EndMessage();
                break;
        }
    }

    void EndMessage()
    {
        step = Step.Head;
        long bytes = messageBytes;
        messageBytes = 0;
        sink.OnMessageEnd(bytes);
    }
}

/// <summary>The lines of a head.</summary>
readonly struct HeadText(string head)
{
    readonly string[] lines = head.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>A word of the first line.</summary>
    internal string Word(int index) => lines[0].Split(' ', 3)[index];

    /// <summary>A header's value, or null.</summary>
    internal string? this[string name]
    {
        get
        {
            foreach (string line in lines.AsSpan(1))
            {
                int colon = line.IndexOf(':');
                if (line.AsSpan(0, colon).Equals(name, StringComparison.OrdinalIgnoreCase))
                    return line[(colon + 1)..].Trim();
            }
            return null;
        }
    }

    internal int Number(string name) =>
        this[name] is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : -1;

    internal bool Has(string name, string value) =>
        value.Equals(this[name], StringComparison.OrdinalIgnoreCase);
}
