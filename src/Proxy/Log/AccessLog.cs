using System.Collections.Immutable;

namespace Sluice.Proxy.Log;

/// <summary>The access logs of one location: every exchange that ended here gets its lines.</summary>
public sealed class AccessLog(ImmutableArray<AccessLogOutput> targets)
{
    /// <summary>No line is ever written.</summary>
    public bool IsOff => targets.IsEmpty;

    /// <summary>What the lines are made of.</summary>
    public ExchangeParts Reads { get; } = targets.Aggregate(
        ExchangeParts.None, static (reads, target) => reads | target.Reads);

    /// <summary>Writes the lines of an exchange that has ended. Never blocks.</summary>
    public void Write(Exchange exchange)
    {
        foreach (var target in targets)
        {
            if (target.IsWanted(exchange))
                target.Write(exchange);
        }
    }
}

/// <summary>One <c>access_log</c>: a file, or a path that each exchange has of its own.</summary>
/// <param name="format">How a line looks.</param>
/// <param name="condition"><c>if=</c>; null writes every line.</param>
public abstract class AccessLogOutput(LineFormat format, IExchangeValue? condition)
{
    internal virtual ExchangeParts Reads =>
        format.Reads | (condition?.Reads ?? ExchangeParts.None);

    /// <summary>Not when <c>if=</c> evaluates to nothing or "0".</summary>
    internal bool IsWanted(Exchange exchange)
    {
        if (condition is null)
            return true;
        var scratch = exchange.Worker.Scratch;
        int start = scratch.Length;
        condition.Append(exchange, scratch);
        var value = scratch.From(start);
        bool isWanted = !value.IsEmpty && !value.SequenceEqual("0"u8);
        scratch.Release(start);
        return isWanted;
    }

    internal void Write(Exchange exchange)
    {
        if (FileOf(exchange) is not { } file)
            return;
        var scratch = exchange.Worker.Scratch;
        int start = scratch.Length;
        format.Append(exchange, scratch);
        scratch.Append((byte)'\n');
        file.Append(scratch.From(start));
        scratch.Release(start);
    }

    /// <summary>Null when the line has to be dropped.</summary>
    private protected abstract LogTarget? FileOf(Exchange exchange);
}

/// <summary>An access log in one file, or with one syslog server.</summary>
public sealed class FileAccessLog(LogTarget file, LineFormat format, IExchangeValue? condition)
    : AccessLogOutput(format, condition)
{
    private protected override LogTarget? FileOf(Exchange exchange) => file;
}

/// <summary>An access log whose path has variables.</summary>
/// <param name="path">The path; completed with the prefix when it is relative.</param>
/// <param name="root">The directory without which nothing is written: the request's root.</param>
/// <param name="files">Whose writer opens the files, and whose prefix it is.</param>
/// <param name="format">How a line looks.</param>
/// <param name="condition"><c>if=</c>; null writes every line.</param>
public sealed class VariableAccessLog(
    IExchangeValue path, IExchangeValue root, LogFiles files, LineFormat format,
    IExchangeValue? condition)
    : AccessLogOutput(format, condition)
{
    internal override ExchangeParts Reads => base.Reads | path.Reads | root.Reads;

    /// <summary>The writer looks whether the root is there, which may block.</summary>
    private protected override LogTarget? FileOf(Exchange exchange)
    {
        var scratch = exchange.Worker.Scratch;
        int start = scratch.Length;
        root.Append(exchange, scratch);
        bool isRootSafe = !scratch.From(start).Contains((byte)0);
        scratch.Append((byte)0);
        int prefixStart = scratch.Length;
        scratch.AppendLatin1(files.Prefix);
        int pathStart = scratch.Length;
        path.Append(exchange, scratch);
        var written = scratch.From(pathStart);
        bool isSafe = isRootSafe && IsSafe(written);
        if (isSafe && written[0] == '/')
        {
            written.CopyTo(scratch.Mutable(prefixStart));
            scratch.Truncate(scratch.Length - (pathStart - prefixStart));
        }
        var file = isSafe ? files.Writer.ForPath(scratch.From(start)) : null;
        scratch.Release(start);
        return file;
    }

    /// <summary>
    /// A client that has a word in the path (<c>$host</c>, <c>$http_*</c>) does not climb out of
    /// the directory, which nginx leaves to the configuration's author.
    /// </summary>
    static bool IsSafe(ReadOnlySpan<byte> path) =>
        !path.IsEmpty
        && !path.Contains((byte)0)
        && path.IndexOf("/../"u8) < 0
        && !path.StartsWith("../"u8)
        && !path.EndsWith("/.."u8);
}
