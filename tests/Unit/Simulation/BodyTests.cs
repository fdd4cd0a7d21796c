namespace Sluice.Unit.Simulation;

/// <summary>Bodies of requests on their way to the peers.</summary>
public sealed class BodyTests
{
    const string TwoPeers = """
        upstream pool { server 10.0.0.1:80; server 10.0.0.2:80; }
        server {
            listen 10.1.0.1:80;
            location /kept/ { proxy_pass http://pool; }
            location /passed/ {
                proxy_request_buffering off;
                proxy_next_upstream error non_idempotent;
                proxy_pass http://pool;
            }
            location /old/ {
                proxy_http_version 1.0;
                proxy_request_buffering off;
                proxy_pass http://pool;
            }
            location /said/ { return 200 said; }
            location /small/ { client_max_body_size 4; proxy_pass http://pool; }
        }
        """;

    const string Expect = "Expect: 100-continue\r\n";
    const string Continue = "HTTP/1.1 100 Continue\r\n\r\n";

    /// <summary>The data of a chunked body that has no extensions.</summary>
    static string Unchunked(string text)
    {
        string data = "";
        while (true)
        {
            int line = text.IndexOf("\r\n", StringComparison.Ordinal);
            int size = Convert.ToInt32(text[..line], 16);
            if (size == 0)
                return data;
            data += text.Substring(line + 2, size);
            text = text[(line + size + 4)..];
        }
    }

    static string ChunkedHead(string path) =>
        $"POST {path} HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n";

    [Theory]
    [InlineData("/kept/")]
    [InlineData("/passed/")]
    public void A_client_that_waits_is_told_to_send_its_body_once(string path)
    {
        using var gateway = new SimulatedGateway(TwoPeers);
        var server = gateway.Serve(Http.PeerAddress);
        var client = gateway.Connect();
        string request = Http.Post(path, "hello", Expect);
        client.Send(request[..^5]);
        gateway.Settle();
        Assert.Equal(Continue, client.Take());
        client.Send("he");
        gateway.Settle();
        client.Send("llo");
        gateway.Settle();
        Assert.EndsWith(Http.Body("hello"), server.Last.Received);
        Assert.DoesNotContain("Expect", server.Last.Received);
        server.Last.Send(Http.Ok("done"));
        gateway.Settle();
        Assert.StartsWith("HTTP/1.1 200 OK", client.Take());
        var line = LogLine.Parse(gateway.AccessLines.Single());
        Assert.Equal(client.ReceivedCount, line.BytesSent);
        Assert.Equal(4, line.BodyBytesSent);
        gateway.AssertNothingStays();
    }

    /// <summary>Nobody else writes while the body is awaited.</summary>
    [Theory]
    [InlineData("/kept/")]
    [InlineData("/passed/")]
    public void A_100_that_the_network_takes_in_pieces_arrives_whole(string path)
    {
        using var gateway = new SimulatedGateway(TwoPeers);
        var server = gateway.Serve(Http.PeerAddress);
        gateway.Network.Faults = new() { PipeBytesMin = 10, PipeBytesMax = 10 };
        var client = gateway.Connect();
        client.Send(Http.Post(path, "hello", Expect)[..^5]);
        gateway.Settle();
        Assert.Equal(Continue, client.Take());
        client.Send("hello");
        gateway.Settle();
        const string Hints = "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n";
        server.Last.Send(Hints);
        gateway.Settle();
        Assert.Equal(Hints, client.Take());
        gateway.AssertNothingStays();
    }

    /// <summary>Behind the answer it would be taken for the next one.</summary>
    [Fact]
    public void A_client_is_told_to_send_a_body_that_nobody_reads_before_its_answer()
    {
        using var gateway = new SimulatedGateway(TwoPeers);
        var client = gateway.Connect();
        string request = Http.Post("/said/", "hello", Expect);
        client.Send(request[..^5]);
        gateway.Settle();
        Assert.StartsWith(Continue + "HTTP/1.1 200 OK\r\n", client.Received);
        Assert.EndsWith(Http.Body("said"), client.Take());
        client.Send("hello" + Http.Get("/said/"));
        gateway.Settle();
        string next = client.Take();
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", next);
        Assert.EndsWith(Http.Body("said"), next);
        gateway.AssertNothingStays();
    }

    [Fact]
    public void A_client_is_not_told_to_send_a_body_that_is_too_large()
    {
        using var gateway = new SimulatedGateway(TwoPeers);
        var client = gateway.Connect();
        client.Send(Http.Post("/small/", "hello", Expect)[..^5]);
        gateway.Settle();
        Assert.StartsWith("HTTP/1.1 413 ", client.Take());
        gateway.AssertNothingStays();
    }

