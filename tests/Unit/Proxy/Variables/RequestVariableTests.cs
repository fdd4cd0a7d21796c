namespace Sluice.Unit.Proxy.Variables;

public class RequestVariableTests
{
    [Theory]
    [InlineData("request", "GET /a%20b//c?x=1&Y=2 HTTP/1.1")]
    [InlineData("request_uri", "/a%20b//c?x=1&Y=2")]
    [InlineData("uri", "/a b/c")]
    [InlineData("document_uri", "/a b/c")]
    [InlineData("args", "x=1&Y=2")]
    [InlineData("query_string", "x=1&Y=2")]
    [InlineData("is_args", "?")]
    [InlineData("request_method", "GET")]
    [InlineData("server_protocol", "HTTP/1.1")]
    [InlineData("scheme", "http")]
    [InlineData("https", "")]
    [InlineData("http2", "")]
    [InlineData("http3", "")]
    [InlineData("ssl_protocol", null)]
    [InlineData("host", "a.test")]
    [InlineData("http_host", "A.Test:8080")]
    [InlineData("request_port", "8080")]
    [InlineData("is_request_port", ":")]
    [InlineData("content_type", "text/x")]
    [InlineData("content_length", null)]
    [InlineData("request_body", null)]
    [InlineData("request_body_file", null)]
    public void The_request_line_and_headers_have_nginx_s_values(string name, string? expected)
    {
        using var scene = new Scene(request: "GET /a%20b//c?x=1&Y=2 HTTP/1.1\r\n"
            + "Host: A.Test:8080\r\nContent-Type: text/x\r\n\r\n");

        Assert.Equal(expected, scene.Value(name));
    }

    [Theory]
    [InlineData("GET / HTTP/1.1", null, "")]
    [InlineData("GET /? HTTP/1.1", null, "")]
    [InlineData("GET /?a HTTP/1.1", "a", "?")]
    public void Arguments_that_are_not_there_are_not_found(
        string line, string? args, string isArgs)
    {
        using var scene = new Scene(request: line + "\r\nHost: a\r\n\r\n");

        Assert.Equal(args, scene.Value("args"));
        Assert.Equal(isArgs, scene.Value("is_args"));
    }

    [Fact]
    public void A_host_without_port_has_an_empty_port()
    {
        using var scene = new Scene();

        Assert.Equal("", scene.Value("request_port"));
        Assert.Equal("", scene.Value("is_request_port"));
    }

    [Fact]
    public void A_request_without_a_host_has_the_server_s_name()
    {
        using var scene = new Scene(
            "server { listen 127.0.0.1:18000; server_name first.test second.test; }",
            "GET / HTTP/1.0\r\n\r\n");

        Assert.Equal("first.test", scene.Value("host"));
        Assert.Equal("first.test", scene.Value("server_name"));
        Assert.Null(scene.Value("http_host"));
        Assert.Equal("HTTP/1.0", scene.Value("server_protocol"));
    }

    [Theory]
    [InlineData("X-One: 1\r\n", "http_x_one", "1")]
    [InlineData("x-ONE: 1\r\n", "HTTP_X_One", "1")]
    [InlineData("X-One: 1\r\nX-One: 2\r\n", "http_x_one", "1, 2")]
    [InlineData("X-One: \r\n", "http_x_one", "")]
    [InlineData("X-One: 1\r\n", "http_x_on", null)]
    [InlineData("X-One: 1\r\n", "http_x_one_", null)]
    [InlineData("Cookie: a=1\r\nCookie: b=2\r\n", "http_cookie", "a=1; b=2")]
    [InlineData("Via: 1.1 a\r\nVia: 1.1 b\r\n", "http_via", "1.1 a, 1.1 b")]
    [InlineData("User-Agent: \"me\"\r\n", "http_user_agent", "\"me\"")]
    [InlineData("Upgrade: websocket\r\n", "http_upgrade", "websocket")]
    [InlineData("Referer: x\r\n", "http_", null)]
    public void A_header_is_found_by_its_name(string headers, string name, string? expected)
    {
        using var scene = new Scene(
            request: "GET / HTTP/1.1\r\nHost: a\r\n" + headers + "\r\n");

        Assert.Equal(expected, scene.Value(name));
    }

    [Theory]
    [InlineData("/?x=1", "arg_x", "1")]
    [InlineData("/?X=1", "arg_x", "1")]
    [InlineData("/?ax=0&x=1&x=2", "arg_x", "1")]
    [InlineData("/?x", "arg_x", null)]
    [InlineData("/?x=", "arg_x", "")]
    [InlineData("/?x&x=3", "arg_x", "3")]
    [InlineData("/?a=x=1", "arg_x", null)]
    [InlineData("/?x=%41+b", "arg_x", "%41+b")]
    [InlineData("/?x=a=b", "arg_x", "a=b")]
    [InlineData("/", "arg_x", null)]
    [InlineData("/?=1", "arg_", null)]
    public void An_argument_is_found_by_its_name(string target, string name, string? expected)
    {
        using var scene = new Scene(request: $"GET {target} HTTP/1.1\r\nHost: a\r\n\r\n");

        Assert.Equal(expected, scene.Value(name));
    }

