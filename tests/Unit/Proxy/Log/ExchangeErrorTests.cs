using System.Text;
using Sluice.Config.Syntax;
using Sluice.Proxy;
using Sluice.Proxy.Http1;
using Sluice.Proxy.Log;
using Sluice.Proxy.Tunnel;
using Sluice.Unit.Proxy.Variables;

namespace Sluice.Unit.Proxy.Log;

/// <summary>The texts are those that nginx wrote in the same situations.</summary>
public class ExchangeErrorTests
{
    const string Request = "GET /a HTTP/1.1\r\nHost: hh\r\nReferer: a\"b\xe9\\c\r\n\r\n";

    const string Client = ", client: 192.0.2.7, server: s.test, request: \"GET /a HTTP/1.1\"";

    const string Server = "server { listen 127.0.0.1:18000; server_name s.test; "
        + "location / { proxy_pass http://127.0.0.1:18001; } }";

    static readonly Dictionary<string, (Action<ErrorLog, Exchange> Say, string Expected)> own =
        new()
        {
            ["forbidden"] = (
                (log, x) => log.AccessForbidden(x), "[error] access forbidden by rule"),
            ["open"] = (
                (log, x) => log.OpenFailed(x, "/r/nofile", 2),
                "[error] open() \"/r/nofile\" failed (2: No such file or directory)"),
            ["directory"] = (
                (log, x) => log.DirectoryForbidden(x, "/r/dir/"),
                "[error] directory index of \"/r/dir/\" is forbidden"),
            ["cycle"] = (
                (log, x) => log.RedirectionCycle(x),
                "[error] rewrite or internal redirection cycle while internally redirecting to "
                    + "\"/a\""),
            ["named"] = (
                (log, x) => log.UnknownNamedLocation(x, "@nope"),
                "[error] could not find named location \"@nope\""),
            ["resolver"] = (
                (log, x) => log.NoResolver(x, "nohost"),
                "[error] no resolver defined to resolve nohost"),
            ["prefix"] = (
                (log, x) => log.InvalidUrlPrefix(x, "ftp://a"),
                "[error] invalid URL prefix in \"ftp://a\""),
            ["large"] = (
                (log, x) => log.BodyTooLarge(x, 11),
                "[error] client intended to send too large body: 11 bytes"),
            ["left"] = (
                (log, x) => log.ClientLeft(x, default),
                "[info] client prematurely closed connection"),
            ["head"] = (
                (log, x) => log.ClientLeft(x, "reading client request headers"u8),
                "[info] client prematurely closed connection while reading client request headers"),
            ["chunks"] = (
                (log, x) => log.InvalidChunkedBody(x), "[error] client sent invalid chunked body"),
            ["slow"] = (
                (log, x) => log.ClientTimedOut(x, "reading client request headers"u8),
                "[info] client timed out (110: Connection timed out) while reading client request "
                    + "headers"),
            ["variable"] = (
                (log, x) => log.UninitializedVariable(x, "unin"),
                "[warn] using uninitialized \"unin\" variable"),
            ["evaluation"] = (
                (log, x) => log.VariableCycle(x, "c1"),
                "[error] cycle while evaluating variable \"c1\""),
            ["disk"] = ((log, x) => log.Critical(x, "a file: full"), "[crit] a file: full"),
            ["upgrade"] = (
                (log, x) => log.HandshakeAdded(x, new Position("/c/nginx.conf", 7)),
                "[notice] WebSocket handshake passed although the location in /c/nginx.conf:7 does "
                    + "not set the headers \"Upgrade\" and \"Connection\" (proxy_upgrade auto)"),
        };

