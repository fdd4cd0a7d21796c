using System.Text;

namespace Sluice.Unit.Proxy.Variables;

public class UpstreamVariableTests
{
    static readonly string[] lists =
    [
        "upstream_addr", "upstream_status", "upstream_connect_time", "upstream_header_time",
        "upstream_response_time", "upstream_response_length", "upstream_bytes_received",
        "upstream_bytes_sent",
    ];

    [Fact]
    public void Without_a_peer_there_is_nothing()
    {
        using var scene = new Scene();

        Assert.All(lists, name => Assert.Null(scene.Value(name)));
        Assert.Null(scene.Value("upstream_http_server"));
        Assert.Null(scene.Value("upstream_cookie_a"));
    }

    [Fact]
    public void One_peer_is_one_value()
    {
        using var scene = new Scene();
        Add(scene, "127.0.0.1:1", 200, connectMs: 0, headerMs: 12, responseMs: 1234, 5, 147, 100);

        Assert.Equal(
            ["127.0.0.1:1", "200", "0.000", "0.012", "1.234", "5", "147", "100"],
            lists.Select(scene.Value));
    }

    [Fact]
    public void Peers_that_followed_each_other_are_listed_with_commas()
    {
        using var scene = new Scene();
        Add(scene, "127.0.0.1:1", 502, -1, -1, 0, 0, 0, 0);
        Add(scene, "127.0.0.1:2", 200, 1, 2, 3, 4, 5, 6);

        Assert.Equal(
            [
                "127.0.0.1:1, 127.0.0.1:2", "502, 200", "-, 0.001", "-, 0.002", "0.000, 0.003",
                "0, 4", "0, 5", "0, 6",
            ],
            lists.Select(scene.Value));
    }

    [Fact]
    public void Peers_behind_an_internal_redirect_are_listed_with_a_colon()
    {
        using var scene = new Scene();
        Add(scene, "dead", 502, -1, -1, 0, 0, 0, 0);
        Add(scene, "127.0.0.1:2", 200, 0, 0, 0, 5, 147, 131);
        scene.X.LastTry.IsAfterRedirect = true;

        Assert.Equal(
            [
                "dead : 127.0.0.1:2", "502 : 200", "- : 0.000", "- : 0.000", "0.000 : 0.000",
                "0 : 5", "0 : 147", "0 : 131",
            ],
            lists.Select(scene.Value));
    }

    [Fact]
    public void A_peer_that_has_not_answered_has_no_times()
    {
        using var scene = new Scene();
        Add(scene, "127.0.0.1:1", 0, 7, -1, -1, 0, 0, 81);

        Assert.Equal(
            ["127.0.0.1:1", "-", "0.007", "-", "-", "0", "0", "81"], lists.Select(scene.Value));
    }

    [Theory]
    [InlineData("upstream_http_server", "x")]
    [InlineData("upstream_http_x_a", "1, 2")]
    [InlineData("upstream_http_set_cookie", "a=1; Path=/, B = 2")]
    [InlineData("upstream_cookie_a", "1")]
    [InlineData("upstream_cookie_b", "2")]
    [InlineData("upstream_cookie_path", null)]
    [InlineData("upstream_http_x_b", null)]
    public void The_peer_s_headers_are_found_by_name(string name, string? expected)
    {
        using var scene = new Scene();
        scene.Answer("HTTP/1.1 200 OK\r\nServer: x\r\nX-A: 1\r\nx-a: 2\r\n"
            + "Set-Cookie: a=1; Path=/\r\nSet-Cookie: B = 2\r\n\r\n");

        Assert.Equal(expected, scene.Value(name));
    }

    [Theory]
    [InlineData("upstream_http_server")]
    [InlineData("upstream_http_date")]
    public void Two_headers_that_an_answer_lacks_are_empty_as_nginx_has_them(string name)
    {
        using var scene = new Scene();
        Assert.Null(scene.Value(name));
        scene.Answer("HTTP/1.1 200 OK\r\n\r\n");

        Assert.Equal("", scene.Value(name));
        Assert.Null(scene.Value("upstream_http_etag"));
    }

    [Theory]
    [InlineData("http://127.0.0.1:18001", "127.0.0.1:18001", "18001")]
    [InlineData("http://127.0.0.1", "127.0.0.1", "80")]
    [InlineData("http://group", "group", "80")]
    [InlineData("http://group/x/", "group", "80")]
    public void The_host_of_proxy_pass_is_as_written(string url, string host, string port)
    {
        using var scene = new Scene(
            "upstream group { server 127.0.0.1:18001; }"
            + "server { listen 127.0.0.1:18000; location / { proxy_pass " + url + "; } }");

        Assert.Equal(host, scene.Value("proxy_host"));
        Assert.Equal(port, scene.Value("proxy_port"));
    }

    [Theory]
    [InlineData("b.test:81", "81")]
    [InlineData("b.test", "80")]
    [InlineData("[::1]:81", "81")]
    [InlineData("[::1]", "80")]
    public void The_host_of_a_proxy_pass_with_variables_is_the_one_it_led_to(
        string target, string port)
    {
        using var scene = new Scene(
            "server { listen 127.0.0.1:18000; location / { proxy_pass http://$arg_h; } }");
        scene.X.TargetHost = Encoding.ASCII.GetBytes(target);

        Assert.Equal(target, scene.Value("proxy_host"));
        Assert.Equal(port, scene.Value("proxy_port"));
    }

    static void Add(
        Scene scene, string name, int status, long connectMs, long headerMs, long responseMs,
        long length, long received, long sent)
    {
        ref var attempt = ref scene.X.AddTry();
        attempt.Name = Encoding.ASCII.GetBytes(name);
        attempt.Status = status;
        attempt.ConnectMs = connectMs;
        attempt.HeaderMs = headerMs;
        attempt.ResponseMs = responseMs;
        attempt.ResponseLength = length;
        attempt.BytesReceived = received;
        attempt.BytesSent = sent;
    }
}
