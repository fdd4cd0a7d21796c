using System.Collections.Immutable;
using System.Text;
using Sluice.Config.Model;
using Sluice.Net;
using Sluice.Proxy.Http1;
using Sluice.Proxy.Variables;

namespace Sluice.Proxy.Upstream;

/// <summary>A header for the peer.</summary>
/// <param name="Start">"Name: ", or the whole line where <paramref name="Value"/> is null.</param>
/// <param name="Known">The identity of the name.</param>
/// <param name="Value">What is found anew for each request.</param>
sealed record ProxyPlanHeader(byte[] Start, KnownHeader Known, CompiledText? Value);

/// <summary>How the requests of one location are passed on: its proxy_ directives, made ready.</summary>
public sealed class ProxyPlan
{
    readonly Snapshot snapshot;
    readonly ImmutableArray<byte[]> otherSet;
    readonly ImmutableArray<byte[]> otherHidden;
    readonly byte[] proxyHost;
    readonly CompiledText? method;
    readonly CompiledText? bind;
    readonly ConnectOptions options;
    int hasNoticed;

    internal ProxyPlan(Snapshot snapshot, LocationConfig location, ProxyPassConfig pass)
    {
        this.snapshot = snapshot;
        Pass = pass;
        Settings = location.Proxy;
        var variables = snapshot.Variables;
        Url = variables.Compile(pass.Url);
        Group = pass.Upstream is { } upstream ? snapshot.GroupOf(upstream) : null;
        proxyHost = Encoding.Latin1.GetBytes(pass.ProxyHost ?? "");
        UriPart = Encoding.Latin1.GetBytes(pass.UriPart ?? "");
        SetHeaders = [.. Settings.SetHeaders
            .Select(header => Compile(header, variables)).OfType<ProxyPlanHeader>()];
        KnownSet = KnownHeaderSet.Of(
            [.. Settings.SetHeaders.Select(header => KnownOf(header.Name))]);
        otherSet = [.. Settings.SetHeaders
            .Where(header => KnownOf(header.Name) == KnownHeader.Other)
            .Select(header => Encoding.Latin1.GetBytes(header.Name))];
        KnownHidden = KnownHeaderSet.Of([.. Settings.HiddenHeaders.Select(KnownOf)]);
        otherHidden = [.. Settings.HiddenHeaders
            .Where(name => KnownOf(name) == KnownHeader.Other)
            .Select(Encoding.Latin1.GetBytes)];
        method = Settings.Method is { } verb ? variables.Compile(verb) : null;
        Body = Settings.SetBody is { } body ? variables.Compile(body) : null;
        bind = Settings.Bind is { } from ? variables.Compile(from.Address) : null;
        options = new ConnectOptions
        {
            NoDelay = location.Core.TcpNodelay,
            KeepAlive = Settings.SocketKeepalive,
        };
        Rewrites = new ResponseRewrites(Settings, variables);
        AlwaysHasHost = IsHttp11 || Written(Settings.SetHeaders, "Host") is null;
        AddsUpgrade = Settings.Upgrade == ProxyUpgrade.Auto && LacksUpgrade(Settings.SetHeaders);
        Place = location.Position;
    }

    public ProxyPassConfig Pass { get; }

    public ProxySettings Settings { get; }

    /// <summary>The URL of proxy_pass; only evaluated when it has variables.</summary>
    public CompiledText Url { get; }

    /// <summary>The group the URL names; null with variables.</summary>
    public PeerGroup? Group { get; }

    /// <summary>What replaces the location's name in the URI; empty without a URI part.</summary>
    public ReadOnlyMemory<byte> UriPart { get; }

    public bool IsHttp11 => Settings.HttpVersion == ProxyHttpVersion.Http11;

    /// <summary>A Host that evaluates to nothing becomes what proxy_pass names.</summary>
    public bool AlwaysHasHost { get; }

    /// <summary>
    /// Host, proxy_set_header and nginx's defaults, in the order they are sent, without those
    /// that never have a value.
    /// </summary>
    internal ImmutableArray<ProxyPlanHeader> SetHeaders { get; }

    /// <summary>Headers of the client that are not passed because they are set.</summary>
    public KnownHeaderSet KnownSet { get; }

    /// <summary>Headers of the peer that the client does not get.</summary>
    public KnownHeaderSet KnownHidden { get; }

