using System.Text;
using System.Text.RegularExpressions;
using Sluice.Proxy.Log;
using Sluice.Unit.Proxy.Variables;

namespace Sluice.Unit.Proxy.Log;

public class AccessLogTests
{
    const string Request = "GET /a?b=1 HTTP/1.1\r\nHost: a.test\r\n"
        + "Referer: http://x/\"y\"\r\nUser-Agent: curl\\\xe9\r\n\r\n";

    [Fact]
    public void A_combined_line_is_nginx_s()
    {
        using var scene = Logged("access_log /a;");
        scene.X.Status = 200;
        scene.X.BytesSent = 229;
        scene.X.HeadBytesSent = 224;

        scene.X.Location.AccessLog.Write(scene.X);

        Assert.Matches(
            new Regex(@"\A192\.0\.2\.7 - - \[\d\d/\w{3}/202[56]:\d\d:\d\d:\d\d [+-]\d{4}\] "
                + Regex.Escape("\"GET /a?b=1 HTTP/1.1\" 200 5 ")
                + Regex.Escape("\"http://x/\\x22y\\x22\" \"curl\\x5C\\xE9\"\n") + @"\z"),
            scene.Logs.Text("/a"));
    }

    [Theory]
    [InlineData("'[$http_referer] $arg_none'", "[http://x/\\x22y\\x22] -")]
    [InlineData("escape=default '$http_user_agent$arg_none'", "curl\\x5C\\xE9-")]
    [InlineData("escape=json '[$http_referer] $arg_none.'", "[http://x/\\\"y\\\"] .")]
    [InlineData("escape=json '$http_user_agent'", "curl\\\\\xe9")]
    [InlineData("escape=none '[$http_referer] $arg_none.'", "[http://x/\"y\"] .")]
    [InlineData("escape=none '$http_user_agent'", "curl\\\xe9")]
    [InlineData("'a' \"b \" c$status", "ab c000")]
    [InlineData("'$request_completion|$uri'", "|/a")]
    [InlineData("'\"$host\"\\t\xe9'", "\"a.test\"\t\xe9")]
    [InlineData("'$binary_remote_addr'", "\\xC0\\x00\\x02\\x07")]
    public void Values_are_escaped_and_the_format_is_not(string format, string expected)
    {
        using var scene = Logged("access_log /a f;", $"log_format f {format};");

        scene.X.Location.AccessLog.Write(scene.X);

        Assert.Equal(expected + "\n", scene.Logs.Text("/a"));
    }

    [Fact]
    public void Values_that_are_escaped_keep_what_stands_before_and_behind()
    {
        using var scene = Logged(
            "access_log /a f;", "log_format f '<$http_referer>$http_referer';");

        scene.X.Location.AccessLog.Write(scene.X);

        Assert.Equal(
            "<http://x/\\x22y\\x22>http://x/\\x22y\\x22\n", scene.Logs.Text("/a"));
    }

    [Fact]
    public void Several_logs_get_a_line_each()
    {
        using var scene = Logged(
            "access_log /a f; access_log /b g; access_log /a g;",
            "log_format f '1 $uri'; log_format g '2 $uri';");

        scene.X.Location.AccessLog.Write(scene.X);

        Assert.Equal("1 /a\n2 /a\n", scene.Logs.Text("/a"));
        Assert.Equal("2 /a\n", scene.Logs.Text("/b"));
    }

    [Fact]
    public void A_log_that_is_off_gets_no_line()
    {
        using var off = Logged("access_log off;");
        using var on = Logged("access_log /a;");

        Assert.True(off.X.Location.AccessLog.IsOff);
        Assert.False(on.X.Location.AccessLog.IsOff);
        off.X.Location.AccessLog.Write(off.X);
        Assert.Equal(["/e"], off.Logs.Paths);
    }

    [Theory]
    [InlineData("$arg_b", true)]
    [InlineData("$arg_c", false)]
    [InlineData("$loggable", true)]
    [InlineData("$quiet", false)]
    [InlineData("x0", true)]
    [InlineData("0", false)]
    public void A_condition_that_is_empty_or_zero_leaves_the_line_out(
        string condition, bool isWritten)
    {
        using var scene = Logged(
            $"access_log /a f if={condition};",
            "log_format f line; map $uri $loggable { /a 1; } map $uri $quiet { default 0; }");

        scene.X.Location.AccessLog.Write(scene.X);

        Assert.Equal(isWritten ? "line\n" : "", scene.Logs.Text("/a"));
    }

    [Theory]
    [InlineData("/log/$host.log", "/log/a.test.log")]
    [InlineData("log/$host.log", "/srv/log/a.test.log")]
    [InlineData("$host", "/srv/a.test")]
    public void A_path_with_variables_is_the_exchange_s_own(string path, string expected)
    {
        using var scene = Logged($"access_log {path} f;", "log_format f line;");

        scene.X.Location.AccessLog.Write(scene.X);

        Assert.Equal("line\n", scene.Logs.Text(expected));
    }