    [Theory]
    [InlineData("Cookie: a=1; b=2\r\n", "1")]
    [InlineData("Cookie: b=2; a=1\r\n", "1")]
    [InlineData("Cookie: b=2,a=1\r\n", "1")]
    [InlineData("Cookie: A = 1 ;b\r\n", "1 ")]
    [InlineData("Cookie: ba=2; a=1\r\n", "1")]
    [InlineData("Cookie: aa=2; a=1\r\n", "1")]
    [InlineData("Cookie: a; a=1\r\n", "1")]
    [InlineData("Cookie: b=2\r\nCookie: a=1\r\n", "1")]
    [InlineData("Cookie: a=\r\n", "")]
    [InlineData("Cookie: a=x=y,z; b\r\n", "x=y,z")]
    [InlineData("Cookie: b=a=1\r\n", null)]
    [InlineData("Cookie: a\r\n", null)]
    [InlineData("", null)]
    public void A_cookie_is_found_by_its_name(string headers, string? expected)
    {
        using var scene = new Scene(
            request: "GET / HTTP/1.1\r\nHost: a\r\n" + headers + "\r\n");

        Assert.Equal(expected, scene.Value("cookie_a"));
    }

    [Theory]
    [InlineData("Basic YWw6cHc=", "al")]
    [InlineData("basic   YWw6cHc=", "al")]
    [InlineData("Basic YWw6cHc", "al")]
    [InlineData("Basic YWw6cHc=garbage", "al")]
    [InlineData("Basic Og==", null)]
    [InlineData("Basic YWw=", null)]
    [InlineData("Basic YWw6c", null)]
    [InlineData("Basic YW!6cHc=", null)]
    [InlineData("Basic ", null)]
    [InlineData("Bearer YWw6cHc=", null)]
    public void The_user_is_that_of_basic_authentication(string value, string? expected)
    {
        using var scene = new Scene(
            request: $"GET / HTTP/1.1\r\nHost: a\r\nAuthorization: {value}\r\n\r\n");

        Assert.Equal(expected, scene.Value("remote_user"));
    }

    [Fact]
    public void The_forwarded_addresses_end_in_the_client_s()
    {
        using var none = new Scene();
        Assert.Equal("192.0.2.7", none.Value("proxy_add_x_forwarded_for"));

        using var two = new Scene(request: "GET / HTTP/1.1\r\nHost: a\r\n"
            + "X-Forwarded-For: 1.1.1.1\r\nx-forwarded-for: 2.2.2.2, 3.3.3.3\r\n\r\n");
        Assert.Equal(
            "1.1.1.1, 2.2.2.2, 3.3.3.3, 192.0.2.7", two.Value("proxy_add_x_forwarded_for"));
    }

    [Fact]
    public void A_request_id_is_32_digits_and_stays()
    {
        using var scene = new Scene();
        string id = scene.Value("request_id")!;

        Assert.Matches("^[0-9a-f]{32}$", id);
        Assert.Equal(id, scene.Value("request_id"));
        scene.X.RequestId = default;
        Assert.NotEqual(id, scene.Value("request_id"));
    }

    [Fact]
    public void A_method_that_an_error_page_changed_is_get()
    {
        using var scene = new Scene(request: "POST / HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.Equal("POST", scene.Value("request_method"));

        scene.X.MethodIsGet = true;

        Assert.Equal("GET", scene.Value("request_method"));
    }

    [Theory]
    [InlineData("GARBAGE \"x\\\r\n\r\n", "GARBAGE \"x\\")]
    [InlineData("GET / HT", "GET / HT")]
    [InlineData("", "")]
    public void Of_a_head_that_is_refused_or_cut_the_line_is_what_there_is(
        string request, string expected)
    {
        using var scene = new Scene(request: request);

        Assert.Equal(expected, scene.Value("request"));
        Assert.Null(scene.Value("request_uri"));
        Assert.Null(scene.Value("request_method"));
        Assert.Null(scene.Value("server_protocol"));
        Assert.Null(scene.Value("uri"));
    }

    [Fact]
    public void Setting_the_arguments_changes_what_is_sent_upstream()
    {
        using var scene = new Scene(
            "server { listen 127.0.0.1:18000; set $args b=$arg_a; }",
            "GET /?a=1 HTTP/1.1\r\nHost: a\r\n\r\n");

        Assert.Equal("b=1", scene.Value("args"));
        Assert.Equal("1", scene.Value("arg_b"));
        Assert.Equal("/?a=1", scene.Value("request_uri"));
        Assert.False(scene.X.IsUriUnchanged);
    }
}
