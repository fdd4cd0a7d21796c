using Sluice.Config.Model;
using Sluice.Config.Syntax;

namespace Sluice.Unit.Config.Model;

/// <summary>What locations and the directives of the core in them become.</summary>
public class LocationModelTests
{
    [Theory]
    [InlineData("/a", LocationMatch.Prefix, "/a")]
    [InlineData("^~ /a", LocationMatch.PrefixNoRegex, "/a")]
    [InlineData("^~/a", LocationMatch.PrefixNoRegex, "/a")]
    [InlineData("= /a", LocationMatch.Exact, "/a")]
    [InlineData("=/a", LocationMatch.Exact, "/a")]
    [InlineData("~ \\.a$", LocationMatch.Regex, "\\.a$")]
    [InlineData("~\\.a$", LocationMatch.Regex, "\\.a$")]
    [InlineData("~* \\.a$", LocationMatch.RegexIgnoreCase, "\\.a$")]
    [InlineData("~*\\.a$", LocationMatch.RegexIgnoreCase, "\\.a$")]
    [InlineData("= @a", LocationMatch.Exact, "@a")]
    public void A_location_has_its_form_and_name(string head, LocationMatch match, string name)
    {
        var location = Sample.Server($"location {head} {{ }}").Locations.Single();
        Assert.Equal(match, location.Match);
        Assert.Equal(name, location.Name);
        Assert.Equal(match is LocationMatch.Regex or LocationMatch.RegexIgnoreCase,
            location.Pattern is not null);
    }

    [Fact]
    public void Named_locations_stand_apart_and_the_first_of_a_name_counts()
    {
        var server = Sample.Server("location @a { return 200; } location @a { return 201; }");
        Assert.Empty(server.Locations);
        var step = Assert.IsType<ReturnStep>(server.NamedLocations["@a"].RewriteSteps.Single());
        Assert.Equal(200, step.Code);
    }

    [Theory]
    [InlineData("/a/", "proxy_pass http://127.0.0.1;", true)]
    [InlineData("/a/", "proxy_pass http://$host;", true)]
    [InlineData("/a/", "", false)]
    [InlineData("/a", "proxy_pass http://127.0.0.1;", false)]
    public void A_proxied_location_that_ends_in_a_slash_redirects(
        string name, string body, bool redirects)
    {
        var server = Sample.Server($"location {name} {{ {body} }}");
        Assert.Equal(redirects, server.Locations.Single().AutoRedirect);
    }

    [Fact]
    public void Steps_keep_their_order_and_names_lose_their_case()
    {
        var steps = Sample.Location("set $One 1; set $two $one$http_x; return 403;").RewriteSteps;
        Assert.Equal(["one", "two"], steps.OfType<SetStep>().Select(step => step.Variable));
        Assert.Equal(403, Assert.IsType<ReturnStep>(steps[2]).Code);
        var http = Sample.Http("server { set $One 1; location / { set $TWO 2; } }");
        Assert.Equal(["one", "two"], http.SetVariables);
    }

    [Theory]
    [InlineData("return 404;", 404, null)]
    [InlineData("return 200 hello;", 200, "hello")]
    [InlineData("return 200 \"\";", 200, "")]
    [InlineData("return 301 /x$request_uri;", 301, "/x$request_uri")]
    [InlineData("return http://a/b;", 302, "http://a/b")]
    [InlineData("return $scheme://a;", 302, "$scheme://a")]
    public void Return_has_a_code_and_perhaps_a_text(string directive, int code, string? text)
    {
        var step = Assert.IsType<ReturnStep>(Sample.Location(directive).RewriteSteps.Single());
        Assert.Equal(code, step.Code);
        Assert.Equal(text, step.Text?.Source);
    }

    [Fact]
    public void Try_files_ends_in_a_uri_a_name_or_a_code()
    {
        var uri = Sample.Location("try_files $uri $uri/ /index.html?a;").TryFiles!;
        Assert.Equal([new TryFile(uri.Files[0].Path, false), new TryFile(uri.Files[1].Path, true)],
            uri.Files);
        Assert.Equal(["$uri", "$uri"], uri.Files.Select(file => file.Path.Source));
        Assert.Equal("/index.html?a", uri.Fallback?.Source);
        Assert.False(uri.IsNamed);
        Assert.Null(uri.Code);

        var named = Sample.Location("try_files $uri @b;").TryFiles!;
        Assert.Equal("@b", named.Fallback?.Source);
        Assert.True(named.IsNamed);

        var code = Sample.Location("try_files $uri =404;").TryFiles!;
        Assert.Equal(404, code.Code);
        Assert.Null(code.Fallback);

        // The last argument is never a directory.
        Assert.Equal("/a/", Sample.Location("try_files x /a/;").TryFiles!.Fallback?.Source);
    }

    [Theory]
    [InlineData("404 /x", 404, null, "/x", "", false)]
    [InlineData("404 /x?a=b", 404, null, "/x", "a=b", false)]
    [InlineData("404 /x$uri?a", 404, null, "/x$uri?a", "", false)]
    [InlineData("404 = /x", 404, 0, "/x", "", false)]
    [InlineData("404 =200 /x", 404, 200, "/x", "", false)]
    [InlineData("404 @x", 404, null, "@x", "", true)]
    [InlineData("404 http://a/?b", 404, null, "http://a/?b", "", false)]
    [InlineData("497 /x", 497, 400, "/x", "", false)]
    [InlineData("497 =301 /x", 497, 301, "/x", "", false)]
    public void An_error_page_has_code_response_and_target(
        string args, int code, int? response, string target, string query, bool named)
    {
        var page = Sample.Location($"error_page {args};").Core.ErrorPages.Single();
        Assert.Equal((code, response, target), (page.Code, page.Response, page.Target.Source));
        Assert.Equal((query, named), (page.Args, page.IsNamed));
    }

