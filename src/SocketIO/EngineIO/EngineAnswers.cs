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
    /// <param name="body">The packets.</param>
    /// <param name="cookie">A Set-Cookie header; null without one.</param>
    public static Task PayloadAsync(HttpContext context, byte[] body, string? cookie)
    {
        Prepare(context, "text/plain; charset=UTF-8");
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
        HttpContext context, EngineConnectionError error, bool isWebSocket = false)
    {
        if (isWebSocket)
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            context.Response.ContentType = "text/html";
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
        return context.Response.Body.WriteAsync(text.ToArray()).AsTask();
    }

    static void Prepare(HttpContext context, string contentType)
    {
        context.Response.ContentType = contentType;
        context.Response.Headers.CacheControl = "no-store";
    }
}