    static readonly Dictionary<string, (Action<ErrorLog, Exchange> Say, string Expected)> upstream =
        new()
        {
            ["refused"] = (
                (log, x) => log.ConnectFailed(x, -111),
                "[error] connect() failed (111: Connection refused) while connecting to upstream"),
            ["descriptors"] = (
                (log, x) => log.ConnectFailed(x, -24),
                "[crit] connect() failed (24: Too many open files) while connecting to upstream"),
            ["slow"] = (
                (log, x) => log.UpstreamTimedOut(x, isRequestSent: false),
                "[error] upstream timed out (110: Connection timed out) while connecting to "
                    + "upstream"),
            ["slow midway"] = (
                (log, x) => log.UpstreamTimedOutMidway(x),
                "[error] upstream timed out (110: Connection timed out) while reading upstream"),
            ["closed"] = (
                (log, x) => log.UpstreamClosed(x, 0),
                "[error] upstream prematurely closed connection while reading response header "
                    + "from upstream"),
            ["reset"] = (
                (log, x) => log.UpstreamClosed(x, -104),
                "[error] recv() failed (104: Connection reset by peer) while reading response "
                    + "header from upstream"),
            ["midway"] = (
                (log, x) => log.UpstreamClosedMidway(x, 0),
                "[error] upstream prematurely closed connection while reading upstream"),
            ["none"] = (
                (log, x) => log.NoLiveUpstreams(x),
                "[error] no live upstreams while connecting to upstream"),
            ["disabled"] = (
                (log, x) => log.UpstreamDisabled(x, isRequestSent: false),
                "[warn] upstream server temporarily disabled while connecting to upstream"),
            ["chunk"] = (
                (log, x) => log.UpstreamInvalidChunk(x),
                "[error] upstream sent invalid chunked response while reading upstream"),
            ["gone"] = (
                (log, x) => log.ClientLeftUpstream(x),
                "[info] client prematurely closed connection, so upstream connection is closed too "
                    + "while connecting to upstream"),
            ["idle"] = (
                (log, x) => log.TunnelEnded(x, TunnelEnd.IdleTimeout),
                "[info] upstream timed out (110: Connection timed out) while proxying upgraded "
                    + "connection"),
        };

    public static TheoryData<string> Own => [.. own.Keys];

    public static TheoryData<string> Upstream => [.. upstream.Keys];

    [Theory]
    [MemberData(nameof(Own))]
    public void A_message_names_the_client_the_server_and_the_request(string name)
    {
        using var scene = new Scene(Server, Request);
        var (say, expected) = own[name];

        say(scene.X.Location.Errors, scene.X);

        Assert.Equal(
            expected + Client + ", host: \"hh\", referrer: \"a\\x22b\\xE9\\x5Cc\"\n",
            LineOf(scene));
    }

    [Theory]
    [MemberData(nameof(Upstream))]
    public void A_message_about_a_peer_names_its_url(string name)
    {
        using var scene = new Scene(Server, Request);
        scene.X.AddTry().Name = "127.0.0.1:18001"u8.ToArray();
        scene.X.Arena.Append("/x?y"u8);
        scene.X.UpstreamTarget = new(0, 4);
        var (say, expected) = upstream[name];

        say(scene.X.Location.Errors, scene.X);

        Assert.Equal(
            expected + Client + ", upstream: \"http://127.0.0.1:18001/x?y\", host: \"hh\", "
                + "referrer: \"a\\x22b\\xE9\\x5Cc\"\n",
            LineOf(scene));
    }

    [Fact]
    public void A_head_that_is_refused_is_told_in_its_parser_s_words()
    {
        using var scene = new Scene(Server, "GET / HTTP/1.1\r\nA B\r\n\r\n");

        scene.X.Location.Errors.RequestRejected(scene.X);

        // The server is the address's default one: no host is known yet.
        Assert.Equal(
            "[info] client sent invalid header line: \"A\\x20...\" while reading client request "
                + "headers, client: 192.0.2.7, server: s.test, request: \"GET / HTTP/1.1\"\n",
            LineOf(scene));
    }

