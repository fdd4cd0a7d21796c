using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Sluice.SocketIO.EngineIO;

/// <summary>The HTTP answers of the engine, in the official server's words and headers.</summary>
static class EngineAnswers
{
    /// <summary>The answer to a POST.</summary>
    public static Task OkAsync(HttpContext context)
    {
        Prepare(context, "text/html");
        context.Response.ContentLength = 2;
        return context.Response.Body.WriteAsync("ok"u8.ToArray()).AsTask();
    }

    /// <summary>The answer to a GET.</summary>
    /// <param name="context">The request.</param>
    /// <param name="answer">The packets.</param>
    /// <param name="threshold">From how many bytes on it is compressed; null for never.</param>
    /// <param name="cookie">A Set-Cookie header; null without one.</param>
    public static Task PayloadAsync(
        HttpContext context, PollBody answer, int? threshold, string? cookie)
    {
        var body = answer.Bytes;
        Prepare(
            context, answer.IsBinary ? "application/octet-stream" : "text/plain; charset=UTF-8");
        if (!answer.IsPlain && body.Length >= threshold && EncodingOf(context) is { } encoding)
        {
            body = Compress(body, encoding);
            context.Response.Headers.ContentEncoding = encoding;
        }
        if (cookie is not null)
            context.Response.Headers.SetCookie = cookie;
        context.Response.ContentLength = body.Length;
        return context.Response.Body.WriteAsync(body).AsTask();
    }

    public static Task StatusAsync(HttpContext context, int status)
    {
        context.Response.StatusCode = status;
        context.Response.ContentLength = 0;
        return Task.CompletedTask;
    }

    /// <summary>
    /// A refusal: JSON for polling, and for a WebSocket 400 with the message alone, whatever the
    /// reason, as browsers show neither.
    /// </summary>
    public static Task RefuseAsync(
        HttpContext context, EngineConnectionError error, bool isWebSocket)
    {
        if (isWebSocket)
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            context.Response.ContentType = "text/html";
            context.Response.ContentLength = Encoding.UTF8.GetByteCount(error.Message);
            return context.Response.WriteAsync(error.Message);
        }
        context.Response.StatusCode = error.StatusCode;
        context.Response.ContentType = "application/json";
        using var text = new MemoryStream();
        using (var json = new Utf8JsonWriter(text))
        {
            json.WriteStartObject();
            json.WriteNumber("code", error.Code);
            json.WriteString("message", error.Message);
            json.WriteEndObject();
        }
        context.Response.ContentLength = text.Length;
        return context.Response.Body.WriteAsync(text.ToArray()).AsTask();
    }

    /// <summary>gzip before deflate, as the official server chooses; null when neither is taken.</summary>
    static string? EncodingOf(HttpContext context)
    {
        var accepted = context.Request.GetTypedHeaders().AcceptEncoding;
        return Array.Find(["gzip", "deflate"], name => accepted.Any(value =>
            value.Quality is not 0
            && value.Value.Equals(name, StringComparison.OrdinalIgnoreCase)));
    }

    /// <summary>"deflate" is the zlib format (RFC 9110, section 8.4.1.2).</summary>
    static byte[] Compress(byte[] body, string encoding)
    {
        using var compressed = new MemoryStream();
        using (Stream stream = encoding == "gzip"
            ? new GZipStream(compressed, CompressionLevel.Fastest)
            : new ZLibStream(compressed, CompressionLevel.Fastest))
            stream.Write(body);
        return compressed.ToArray();
    }

    static void Prepare(HttpContext context, string contentType)
    {
        context.Response.ContentType = contentType;
        context.Response.Headers.CacheControl = "no-store";
    }
}
