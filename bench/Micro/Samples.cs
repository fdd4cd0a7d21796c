using System.Text;

namespace Sluice.Micro;

/// <summary>Inputs of usual size.</summary>
static class Samples
{
    public static readonly byte[] RequestHead = Encoding.ASCII.GetBytes(
        "GET /api/v1/items/42?fields=name,price HTTP/1.1\r\nHost: www.example.com\r\n"
        + "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0\r\n"
        + "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8\r\n"
        + "Accept-Language: en-US,en;q=0.5\r\nAccept-Encoding: gzip, deflate, br\r\n"
        + "Connection: keep-alive\r\nCookie: session=0123456789abcdef0123456789abcdef\r\n"
        + "Referer: https://www.example.com/\r\nPriority: u=0, i\r\n\r\n");

    public static readonly byte[] ResponseHead = Encoding.ASCII.GetBytes(
        "HTTP/1.1 200 OK\r\nServer: Kestrel\r\nDate: Fri, 20 Nov 2026 12:00:00 GMT\r\n"
        + "Content-Type: application/json; charset=utf-8\r\nContent-Length: 1234\r\n"
        + "Cache-Control: no-store\r\nVary: Accept-Encoding\r\n"
        + "X-Request-Id: 0123456789abcdef\r\n\r\n");

    public static readonly byte[] Chunks = MakeChunks();

    /// <summary>64 unmasked text frames of 64 bytes.</summary>
    public static readonly byte[] Frames = MakeFrames();

    static byte[] MakeChunks()
    {
        var text = new StringBuilder();
        for (var i = 0; i < 4; i++)
            text.Append("100\r\n").Append('x', 256).Append("\r\n");
        return Encoding.ASCII.GetBytes(text.Append("0\r\n\r\n").ToString());
    }

    static byte[] MakeFrames()
    {
        var frames = new byte[64 * 66];
        for (var i = 0; i < frames.Length; i += 66)
        {
            frames[i] = 0x81;
            frames[i + 1] = 64;
        }
        return frames;
    }
}
