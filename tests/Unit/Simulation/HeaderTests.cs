namespace Sluice.Unit.Simulation;

/// <summary>What heads are made of: values that variables bring, and places that are rewritten.</summary>
public sealed class HeaderTests
{
    /// <summary>A path whose decoded form would be a header line of its own.</summary>
    const string Injection = "/a%0d%0aX-Injected:%201";

    const string InjectedLine = "\r\nX-Injected:";

    [Theory]
    [InlineData("return 301 https://a$uri;")]
    [InlineData("add_header X-Path $uri; return 200 x;")]
    [InlineData("error_page 404 https://a$uri; return 404;")]
    public void A_decoded_line_end_begins_no_header_of_the_answer(string content)
    {
        using var gateway = Location(content);
        var client = gateway.Connect();
        client.Send(Http.Get(Injection));
        gateway.Settle();
        Assert.Contains("/a  X-Injected: 1\r\n", client.Received);
        Assert.DoesNotContain(InjectedLine, client.Received);
        gateway.AssertNothingStays();
    }

    [Theory]
    [InlineData("proxy_redirect ~^/there$ https://a$uri;", "Location: /there")]
    [InlineData("proxy_cookie_path / $uri;", "Set-Cookie: a=b; path=/")]
    public void A_decoded_line_end_begins_no_rewritten_header(string rule, string header)
    {
        using var gateway = Location($"{rule} proxy_pass http://pool;");
        var server = gateway.Serve(Http.PeerAddress);
        var client = gateway.Connect();
        client.Send(Http.Get(Injection));
        gateway.Settle();
        server.Last.Send($"HTTP/1.1 302 Found\r\n{header}\r\nContent-Length: 0\r\n\r\n");
        gateway.Settle();
        Assert.Contains("/a  X-Injected: 1\r\n", client.Received);
        Assert.DoesNotContain(InjectedLine, client.Received);
        gateway.AssertNothingStays();
    }

    [Theory]
    [InlineData("proxy_pass http://pool$uri;", "GET /a%0D%0AX-Injected: 1 HTTP/1.1\r\n")]
    [InlineData("set $args $uri; proxy_pass http://pool;", "?/a%0D%0AX-Injected: 1 HTTP/1.1\r\n")]
    [InlineData(
        "proxy_set_header X-Path $uri; proxy_pass http://pool;", "X-Path: /a  X-Injected: 1\r\n")]
    public void A_decoded_line_end_begins_no_header_of_the_request_to_a_peer(
        string content, string sent)
    {
        using var gateway = Location(content);
        var server = gateway.Serve(Http.PeerAddress);
        var client = gateway.Connect();
        client.Send(Http.Get(Injection));
        gateway.Settle();
        var request = server.Last.Take();
        Assert.Contains(sent, request);
        Assert.DoesNotContain(InjectedLine, request);
        server.Last.Send(Http.Ok("x"));
        gateway.Settle();
        gateway.AssertNothingStays();
    }

    [Fact]
    public void A_Location_of_a_peer_that_leads_here_becomes_absolute()
    {
        using var gateway = Location("proxy_pass http://pool/;");
        var (client, server) = Answer(
            gateway, "HTTP/1.1 302 Found\r\nLocation: http://pool/there\r\nContent-Length: 0\r\n\r\n");
        Assert.Contains("\r\nLocation: http://test/there\r\nConnection: keep-alive\r\n", client);
        Assert.NotNull(server);
        gateway.AssertNothingStays();
    }

    [Fact]
    public void A_Location_of_a_peer_that_no_rule_fits_stays_as_it_is()
    {
        using var gateway = Location("proxy_pass http://pool/;");
        var (client, _) = Answer(
            gateway, "HTTP/1.1 302 Found\r\nLocation: /there\r\nContent-Length: 0\r\n\r\n");
        Assert.Contains("\r\nConnection: keep-alive\r\nLocation: /there\r\n", client);
        gateway.AssertNothingStays();
    }

    [Fact]
    public void An_expression_of_proxy_redirect_replaces_the_whole_place()
    {
        using var gateway = Location("proxy_redirect ~/old /new; proxy_pass http://pool;");
        var (client, _) = Answer(
            gateway, "HTTP/1.1 302 Found\r\nLocation: https://a/old/x\r\nContent-Length: 0\r\n\r\n");
        Assert.Contains("\r\nLocation: http://test/new\r\n", client);
        gateway.AssertNothingStays();
    }

