using Sluice.Config.Directives;
using Sluice.Config.Model;
using Sluice.Config.Syntax;
using Sluice.Config.Text;

namespace Sluice.Unit.Config.Model;

/// <summary>The five guides in conf: they are good, and mean what they are written for.</summary>
public class GuideTests
{
    static readonly string folder = ConfFolder();

    static HttpConfig Guide(string number)
    {
        string path = Path.Combine(folder, $"guide-{number}.conf");
        var diagnostics = new DiagnosticList();
        var tree = ConfigChecker.Read(path, new Files(), diagnostics);
        var environment = Sample.Environment with { ConfigPath = path };
        var config = ModelBuilder.Build(tree, environment, diagnostics);
        Assert.DoesNotContain(diagnostics.InOrder(), d => d.Severity >= Severity.Warn);
        return config!.Http!;
    }

    static LocationConfig Location(HttpConfig http, string name) =>
        http.Servers[^1].Locations.Single(location => location.Name == name);

    static string Header(LocationConfig location, string name) =>
        location.Proxy.SetHeaders.Single(header => header.Name == name).Value.Source;

    [Fact]
    public void Guide_000_redirects_serves_files_and_keeps_sockets_for_a_day()
    {
        var http = Guide("000");
        var step = Assert.IsType<ReturnStep>(http.Servers[0].Root.RewriteSteps.Single());
        Assert.Equal((301, "http://$server_name:8110$request_uri"), (step.Code, step.Text?.Source));

        var files = Location(http, "/");
        Assert.Equal("/srv/html/app", files.Core.Root.Source);
        Assert.Equal("/index.html", files.TryFiles!.Fallback?.Source);
        var assets = files.Children.Single();
        Assert.Equal(365 * 24 * 3600, assets.Core.Expires!.Seconds);
        Assert.Equal("public, immutable", assets.Core.AddHeaders.Single().Value.Source);
        Assert.Equal("/srv/html/app", assets.Core.Root.Source);

        var socket = Location(http, "/api/ws");
        Assert.Equal(("$http_upgrade", "upgrade"),
            (Header(socket, "Upgrade"), Header(socket, "Connection")));
        Assert.Equal(86_400_000, socket.Proxy.ReadTimeoutMs);
        Assert.False(socket.Proxy.Buffering);
        Assert.Same(http.Upstreams["backend"], socket.ProxyPass!.Upstream);

        Assert.Equal("", Header(Location(http, "/api/"), "Connection"));
        Assert.Empty(Location(http, "/api/health").Core.AccessLogs);
        Assert.Equal("websocket", socket.Core.AccessLogs.Single().Format.Name);
    }

    [Fact]
    public void Guide_001_replaces_the_path_and_keeps_clients_with_their_instance()
    {
        var http = Guide("001");
        var chat = Location(http, "/dev/service/chat/");
        Assert.Equal("/chat/", chat.ProxyPass!.UriPart);
        Assert.True(chat.AutoRedirect);
        Assert.Equal("/srv/logs/guide-001-chat.error.log", chat.Core.ErrorLogs.Single().Path);

        var group = chat.ProxyPass.Upstream!;
        Assert.IsType<IpHashBalancer>(group.Balancer);
        Assert.Equal((3, 64), (group.Servers.Length, group.Keepalive));
        Assert.All(group.Servers, server =>
            Assert.Equal((3, 30), (server.MaxFails, server.FailTimeoutSeconds)));

        var rest = Location(http, "/dev/service/");
        Assert.Equal("/", rest.ProxyPass!.UriPart);
        Assert.Equal(3, rest.Core.AddHeaders.Length);
        Assert.Empty(chat.Core.AddHeaders);
        Assert.Equal("guide-001-cors.conf",
            Path.GetFileName(rest.Core.AddHeaders[0].Position.File));
    }

    [Fact]
    public void Guide_002_asks_for_an_upgrade_only_where_the_client_does()
    {
        var http = Guide("002");
        var map = http.Maps.Single();
        Assert.Equal(("upgrade", "close"), (map.Default.Source, map.Exact[""].Source));
        var socket = Location(http, "/ws/");
        Assert.Equal("$connection_upgrade", Header(socket, "Connection"));
        Assert.Empty(socket.Proxy.Redirects);
        Assert.Equal("", Header(Location(http, "/"), "Upgrade"));
        Assert.Equal("$http_host", Header(Location(http, "/"), "Host"));
        Assert.Equal([502, 503, 504],
            Location(http, "/").Core.ErrorPages.Select(page => page.Code));
        Assert.True(Location(http, "/unavailable.html").Internal);
    }

    [Fact]
    public void Guide_003_passes_two_paths_on_as_they_are()
    {
        var http = Guide("003");
        foreach (string path in (string[])["/api/v1/ws/", "/ws/"])
            Assert.Equal(path, Location(http, path).ProxyPass!.UriPart);
        Assert.Null(Location(http, "/").ProxyPass!.UriPart);
        Assert.Equal("localhost:8003", http.AllUpstreams.Single().Name);
    }

    [Fact]
    public void Guide_004_has_two_peers_where_localhost_has_two_addresses()
    {
        var http = Guide("004");
        var socket = Location(http, "/socket.io/");
        Assert.Equal(86_400_000, socket.Proxy.ReadTimeoutMs);
        Assert.Equal(["127.0.0.1:3001", "[::1]:3001"],
            socket.ProxyPass!.Upstream!.Servers.Single().Addresses.Select(x => x.Text));
        Assert.Equal("$host", Header(Location(http, "/api-docs"), "Host"));
    }

    static string ConfFolder()
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root.FullName, "Sluice.slnx")))
            root = root.Parent!;
        return Path.Combine(root.FullName, "conf");
    }

    sealed class Files : IConfigFiles
    {
        public FileRead Read(string path) =>
            FileRead.Good(File.ReadAllText(path, System.Text.Encoding.Latin1));

        public IReadOnlyList<string> Glob(string pattern) => [];
    }
}