    /// <summary>proxy_redirect and proxy_cookie_*.</summary>
    internal ResponseRewrites Rewrites { get; }

    /// <summary>proxy_set_body; null when the client's body is passed.</summary>
    public CompiledText? Body { get; }

    /// <summary>
    /// proxy_upgrade auto, and the location does not itself pass the headers of a handshake.
    /// </summary>
    public bool AddsUpgrade { get; }

    /// <summary>Where the location is written.</summary>
    internal Config.Syntax.Position Place { get; }

    public bool IsOtherSet(ReadOnlySpan<byte> name) => Contains(otherSet, name);

    public bool IsOtherHidden(ReadOnlySpan<byte> name) => Contains(otherHidden, name);

    /// <summary>The value of $proxy_host.</summary>
    public ReadOnlySpan<byte> ProxyHost(Exchange x) =>
        Group is null ? x.TargetHost.Span : proxyHost;

    public void AppendMethod(Exchange x, ByteBuilder to)
    {
        if (method is not null)
            method.Append(x, to);
        else if (x.MethodIsGet)
            to.Append("GET"u8);
        else
            to.Append(x.Head.MethodText.Of(x.HeadBuffer));
    }

    /// <summary>The method the peer is sent, as far as it frames the answer: HEAD has no body.</summary>
    public RequestMethod SentMethod(Exchange x)
    {
        if (method is null)
            return x.MethodIsGet ? RequestMethod.Get : x.Head.Method;
        return method.IsConstant && method.Constant.Equals("HEAD", StringComparison.Ordinal)
            ? RequestMethod.Head
            : RequestMethod.Other;
    }

    /// <summary>The evaluated key of `hash`, in the worker's key buffer; empty for other methods.</summary>
    public ReadOnlySpan<byte> BalancerKey(Exchange x, PeerGroup group)
    {
        if (snapshot.KeyOf(group) is not { } key)
            return default;
        var to = x.Worker.Key;
        to.Clear();
        key.Append(x, to);
        return to.Written;
    }

    /// <summary>Options of a new connection; proxy_bind may depend on the request.</summary>
    public ConnectOptions ConnectOptions(Exchange x)
    {
        if (bind is null)
            return options;
        var to = x.Worker.Key;
        to.Clear();
        bind.Append(x, to);
        return Address.TryParse(Encoding.Latin1.GetString(to.Written), out var from, defaultPort: 0)
            ? options with { Bind = from }
            : options;
    }

    /// <summary>
    /// Says once a location that its configuration forgot the headers of a handshake.
    /// </summary>
    public void NoticeHandshake(Exchange x)
    {
        if (Interlocked.Exchange(ref hasNoticed, 1) == 0)
            x.Location.Errors.HandshakeAdded(x, Place);
    }

    /// <summary>Null for a header whose value is always nothing, and which is never sent.</summary>
    static ProxyPlanHeader? Compile(ProxyHeader header, VariableTable variables)
    {
        var known = KnownOf(header.Name);
        var value = variables.Compile(header.Value);
        var start = Encoding.Latin1.GetBytes(header.Name + ": ");
        // A Host of nothing has a substitute, and what Connection says is noted in each request.
        if (!value.IsConstant || known is KnownHeader.Host or KnownHeader.Connection)
            return new(start, known, value);
        if (value.ConstantBytes.IsEmpty)
            return null;
        byte[] constant = [.. value.ConstantBytes];
        HeaderText.Neutralize(constant);
        return new([.. start, .. constant, .. "\r\n"u8], known, null);
    }

    static KnownHeader KnownOf(string name) => KnownHeaders.Find(Encoding.Latin1.GetBytes(name));

    static bool LacksUpgrade(ImmutableArray<ProxyHeader> headers)
    {
        var upgrade = Written(headers, "Upgrade");
        if (upgrade is null)
            return true;
        return upgrade.Value.Source.Length > 0 && Written(headers, "Connection") is null;
    }

    static ProxyHeader? Written(ImmutableArray<ProxyHeader> headers, string name) =>
        headers.FirstOrDefault(header => header.Position is not null
            && header.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    static bool Contains(ImmutableArray<byte[]> names, ReadOnlySpan<byte> name)
    {
        foreach (var candidate in names)
        {
            if (HeaderText.EqualsIgnoreCase(candidate, name))
                return true;
        }
        return false;
    }
}
