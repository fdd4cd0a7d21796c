using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text;
using Sluice.Config.Model;
using Sluice.Proxy.Http1;
using Sluice.Proxy.Log;
using Sluice.Proxy.Variables;
using Sluice.Proxy.Upstream;

namespace Sluice.Proxy;

/// <summary>
/// One location at run time: its effective settings, with every text that has variables made
/// ready to be evaluated.
/// </summary>
public sealed class Location
{
    internal Location(Snapshot snapshot, LocationConfig config, ServerConfig server)
    {
        Config = config;
        var variables = snapshot.Variables;
        Root = variables.Compile(config.Core.Root);
        Steps = [.. config.RewriteSteps.Select(step => CompiledStep.Of(step, variables))];
        ErrorPages =
            [.. config.Core.ErrorPages.Select(page => new CompiledErrorPage(page, variables))];
        AddHeaders = [.. config.Core.AddHeaders.Select(header => new CompiledHeader(
            Encoding.Latin1.GetBytes(header.Name),
            variables.Compile(header.Value),
            header.Always))];
        AccessLog = variables.Compile(config.Core.AccessLogs, snapshot.Logs);
        Errors = new ErrorLog(config.Core.ErrorLogs, snapshot.Logs);
        IndexFiles = [.. config.Core.IndexFiles.Select(variables.Compile)];
        TryFiles = config.TryFiles is { } files ? new CompiledTryFiles(files, variables) : null;
        Proxy = config.ProxyPass is { } pass
            ? new ProxyPlan(snapshot, config, pass)
            : null;
        NameBytes = Encoding.Latin1.GetBytes(config.Name);
        DefaultType = Encoding.Latin1.GetBytes(config.Core.DefaultType);
        Types = snapshot.TypesOf(config.Core);
        Expires = config.Core.Expires?.Value is { } expires ? variables.Compile(expires) : null;
        Server = server;
    }

    public LocationConfig Config { get; }

    public ServerConfig Server { get; }

    public ReadOnlyMemory<byte> NameBytes { get; }

    public ReadOnlyMemory<byte> DefaultType { get; }

    /// <summary>Media types by extension.</summary>
    public FrozenDictionary<string, ReadOnlyMemory<byte>> Types { get; }

    public CompiledText Root { get; }

    /// <summary>The text of an expires with variables.</summary>
    public CompiledText? Expires { get; }

    public ImmutableArray<CompiledText> IndexFiles { get; }

    public CompiledTryFiles? TryFiles { get; }

    /// <summary>set and return, in file order.</summary>
    public ImmutableArray<CompiledStep> Steps { get; }

    public ImmutableArray<CompiledErrorPage> ErrorPages { get; }

    public ImmutableArray<CompiledHeader> AddHeaders { get; }

    public AccessLog AccessLog { get; }

    public ErrorLog Errors { get; }

    /// <summary>How requests are passed on; null when this location answers by itself.</summary>
    public ProxyPlan? Proxy { get; }
}

/// <summary>A header of add_header, ready to be evaluated.</summary>
public sealed record CompiledHeader(
    ReadOnlyMemory<byte> Name, CompiledText Value, bool Always = true)
{
    /// <summary>
    /// There is one of these at most: add_header takes the place of the answer's own, and an
    /// empty value takes it away (ngx_http_headers_filter_module.c).
    /// </summary>
    public bool IsSingle { get; } =
        HeaderText.EqualsIgnoreCase(Name.Span, "Last-Modified"u8)
        || HeaderText.EqualsIgnoreCase(Name.Span, "ETag"u8);
}

/// <summary>One step of the rewrite phase: sets a variable, or returns.</summary>
public sealed record CompiledStep(SettableVariable? Variable, CompiledText? Text, int ReturnCode)
{
    internal static CompiledStep Of(RewriteStep step, VariableTable variables) => step switch
    {
        SetStep set => new(variables.GetSettable(set.Variable), variables.Compile(set.Value), 0),
        ReturnStep end => new(
            null, end.Text is null ? null : variables.Compile(end.Text), end.Code),
        _ => throw new ArgumentException($"unknown step {step}"),
    };
}

/// <summary>One code of error_page, ready to be evaluated.</summary>
public sealed class CompiledErrorPage(ErrorPage page, VariableTable variables)
{
    public ErrorPage Config { get; } = page;

    public CompiledText Target { get; } = variables.Compile(page.Target);
}

/// <summary>try_files, ready to be evaluated.</summary>
public sealed class CompiledTryFiles(TryFiles files, VariableTable variables)
{
    public TryFiles Config { get; } = files;

    public ImmutableArray<CompiledText> Paths { get; } =
        [.. files.Files.Select(file => variables.Compile(file.Path))];

    public CompiledText? Fallback { get; } =
        files.Fallback is { } text ? variables.Compile(text) : null;
}