    [Fact]
    public void The_request_behind_a_chunked_body_is_the_next_one()
    {
        using var gateway = new SimulatedGateway(TwoPeers);
        var server = gateway.Serve(Http.PeerAddress);
        foreach (string path in (string[])["/kept/", "/passed/"])
        {
            var client = gateway.Connect();
            client.Send(
                ChunkedHead(path) + "3\r\none\r\n4;x=y\r\nmore\r\n0\r\n\r\n" + Http.Get("/said/"));
            gateway.Settle();
            Assert.Contains("onemore", server.Last.Take().Replace("\r\n4\r\n", ""));
            server.Last.Send(Http.Ok("first"));
            gateway.Settle();
            string answers = client.Take();
            Assert.Contains(Http.Body("first") + "HTTP/1.1 200 OK\r\n", answers);
            Assert.EndsWith(Http.Body("said"), answers);
        }
        gateway.AssertNothingStays();
    }

    [Theory]
    [InlineData("/kept/")]
    [InlineData("/passed/")]
    public void A_chunked_body_that_is_there_whole_is_sent_with_its_length(string path)
    {
        using var gateway = new SimulatedGateway(TwoPeers);
        var server = gateway.Serve(Http.PeerAddress);
        gateway.Connect().Send(
            ChunkedHead(path) + "3\r\none\r\n4\r\nmore\r\n0\r\n\r\n");
        gateway.Settle();
        Assert.Contains("\r\nContent-Length: 7\r\n", server.Last.Received);
        Assert.DoesNotContain("Transfer-Encoding", server.Last.Received);
        Assert.EndsWith(Http.Body("onemore"), server.Last.Received);
        gateway.AssertNothingStays();
    }

    [Fact]
    public void A_chunked_body_that_is_there_whole_is_sent_to_another_peer()
    {
        using var gateway = new SimulatedGateway(TwoPeers);
        var first = gateway.Serve("10.0.0.1:80");
        var second = gateway.Serve("10.0.0.2:80");
        gateway.Connect().Send(ChunkedHead("/passed/") + "3\r\none\r\n0\r\n\r\n");
        gateway.Settle();
        first.Last.Close(reset: true);
        gateway.Settle();
        Assert.EndsWith(Http.Body("one"), second.Last.Received);
        gateway.AssertNothingStays();
    }

    /// <summary>client_body_buffer_size bounds what is looked at before the peer is asked.</summary>
    [Fact]
    public void A_chunked_body_larger_than_the_buffer_is_passed_on_in_chunks()
    {
        using var gateway = new SimulatedGateway(TwoPeers.Replace(
            "location /passed/ {", "location /passed/ { client_body_buffer_size 1k;"));
        var server = gateway.Serve(Http.PeerAddress);
        var client = gateway.Connect();
        string body = Http.Numbers(5_000);
        client.Send(ChunkedHead("/passed/") + $"{body.Length:x}\r\n{body}\r\n0\r\n\r\n");
        gateway.Settle();
        Assert.Contains("\r\nTransfer-Encoding: chunked\r\n", server.Last.Received);
        string sent = server.Last.Received.Split("\r\n\r\n", 2)[1];
        Assert.Equal(body, Unchunked(sent));
        gateway.AssertNothingStays();
    }

    [Theory]
    [InlineData("x\r\n", "400")]
    [InlineData("5\r\nhello\r\n0\r\n\r\n", "413")]
    public void A_chunked_body_that_is_refused_at_once_reaches_no_peer(string body, string status)
    {
        using var gateway = new SimulatedGateway(TwoPeers.Replace(
            "location /passed/ {", "location /passed/ { client_max_body_size 4;"));
        var server = gateway.Serve(Http.PeerAddress);
        var client = gateway.Connect();
        client.Send(ChunkedHead("/passed/") + body);
        gateway.Settle();
        Assert.Empty(server.Wires);
        Assert.StartsWith($"HTTP/1.1 {status} ", client.Take());
        gateway.AssertNothingStays();
    }

    [Fact]
    public void A_chunked_body_that_is_passed_on_is_framed_anew_with_its_trailers()
    {
        using var gateway = new SimulatedGateway(TwoPeers);
        var server = gateway.Serve(Http.PeerAddress);
        var client = gateway.Connect();
        client.Send(ChunkedHead("/passed/") + "3;a=b\r\none\r\n");
        gateway.Settle();
        Assert.Contains("\r\nTransfer-Encoding: chunked\r\n", server.Last.Received);
        Assert.EndsWith(Http.Body("3\r\none\r\n"), server.Last.Take());
        client.Send("0\r\nSum: 1\r\n\r\n");
        gateway.Settle();
        Assert.Equal("0\r\nSum: 1\r\n\r\n", server.Last.Take());
        gateway.AssertNothingStays();
    }

    /// <summary>HTTP/1.0 has no chunks, so the length has to be known.</summary>
    [Fact]
    public void A_chunked_body_for_a_peer_of_http_1_0_is_read_whole()
    {
        using var gateway = new SimulatedGateway(TwoPeers);
        var server = gateway.Serve(Http.PeerAddress);
        var client = gateway.Connect();
        client.Send(ChunkedHead("/old/") + "3\r\none\r\n");
        gateway.Settle();
        Assert.Empty(server.Wires);
        client.Send("0\r\n\r\n");
        gateway.Settle();
        Assert.Contains("\r\nContent-Length: 3\r\n", server.Last.Received);
        Assert.EndsWith(Http.Body("one"), server.Last.Received);
        gateway.AssertNothingStays();
    }

