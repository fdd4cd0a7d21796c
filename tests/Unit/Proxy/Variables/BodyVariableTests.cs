using Sluice.Proxy;

namespace Sluice.Unit.Proxy.Variables;

public class BodyVariableTests
{
    const string Post = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc";
    const string Chunked =
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n";

    [Fact]
    public void A_body_that_was_not_read_is_not_found()
    {
        using var scene = new Scene(request: Post);

        Assert.Null(scene.Value("request_body"));
        Assert.Equal("3", scene.Value("content_length"));
        Assert.Equal("3", scene.Value("proxy_internal_body_length"));
        Assert.Null(scene.Value("proxy_internal_chunked"));
    }

    [Fact]
    public void A_body_in_memory_is_its_bytes()
    {
        using var scene = new Scene(request: Post);
        ReadBody(scene);

        Assert.Equal("abc", scene.Value("request_body"));
        Assert.Null(scene.Value("request_body_file"));
    }

    [Fact]
    public void A_chunked_body_has_a_length_once_it_was_read()
    {
        using var scene = new Scene(request: Chunked);
        Assert.Null(scene.Value("content_length"));
        Assert.Null(scene.Value("proxy_internal_body_length"));
        Assert.Equal("chunked", scene.Value("proxy_internal_chunked"));

        ReadBody(scene);

        Assert.Equal("3", scene.Value("content_length"));
        Assert.Equal("3", scene.Value("proxy_internal_body_length"));
        Assert.Null(scene.Value("proxy_internal_chunked"));
    }

    [Fact]
    public void A_body_of_the_configuration_has_its_own_length()
    {
        using var scene = new Scene(
            "server { listen 127.0.0.1:18000; location / {"
            + " proxy_pass http://127.0.0.1:18001; proxy_set_body \"$host!\"; } }", Chunked);

        Assert.Equal("2", scene.Value("proxy_internal_body_length"));
        Assert.Null(scene.Value("proxy_internal_chunked"));
    }

    [Fact]
    public void Where_nothing_is_proxied_there_is_nothing_to_send()
    {
        using var scene = new Scene("server { listen 127.0.0.1:18000; }", Post);

        Assert.Null(scene.Value("proxy_internal_body_length"));
        Assert.Null(scene.Value("proxy_host"));
        Assert.Null(scene.Value("proxy_port"));
    }

    [Fact]
    public void A_request_has_the_length_that_was_read()
    {
        using var scene = new Scene(request: Post);

        Assert.Equal($"{Post.Length}", scene.Value("request_length"));
    }

    static void ReadBody(Scene scene)
    {
        var reading = scene.X.Body.ReadAllAsync(scene.X).GetAwaiter();
        Assert.True(reading.IsCompleted);
        Assert.Equal(BodyState.Complete, scene.X.Body.State);
    }
}