    [Theory]
    [InlineData("GET / HT", true, "client timed out (110: Connection timed out) while reading "
        + "client request line", "GET / HT")]
    [InlineData("GET / HTTP/1.1\r\nA: ", false,
        "client prematurely closed connection while reading client request headers",
        "GET / HTTP/1.1")]
    public void A_head_that_was_not_finished_is_told_with_what_there_is(
        string request, bool isTimedOut, string message, string line)
    {
        using var scene = new Scene(Server, request);

        scene.X.Location.Errors.HeadNotFinished(scene.X, isTimedOut);

        Assert.Equal(
            $"[info] {message}, client: 192.0.2.7, server: s.test, request: \"{line}\"\n",
            LineOf(scene));
    }

    [Fact]
    public void Nothing_a_client_sends_breaks_the_line()
    {
        using var scene = new Scene(Server, "GET /\u0001\u001b[31m\" HTTP/1.1\r\nHost: a\r\n\r\n");

        scene.X.Location.Errors.RequestRejected(scene.X);

        string log = scene.ErrorLog;
        Assert.Equal(log.Length - 1, log.IndexOf('\n', StringComparison.Ordinal));
        Assert.EndsWith("request: \"GET /\\x01\\x1B[31m\\x22 HTTP/1.1\"\n", log);
    }

    [Fact]
    public void An_answer_that_is_refused_is_told_in_its_parser_s_words()
    {
        using var scene = new Scene(Server, Request);
        scene.X.AddTry().Name = "p"u8.ToArray();
        scene.X.UpstreamBuffer = "HTTP/1.1 200 OK\r\nBad Header: x\r\n\r\n"u8.ToArray();
        scene.X.UpstreamHead = new ResponseHead();
        scene.X.UpstreamHead.Parse(scene.X.UpstreamBuffer, 4096);

        scene.X.Location.Errors.UpstreamRejected(scene.X);

        Assert.StartsWith(
            "[error] upstream sent invalid header: \"Bad\\x20...\" while reading response header "
                + "from upstream, client: 192.0.2.7", LineOf(scene));
    }

    [Fact]
    public void A_level_that_is_off_writes_nothing()
    {
        using var scene = new Scene(
            "error_log /other crit; " + Server, Request);

        scene.X.Location.Errors.AccessForbidden(scene.X);
        scene.X.Location.Errors.UpstreamTimedOutMidway(scene.X);
        scene.X.Location.Errors.ClientLeft(scene.X, default);

        Assert.Equal("", scene.Logs.Text("/other"));
        scene.X.Location.Errors.Critical(scene.X, "x");
        Assert.NotEqual("", scene.Logs.Text("/other"));
    }

    [Fact]
    public void A_client_without_a_request_is_named_with_the_address_it_came_to()
    {
        using var scene = new Scene(Server, Request);

        scene.Snapshot.MainErrors.NoRequest(scene.Client, scene.X.Listen, isTimedOut: true);

        Assert.Equal(
            "[info] client timed out (110: Connection timed out) while waiting for request, "
                + "client: 192.0.2.7, server: 127.0.0.1:18000\n",
            LineOf(scene));
    }

    [Fact]
    public void A_message_allocates_nothing_but_what_the_sink_keeps()
    {
        using var scene = new Scene("error_log /other crit; " + Server, Request);
        var log = scene.X.Location.Errors;
        Assert.Equal(0, Allocations.Of(() => log.AccessForbidden(scene.X)));
    }

    /// <summary>The only line, from its level on, without process, thread and connection.</summary>
    static string LineOf(Scene scene)
    {
        string line = scene.ErrorLog;
        Assert.Matches(
            @"\A\d{4}/\d\d/\d\d \d\d:\d\d:\d\d \[\w+\] \d+#\d+: \*77 [^\n]*\n\z", line);
        int level = line.IndexOf('[', StringComparison.Ordinal);
        int number = line.IndexOf(']', StringComparison.Ordinal) + 1;
        int text = line.IndexOf("*77 ", StringComparison.Ordinal) + 4;
        return new StringBuilder(line[level..number]).Append(' ').Append(line[text..]).ToString();
    }
}
