using System.Net;
using Sluice.Config.Directives;
using Sluice.Config.Model;
using Sluice.Config.Syntax;
using Sluice.Config.Text;

namespace Sluice.Unit.Config.Model;

/// <summary>Small configurations in memory, and the model or the messages they give.</summary>
static class Sample
{
    public const string FileName = "t.conf";

    /// <summary>A page of memory, which nginx's default buffers are made of.</summary>
    public const int PageSize = 4096;

    static readonly Dictionary<string, string> wraps = new()
    {
        ["main"] = "{0}",
        ["http"] = "events {}\nerror_log stderr;\npid p;\nhttp { access_log off;\n{0}\n}\n",
        ["server"] = "events {}\nerror_log stderr;\npid p;\nhttp { access_log off;\n"
            + "server { listen 127.0.0.1:18000;\n{0}\n}\n}\n",
        ["location"] = "events {}\nerror_log stderr;\npid p;\nhttp { access_log off;\n"
            + "server { listen 127.0.0.1:18000;\nlocation /x/ {\n{0}\n}\n}\n}\n",
    };

    public static readonly BuildEnvironment Environment = new()
    {
        ConfigPath = "/etc/nginx/" + FileName,
        Prefix = "/srv/",
        CoreCount = 6,
        PageSize = PageSize,
        HostName = "Machine.Test",
        IsPrivileged = true,
        Resolver = new Hosts(),
    };

    /// <summary>Directives of a level within the blocks around it.</summary>
    public static string Wrap(string level, string body) =>
        wraps[level].Replace("{0}", body, StringComparison.Ordinal);

    /// <summary>Builds a text; what is wrong goes to the list.</summary>
    public static MainConfig? Build(string text, DiagnosticList diagnostics)
    {
        var tree = ConfigChecker.ReadAlone(new SourceFile(FileName, text), diagnostics);
        return ModelBuilder.Build(tree, Environment, diagnostics);
    }

    /// <summary>nginx's lines about a text, with their levels, in nginx's order.</summary>
    public static string[] Messages(string text)
    {
        var diagnostics = new DiagnosticList();
        Build(text, diagnostics);
        return [.. diagnostics.InOrder().Select(d => $"[{d.Level}] {d.Message}")];
    }

    /// <summary>The model of a text that has to be good.</summary>
    public static MainConfig Config(string text)
    {
        var diagnostics = new DiagnosticList();
        var config = Build(text, diagnostics);
        Assert.Empty(diagnostics.InOrder().Where(d => d.Severity >= Severity.Warn)
            .Select(d => d.Message));
        return config!;
    }

    public static HttpConfig Http(string body) => Config(Wrap("http", body)).Http!;

    /// <summary>The only server of the only address.</summary>
    public static ServerConfig Server(string body) =>
        Config(Wrap("server", body)).Http!.Servers.Single();

    /// <summary>The location /x/ with these directives.</summary>
    public static LocationConfig Location(string body) =>
        Config(Wrap("location", body)).Http!.Servers.Single().Locations.Single();

    /// <summary>
    /// The innermost of four levels, each with its own directives: http, server, location /x/,
    /// and a location /x/y/ in it.
    /// </summary>
    public static LocationConfig Nested(string http, string server, string location, string inner)
        => Config("events {}\nhttp {\n" + http + "\nserver {\n" + server + "\nlocation /x/ {\n"
            + location + "\nlocation /x/y/ {\n" + inner + "\n}}}}").Http!
            .Servers.Single().Locations.Single().Children.Single();

    /// <summary>localhost and two.test have two addresses each; nothing else is known.</summary>
    sealed class Hosts : IHostResolver
    {
        public IReadOnlyList<IPAddress> Resolve(string host) => host switch
        {
            "localhost" => [IPAddress.Loopback, IPAddress.IPv6Loopback],
            "two.test" => [IPAddress.Parse("192.0.2.1"), IPAddress.Parse("192.0.2.2")],
            _ => [],
        };
    }
}