    [Theory]
    [InlineData("root /srv/www;", "/srv/www")]
    [InlineData("root www;", "/srv/www")]
    [InlineData("root /srv/$arg_b;", "/srv/1")]
    [InlineData("root $arg_b/w;", "/srv/1/w")]
    [InlineData("root $arg_none;", "/srv/")]
    public void A_path_with_variables_needs_the_request_s_root(string directive, string root)
    {
        using var scene = Logged(directive + "access_log /l/$host f;", "log_format f $uri;");
        scene.Logs.MissingDirectories.Add(root);
        scene.X.Location.AccessLog.Write(scene.X);
        Assert.Equal("", scene.Logs.Text("/l/a.test"));

        scene.Logs.MissingDirectories.Clear();
        scene.X.Location.AccessLog.Write(scene.X);
        Assert.Equal("/a\n", scene.Logs.Text("/l/a.test"));
    }

    [Fact]
    public void A_root_with_variables_is_logged()
    {
        using var scene = Logged(
            "root s/$arg_b; access_log /l f;", "log_format f '<$document_root>$request_filename';");
        scene.X.Location.AccessLog.Write(scene.X);

        Assert.Equal("</srv/s/1>/srv/s/1/a\n", scene.Logs.Text("/l"));
    }

    [Theory]
    [InlineData("..", "/log/$http_x/y", false)]
    [InlineData("../../etc/cron.d/x", "/log/$http_x", false)]
    [InlineData("a/..", "/log/$http_x", false)]
    [InlineData("..", "$http_x/y", false)]
    [InlineData("a..b", "/log/$http_x/y", true)]
    [InlineData("...", "/log/$http_x/y", true)]
    public void A_client_does_not_choose_another_directory(
        string value, string path, bool isWritten)
    {
        using var scene = new Scene(
            "log_format f line; server { listen 127.0.0.1:18000; access_log " + path + " f; }",
            $"GET / HTTP/1.1\r\nHost: a\r\nX: {value}\r\n\r\n");

        scene.X.Location.AccessLog.Write(scene.X);

        Assert.Equal(isWritten ? 2 : 1, scene.Logs.Paths.Count());
    }

    [Theory]
    [InlineData("$sent_http_x", true)]
    [InlineData("$upstream_http_x", true)]
    [InlineData("$upstream_cookie_x", true)]
    [InlineData("$of_value", true)]
    [InlineData("$of_source", true)]
    [InlineData("$circle", false)]
    [InlineData("$other", false)]
    [InlineData("$status $upstream_addr $http_x $arg_b $bytes_sent", false)]
    public void A_log_knows_whether_it_reads_the_heads_of_the_answer(string line, bool reads)
    {
        const string Maps = "map $uri $of_value { default $sent_http_x; }"
            + "map $of_value $of_source { default 1; } map $uri $other { default $host; }"
            + "map $circle $circle { default $circle; }";
        using var scene = Logged("access_log /a f;", $"log_format f '{line}';" + Maps);
        using var condition = Logged(
            $"access_log /a f \"if={line}\";", "log_format f '$uri';" + Maps);

        Assert.Equal(
            reads, scene.X.Location.AccessLog.Reads.HasFlag(ExchangeParts.Answer));
        Assert.Equal(
            reads, condition.X.Location.AccessLog.Reads.HasFlag(ExchangeParts.Answer));
    }

    [Fact]
    public void A_combined_line_allocates_nothing()
    {
        using var scene = Logged("access_log /a;");
        var format = scene.Snapshot.Variables.Compile(scene.Snapshot.Http!.LogFormats["combined"]);
        var to = new Sluice.Proxy.ByteBuilder(1024);
        AssertNoAllocation(() =>
        {
            to.Clear();
            format.Append(scene.X, to);
        });
        Assert.StartsWith("192.0.2.7 - - [", Encoding.Latin1.GetString(to.Written));
    }

    [Fact]
    public void A_typical_set_of_proxy_headers_allocates_nothing()
    {
        using var scene = Logged(
            "set $fixed a$host;",
            "map $http_upgrade $connection_upgrade { default upgrade; '' close; }");
        var texts = new[]
        {
            "$host", "$http_host", "$remote_addr", "$proxy_add_x_forwarded_for", "$scheme",
            "$http_upgrade", "$connection_upgrade", "$request_id", "$server_port", "$fixed",
            "$request_uri", "$cookie_a", "$arg_b", "$host:$server_port", "$msec", "$time_iso8601",
            "$proxy_host", "$content_length", "$remote_user", "$request_time", "$connection",
        }.Select(text => scene.Snapshot.Variables.Compile(Scene.Parse(text))).ToArray();
        var to = new Sluice.Proxy.ByteBuilder(1024);
        AssertNoAllocation(() =>
        {
            to.Clear();
            foreach (var text in texts)
                text.Append(scene.X, to);
        });
        Assert.Contains("aa.test", Encoding.Latin1.GetString(to.Written), StringComparison.Ordinal);
    }

    [Fact]
    public void Conditions_paths_and_maps_allocate_nothing()
    {
        using var scene = Logged(
            "access_log /log/$host combined if=$quiet; access_log /b combined if=$arg_none;",
            "map $uri $quiet { volatile; default 0; }");
        AssertNoAllocation(() => scene.X.Location.AccessLog.Write(scene.X));
        Assert.Equal("", scene.Logs.Text("/b"));
    }

    static void AssertNoAllocation(Action evaluate)
    {
        for (int i = 0; i < 100; i++)
            evaluate();
        Assert.Equal(0, Allocations.Of(evaluate));
    }

    static Scene Logged(string server, string http = "") => new(
        http + " server { listen 127.0.0.1:18000; " + server + " }", Request);
}