    [Theory]
    [InlineData("epoch", ExpiresKind.Epoch, 0)]
    [InlineData("max", ExpiresKind.Max, 0)]
    [InlineData("1h30m", ExpiresKind.Access, 5400)]
    [InlineData("+1h", ExpiresKind.Access, 3600)]
    [InlineData("-1", ExpiresKind.Access, -1)]
    [InlineData("modified -1h", ExpiresKind.Modified, -3600)]
    [InlineData("@15h30m", ExpiresKind.Daily, 55800)]
    [InlineData("$http_x", ExpiresKind.Variable, 0)]
    public void Expires_has_nginxs_forms(string value, ExpiresKind kind, long seconds)
    {
        var expires = Sample.Location($"expires {value};").Core.Expires!;
        Assert.Equal((kind, seconds), (expires.Kind, expires.Seconds));
        Assert.Equal(kind == ExpiresKind.Variable, expires.Value is not null);
    }

    [Fact]
    public void A_variables_value_is_read_like_a_written_one()
    {
        Assert.Null(Expires.Parse("off", false, out var off, out _));
        Assert.Null(off);
        Assert.Null(Expires.Parse("5m", true, out var modified, out long seconds));
        Assert.Equal((ExpiresKind.Modified, 300), (modified, seconds));
        Assert.Equal("invalid value", Expires.Parse("", false, out _, out _));
        Assert.True(Sample.Location("expires modified $http_x;").Core.Expires!.IsModified);
    }

    [Theory]
    [InlineData("", "/srv/html")]
    [InlineData("root html/a;", "/srv/html/a")]
    [InlineData("root /a/;", "/a")]
    [InlineData("root /;", "")]
    [InlineData("root sites/$host;", "/srv/sites/$host")]
    [InlineData("root $http_x;", "$http_x")]
    public void Root_is_a_full_path_without_its_last_slash(string directive, string root)
    {
        Assert.Equal(root, Sample.Location(directive).Core.Root.Source);
    }

    [Fact]
    public void Types_know_extensions_without_regard_to_case()
    {
        var types = Sample.Location("types { text/html html HTM; a/b c; }").Core.Types;
        Assert.Equal("text/html", types["htm"]);
        Assert.Equal(3, types.Count);
        Assert.Equal(["gif", "html", "jpg"],
            Sample.Location("").Core.Types.Keys.Order(StringComparer.Ordinal));
        Assert.Empty(Sample.Location("types { }").Core.Types);
    }

    [Fact]
    public void Headers_are_added_with_their_condition()
    {
        var headers = Sample.Location("add_header A $uri; add_header B \"\" always;")
            .Core.AddHeaders;
        Assert.Equal(["A", "B"], headers.Select(header => header.Name));
        Assert.Equal([false, true], headers.Select(header => header.Always));
        Assert.Equal("t.conf:7", headers[0].Position.ToString());
    }

    [Fact]
    public void Settings_without_directives_are_nginxs_defaults()
    {
        var core = Sample.Http("server { }").Servers[0].Root.Core;
        Assert.Equal("text/plain", core.DefaultType);
        Assert.Equal("index.html", core.IndexFiles.Single().Source);
        Assert.Equal(1024 * 1024, core.ClientMaxBodySize);
        Assert.Equal(2 * Sample.PageSize, core.ClientBodyBufferSize);
        Assert.Equal((60_000, 60_000), (core.ClientBodyTimeoutMs, core.SendTimeoutMs));
        Assert.Equal((75_000, 0), (core.KeepaliveTimeoutMs, core.KeepaliveHeaderSeconds));
        Assert.Equal((1000, 3_600_000), (core.KeepaliveRequests, core.KeepaliveTimeMs));
        Assert.Equal(LingeringClose.On, core.LingeringClose);
        Assert.Equal((30_000, 5_000), (core.LingeringTimeMs, core.LingeringTimeoutMs));
        Assert.True(core.TcpNodelay && core.AbsoluteRedirect && core.PortInRedirect);
        Assert.False(core.ResetTimedoutConnection || core.ServerNameInRedirect);
        Assert.Equal(ServerTokens.On, core.ServerTokens);
        Assert.Empty(core.ErrorPages);
        Assert.Empty(core.AddHeaders);
        Assert.Null(core.Expires);
    }

    [Fact]
    public void A_template_knows_its_parts()
    {
        var header = Sample.Location("add_header A x$http_Y${uri}$1;").Core.AddHeaders[0];
        Assert.Equal(
            [
                new TemplatePart(TemplatePartKind.Literal, "x"),
                new TemplatePart(TemplatePartKind.Variable, "http_y"),
                new TemplatePart(TemplatePartKind.Variable, "uri"),
                new TemplatePart(TemplatePartKind.Capture, "1", 1),
            ], header.Value.Parts);
    }
}