    [Fact]
    public void A_cookies_domain_keeps_its_dot()
    {
        using var gateway = Location(
            "proxy_cookie_domain inner.test outer.test; proxy_pass http://pool;");
        var (client, _) = Answer(
            gateway,
            "HTTP/1.1 200 OK\r\nSet-Cookie: a=b; domain=.inner.test\r\nContent-Length: 0\r\n\r\n");
        Assert.Contains("\r\nSet-Cookie: a=b; domain=.outer.test\r\n", client);
        gateway.AssertNothingStays();
    }

    [Theory]
    [InlineData("return 413;", "close")]
    [InlineData("return 404;", "keep-alive")]
    public void An_error_page_of_ones_own_leaves_the_connection_as_the_error_does(
        string content, string connection)
    {
        using var gateway = Location($"error_page 404 413 =200 @page; {content}", "x");
        var client = gateway.Connect();
        client.Send(Http.Get("/"));
        gateway.Settle();
        Assert.StartsWith("HTTP/1.1 200 ", client.Received);
        Assert.Contains($"\r\nConnection: {connection}\r\n", client.Received);
        gateway.AssertNothingStays();
    }

    [Theory]
    [InlineData("return 200;", "\r\nContent-Type: text/plain\r\nContent-Length: 0\r\n")]
    [InlineData("return 204;", "HTTP/1.1 204 No Content\r\n")]
    [InlineData("return 404;", "404 Not Found</h1>")]
    public void A_return_without_text_is_an_empty_text_or_an_error(string content, string answer)
    {
        using var gateway = Location($"default_type text/plain; {content}");
        var client = gateway.Connect();
        client.Send(Http.Get("/"));
        gateway.Settle();
        Assert.Contains(answer, client.Received);
        gateway.AssertNothingStays();
    }

    [Theory]
    [InlineData(408)]
    [InlineData(444)]
    public void A_return_of_some_statuses_hangs_up(int status)
    {
        using var gateway = Location($"return {status};");
        var client = gateway.Connect();
        client.Send(Http.Get("/"));
        gateway.Settle();
        Assert.Empty(client.Received);
        Assert.True(client.IsEnded);
        Assert.Equal(status, LogLine.Parse(gateway.AccessLines.Single()).Status);
        gateway.AssertNothingStays();
    }

    [Fact]
    public void The_type_of_a_returned_text_goes_by_the_extension()
    {
        using var gateway = Location("default_type text/plain; return 200 x;");
        var client = gateway.Connect();
        client.Send(Http.Get("/a.html") + Http.Get("/a.unknown"));
        gateway.Settle();
        Assert.Contains("Content-Type: text/html\r\n", client.Received);
        Assert.Contains("Content-Type: text/plain\r\n", client.Received);
        gateway.AssertNothingStays();
    }

    /// <summary>Whether a line is copied with its neighbours or alone, it looks the same.</summary>
    [Theory]
    [InlineData("A: 1\r\nB: 2\r\nC: 3\r\n")]
    [InlineData("A: 1\r\nB:2\r\nC: 3\r\n")]
    [InlineData("A: 1\r\nB:\t2\r\nC: 3\r\n")]
    [InlineData("A: 1\r\nB:  2\r\nC: 3\r\n")]
    [InlineData("A: 1 \r\nB: 2\t\r\nC: 3  \r\n")]
    [InlineData("A: 1\nB: 2\r\nC: 3\n")]
    [InlineData("A: 1\r\nKeep-Alive: 9\r\nB: 2\r\nC: 3\r\n")]
    [InlineData("A: 1\r\nB: 2\r\nDropped!: 9\r\nC: 3\r\n")]
    [InlineData("Upgrade: x\r\nA:1\r\nB:2\r\nC:3\r\nConnection: y\r\n")]
    public void Lines_of_a_client_reach_the_peer_in_one_form(string lines)
    {
        using var gateway = Location("proxy_pass http://pool;");
        var server = gateway.Serve(Http.PeerAddress);
        var client = gateway.Connect();
        client.Send(Http.Get("/", lines));
        gateway.Settle();
        Assert.EndsWith("\r\nA: 1\r\nB: 2\r\nC: 3\r\n\r\n", server.Last.Take());
        server.Last.Send(Http.Ok("x"));
        gateway.Settle();
        gateway.AssertNothingStays();
    }

    static SimulatedGateway Location(string content, string page = "") => new($$"""
        upstream pool { server {{Http.PeerAddress}}; }
        server {
            listen {{SimulatedGateway.Front}};
            location / { {{content}} }
            location @page { return 200 "{{page}}"; }
        }
        """);

    static (string Client, WireServer Server) Answer(SimulatedGateway gateway, string answer)
    {
        var server = gateway.Serve(Http.PeerAddress);
        var client = gateway.Connect();
        client.Send(Http.Get("/x"));
        gateway.Settle();
        server.Last.Send(answer);
        gateway.Settle();
        return (client.Received, server);
    }
}