    [Fact]
    public void A_body_that_was_passed_on_in_part_is_not_sent_to_another_peer()
    {
        using var gateway = new SimulatedGateway(TwoPeers);
        var first = gateway.Serve("10.0.0.1:80");
        var second = gateway.Serve("10.0.0.2:80");
        var client = gateway.Connect();
        client.Send(Http.Post("/passed/", "0123456789")[..^5]);
        gateway.Settle();
        Assert.EndsWith(Http.Body("01234"), first.Last.Received);
        first.Last.Close(reset: true);
        gateway.Settle();
        client.Send("56789");
        gateway.Settle();
        Assert.Empty(second.Wires);
        Assert.StartsWith("HTTP/1.1 502 ", client.Take());
        gateway.AssertNothingStays();
    }

    /// <summary>What went to the first peer is nowhere any more, so the rest is no body.</summary>
    [Theory]
    [InlineData("off")]
    [InlineData("on")]
    public void A_body_that_was_passed_on_in_part_is_not_sent_for_an_error_page(string buffering)
    {
        using var gateway = new SimulatedGateway(
            "server { listen 10.1.0.1:80; proxy_request_buffering off;"
            + "location / { error_page 502 @other; proxy_pass http://10.0.0.1; }"
            + "location @other { proxy_request_buffering " + buffering
            + "; proxy_pass http://10.0.0.2; } }");
        var first = gateway.Serve("10.0.0.1:80");
        var second = gateway.Serve("10.0.0.2:80");
        var client = gateway.Connect();
        client.Send(Http.Post("/", "0123456789")[..^5]);
        gateway.Settle();
        Assert.EndsWith(Http.Body("01234"), first.Last.Received);
        first.Last.Close(reset: true);
        gateway.Settle();
        client.Send("56789");
        gateway.Settle();
        Assert.Empty(second.Wires);
        Assert.StartsWith("HTTP/1.1 502 ", client.Take());
        gateway.AssertNothingStays();
    }

    [Fact]
    public void A_body_that_was_read_whole_is_sent_to_another_peer()
    {
        using var gateway = new SimulatedGateway(TwoPeers.Replace(
            "location /kept/ {", "location /kept/ { proxy_next_upstream error non_idempotent;"));
        var first = gateway.Serve("10.0.0.1:80");
        var second = gateway.Serve("10.0.0.2:80");
        var client = gateway.Connect();
        client.Send(Http.Post("/kept/", "0123456789"));
        gateway.Settle();
        first.Last.Close(reset: true);
        gateway.Settle();
        Assert.EndsWith(Http.Body("0123456789"), second.Last.Received);
        gateway.AssertNothingStays();
    }

    /// <summary>A server that refuses an upload answers and closes without reading on.</summary>
    [Fact]
    public void An_early_answer_arrives_although_the_peer_reads_no_more_of_the_body()
    {
        using var gateway = new SimulatedGateway(TwoPeers);
        var server = gateway.Serve(Http.PeerAddress);
        var client = gateway.Connect();
        client.IsReading = false;
        string request = Http.Post("/passed/", Http.Numbers(900_000));
        client.Send(request[..500_000]);
        gateway.Settle();
        string answer = Http.Numbers(150_000);
        server.Last.Send(
            $"HTTP/1.1 413 Too Large\r\nContent-Length: {answer.Length}\r\n\r\n{answer}");
        gateway.Settle();
        server.Last.Close(reset: true);
        gateway.Settle();
        client.Send(request[500_000..]);
        gateway.Settle();
        client.IsReading = true;
        gateway.Settle();
        Assert.StartsWith("HTTP/1.1 413 Too Large\r\n", client.Received);
        Assert.EndsWith(Http.Body(answer), client.Received);
        gateway.AssertNothingStays();
    }

    [Fact]
    public void A_body_larger_than_its_buffer_goes_through_a_file()
    {
        using var gateway = new SimulatedGateway(
            TwoPeers.Replace("server {", "client_body_buffer_size 1k; server {"));
        var server = gateway.Serve(Http.PeerAddress);
        var client = gateway.Connect();
        string body = Http.Numbers(200_000);
        client.Send(Http.Post("/kept/", body));
        gateway.Settle();
        Assert.EndsWith(Http.Body(body), server.Last.Received);
        server.Last.Send(Http.Ok("done"));
        gateway.Settle();
        Assert.EndsWith(Http.Body("done"), client.Received);
        gateway.AssertNothingStays();
    }

    [Fact]
    public void The_rest_of_a_body_that_nobody_wanted_is_not_the_next_request()
    {
        using var gateway = new SimulatedGateway(TwoPeers);
        var client = gateway.Connect();
        string trap = Http.Get("/said/trap");
        client.Send(Http.Post("/said/", trap)[..^10]);
        gateway.Settle();
        client.Send(trap[^10..] + Http.Get("/said/next"));
        gateway.Settle();
        Assert.Equal(2, gateway.AccessLines.Length);
        Assert.EndsWith("GET /said/next HTTP/1.1", gateway.AccessLines[1]);
        gateway.AssertNothingStays();
    }
}
