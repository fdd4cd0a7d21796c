using System.Text.RegularExpressions;
using Sluice.Config.Model;

namespace Sluice.Unit.Proxy.Variables;

public class AnswerVariableTests
{
    const string Head = "HTTP/1.1 200 OK\r\nServer: nginx\r\nContent-Type: text/html\r\n"
        + "Set-Cookie: a=1\r\nX-A:  b \r\nSet-Cookie: b=2\r\n\r\n";

    [Theory]
    [InlineData("sent_http_content_type", "text/html")]
    [InlineData("sent_http_set_cookie", "a=1, b=2")]
    [InlineData("sent_http_x_a", "b")]
    [InlineData("sent_http_location", null)]
    [InlineData("sent_http_http/1.1 200 ok", null)]
    public void A_header_that_was_sent_is_found_by_its_name(string name, string? expected)
    {
        using var scene = new Scene();
        Assert.Null(scene.Value(name));
        scene.Send(Head);

        Assert.Equal(expected, scene.Value(name));
    }

    [Fact]
    public void A_trailer_that_was_sent_is_found_by_its_name()
    {
        using var scene = new Scene();
        Assert.Null(scene.Value("sent_trailer_x_sum"));
        scene.Send("X-Sum: 1\r\n");
        scene.X.SentTrailers = scene.X.SentHead;

        Assert.Equal("1", scene.Value("sent_trailer_x_sum"));
        Assert.Equal("1", scene.Value("upstream_trailer_x_sum"));
    }

    [Theory]
    [InlineData(0, "000")]
    [InlineData(9, "009")]
    [InlineData(101, "101")]
    [InlineData(499, "499")]
    public void A_status_has_three_digits(int status, string expected)
    {
        using var scene = new Scene();
        scene.X.Status = status;

        Assert.Equal(expected, scene.Value("status"));
    }

    [Fact]
    public void Bytes_of_the_body_are_those_without_the_head()
    {
        using var scene = new Scene();
        scene.X.BytesSent = 150;
        scene.X.HeadBytesSent = 100;
        Assert.Equal("150", scene.Value("bytes_sent"));
        Assert.Equal("50", scene.Value("body_bytes_sent"));

        scene.X.BytesSent = 60;
        Assert.Equal("0", scene.Value("body_bytes_sent"));
    }

    [Fact]
    public void A_complete_answer_is_ok()
    {
        using var scene = new Scene();
        Assert.Equal("", scene.Value("request_completion"));
        scene.X.IsComplete = true;

        Assert.Equal("OK", scene.Value("request_completion"));
    }

    [Fact]
    public void The_moment_is_the_loop_s()
    {
        using var scene = new Scene();
        long before = scene.X.Worker.Loop.UnixMs;
        scene.Pass(61_005);
        long now = before + 61_005;

        Assert.Equal($"{now / 1000}.{now % 1000:000}", scene.Value("msec"));
        string second = $"{now / 1000 % 60:00}";
        Assert.Matches(
            new Regex($@"^\d\d/\w{{3}}/202[56]:\d\d:\d\d:{second} [+-]\d{{4}}$"),
            scene.Value("time_local"));
        Assert.Matches(
            new Regex($@"^202[56]-\d\d-\d\dT\d\d:\d\d:{second}[+-]\d\d:\d\d$"),
            scene.Value("time_iso8601"));
    }

    [Theory]
    [InlineData("limit_rate", "0")]
    [InlineData("gzip_ratio", null)]
    [InlineData("limit_req_status", null)]
    [InlineData("upstream_cache_status", null)]
    [InlineData("nginx_version", NginxVersion.Number)]
    public void What_does_not_depend_on_the_exchange_is_nginx_s(string name, string? expected)
    {
        using var scene = new Scene();

        Assert.Equal(expected, scene.Value(name));
    }

    [Fact]
    public void The_process_and_the_machine_have_their_names()
    {
        using var scene = new Scene();

        Assert.Equal($"{Environment.ProcessId}", scene.Value("pid"));
        Assert.Equal(Environment.MachineName.ToLowerInvariant(), scene.Value("hostname"));
    }
}
