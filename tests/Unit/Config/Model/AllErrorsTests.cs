using Sluice.Config.Syntax;

namespace Sluice.Unit.Config.Model;

/// <summary>Where Sluice says more than nginx, which ends at the first error.</summary>
public class AllErrorsTests
{
    static string[] Http(string body) => Sample.Messages(Sample.Wrap("http", body));

    [Fact]
    public void Every_error_is_told_in_the_order_in_which_nginx_would_meet_them()
    {
        Assert.Equal(
            [
                "[emerg] invalid URL prefix in t.conf:6",
                "[emerg] invalid return code \"x\" in t.conf:7",
                "[emerg] invalid port in upstream \"a:b\" in t.conf:9",
                "[emerg] host not found in upstream \"nowhere\" in t.conf:8",
                "[emerg] there must be at least 2 \"proxy_buffers\" in t.conf:10",
                "[emerg] duplicate location \"/\" in t.conf:8",
                "[emerg] unknown \"nothing\" variable",
            ],
            Http("server { location / { add_header X $nothing; proxy_buffers 1 4k;\n"
                + "proxy_pass ftp://x; }\nreturn x;\n"
                + "location / { proxy_pass http://nowhere; } }\nupstream u { server a:b; }"));
    }

    [Fact]
    public void What_follows_from_an_error_is_not_told_as_another()
    {
        Assert.Single(Http("upstream u { server a:b; }"));
        Assert.Single(Http("server { listen x:y; }"));
        Assert.Single(Http("server { listen 81 default_server; } server { listen 81 default; }"));
        Assert.Single(Http("server { location / { proxy_pass http://a:81; } } "
            + "upstream a { server 192.0.2.1; }"));
    }

    [Theory]
    [InlineData("server { listen 443 ssl; }",
        "[emerg] the \"ssl\" parameter requires ngx_http_ssl_module in t.conf:5")]
    [InlineData("server { listen 443 http2; }",
        "[emerg] the \"http2\" parameter requires ngx_http_v2_module in t.conf:5")]
    [InlineData("server { listen 80 proxy_protocol; }",
        "[emerg] invalid parameter \"proxy_protocol\" in t.conf:5")]
    [InlineData("server { location / { proxy_pass https://a; } }",
        "[emerg] https protocol requires SSL support in t.conf:5")]
    [InlineData("error_log memory:1m debug;",
        "[emerg] nginx was built without debug support in t.conf:5")]
    [InlineData("upstream u { server a resolve; }",
        "[emerg] invalid parameter \"resolve\" in t.conf:5")]
    public void Parameters_of_nginx_that_Sluice_has_not_are_refused_by_name(
        string body, string message)
    {
        Assert.Equal([message], Http(body));
    }

    [Fact]
    public void A_message_shows_its_cause_and_a_way_out()
    {
        var diagnostics = new DiagnosticList();
        Sample.Build(Sample.Wrap("http", "server {\n  return 200 $htpt_host$remote_adr; }"),
            diagnostics);
        var diagnostic = diagnostics.InOrder()[1];
        Assert.Equal("unknown \"remote_adr\" variable", diagnostic.Message);
        Assert.Equal((6, 14), (diagnostic.SourceLine, diagnostic.Column));
        Assert.Equal("did you mean remote_addr?", diagnostic.Suggestion);
    }

    [Theory]
    [InlineData("htpt_x", "http_x")]
    [InlineData("upstrem_http_etag", "upstream_http_etag")]
    [InlineData("conection_upgrade", "connection_upgrade")]
    [InlineData("zzzzzzzz", null)]
    public void An_unknown_variable_is_told_with_a_known_one_that_is_near(
        string written, string? meant)
    {
        var diagnostics = new DiagnosticList();
        Sample.Build(Sample.Wrap("http", "map $uri $connection_upgrade { } server { return 200 $"
            + written + "; }"), diagnostics);
        string? expected = meant is null ? null : $"did you mean {meant}?";
        Assert.Equal(expected, diagnostics.InOrder().Single().Suggestion);
    }

    [Fact]
    public void A_location_with_a_wrong_head_is_read_for_what_else_is_wrong()
    {
        Assert.Equal(
            [
                "[emerg] invalid location modifier \"!~\" in t.conf:5",
                "[emerg] invalid return code \"x\" in t.conf:5",
                "[emerg] invalid URL prefix in t.conf:5",
            ],
            Http("server { location !~ a { location /b { return x; } proxy_pass y; } }"));
    }

    [Fact]
    public void A_configuration_with_an_error_gives_no_model_and_one_with_a_warning_does()
    {
        var errors = new DiagnosticList();
        Assert.Null(Sample.Build("events {} http { server { return x; } }", errors));
        var warnings = new DiagnosticList();
        Assert.NotNull(Sample.Build("events {} http { server { index /a b; } }", warnings));
        Assert.Single(warnings.InOrder());
    }
}
