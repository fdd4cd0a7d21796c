using Sluice.Proxy.Http1;
using static Sluice.Unit.Proxy.Http1.HeadText;

namespace Sluice.Unit.Proxy.Http1;

/// <summary>Once it is warm the codec allocates nothing, whatever it reads.</summary>
public class AllocationTests
{
    [Fact]
    public void Request_heads_allocate_nothing()
    {
        var plain = Bytes(Get("Cookie: a\r\nConnection: upgrade\r\nUpgrade: websocket\r\n"));
        var complex = Bytes("GET http://A.b:80/a/../%41?x HTTP/1.1\r\nHost: a\r\nA_b: c\r\n\r\n");
        var refused = Bytes(Get("Content-Length: 1\r\nContent-Length: 1\r\n"));
        var head = new RequestHead();
        var log = new byte[Http1Limits.LogTextBytesMax];
        AllocatesNothing(() =>
        {
            head.Reset();
            head.Parse(plain.AsSpan(0, 20), RequestHeadRules.Default);
            head.Parse(plain, RequestHeadRules.Default);
            head.Reset();
            head.Parse(complex, RequestHeadRules.Default);
            head.Reset();
            head.Parse(refused, RequestHeadRules.Default);
            head.FormatRejection(refused, log);
        });
        Assert.Equal(RequestRejection.DuplicateHeader, head.Rejection);
    }

    [Fact]
    public void Response_heads_allocate_nothing()
    {
        var bytes = Bytes("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nServer: x\r\nA: b\r\n\r\n");
        var head = new ResponseHead();
        AllocatesNothing(() =>
        {
            head.Reset();
            head.Parse(bytes.AsSpan(0, 30), Http1Limits.ResponseHeadBytes);
            head.Parse(bytes, Http1Limits.ResponseHeadBytes);
        });
        Assert.Equal(5, head.ContentLength);
    }

    [Fact]
    public void Chunks_and_trailers_allocate_nothing()
    {
        var bytes = Bytes("5;x\r\nhello\r\n0\r\nA: b\r\n\r\n");
        var reader = new ChunkedReader();
        var line = new byte[ChunkedWriter.SizeLineMax];
        AllocatesNothing(() =>
        {
            reader.Reset();
            for (var start = 0; start < bytes.Length; start++)
                reader.Read(bytes.AsSpan(start, 1), out _, out _);
            ChunkedWriter.WriteSizeLine(12345, line);
        });
        Assert.Equal(1, reader.Trailers.Length);
    }

    [Fact]
    public void Paths_texts_and_pages_allocate_nothing()
    {
        var target = Bytes("/a/./b/../%41%20//c?d");
        var buffer = new byte[64];
        AllocatesNothing(() =>
        {
            UriPath.TryNormalise(target, true, buffer, out _);
            UriEscape.Escape(target.AsSpan(0, 9), EscapeUse.Uri, buffer);
            UriEscape.Decode(target, buffer);
            HeaderText.FormatDate(784111777, buffer);
            HeaderText.FormatDecimal(1234567, buffer);
            ErrorPages.Page(502, ServerTokens.On, true);
            ServerNames.Name(ServerTokens.Build);
        });
    }

    static void AllocatesNothing(Action action)
    {
        for (var warm = 0; warm < 100; warm++) action();
        Assert.Equal(0, Allocations.Of(action));
    }
}
