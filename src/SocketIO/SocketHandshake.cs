using System.Security.Claims;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Sluice.SocketIO.EngineIO;

namespace Sluice.SocketIO;

/// <summary>How a socket came to be: the HTTP request, and the auth payload of its CONNECT.</summary>
public sealed class SocketHandshake
{
    static readonly byte[] emptyObject = "{}"u8.ToArray();

    readonly EngineHandshake request;
    readonly ReadOnlyMemory<byte> auth;

    internal SocketHandshake(
        EngineHandshake request, ReadOnlyMemory<byte> auth, DateTimeOffset issued)
    {
        this.request = request;
        this.auth = auth.IsEmpty ? emptyObject : auth;
        Issued = issued;
    }

    public IHeaderDictionary Headers => request.Headers;

    public IQueryCollection Query => request.Query;

    /// <summary>Path and query of the request.</summary>
    public string Url => request.Url;

    /// <summary>The client's address as text.</summary>
    public string Address => request.Address;

    /// <summary>The request had an Origin.</summary>
    public bool IsCrossDomain => request.IsCrossDomain;

    /// <summary>HTTPS.</summary>
    public bool IsSecure => request.IsSecure;

    /// <summary>When the HTTP request came.</summary>
    public DateTimeOffset Time => request.Time;

    /// <summary>When the socket was made.</summary>
    public DateTimeOffset Issued { get; }

    /// <summary>Who the ASP.NET Core pipeline says it is.</summary>
    public ClaimsPrincipal User => request.User;

    /// <summary>The services of the application.</summary>
    public IServiceProvider Services => request.Services;

    /// <summary>The auth payload: a JSON object, empty when the client sent none. A secret.</summary>
    public JsonElement Auth => JsonElement.Parse(auth.Span);

    /// <summary>The auth payload as JSON in UTF-8. A secret.</summary>
    public ReadOnlyMemory<byte> AuthJson => auth;

    /// <summary>The auth payload read as a type.</summary>
    /// <exception cref="JsonException">It is of another kind.</exception>
    public T? GetAuth<T>(JsonTypeInfo<T> typeInfo) =>
        JsonSerializer.Deserialize(auth.Span, typeInfo);

    /// <summary>A text of the auth payload; null when it is not there or no text.</summary>
    public string? GetAuthString(string name) =>
        Auth.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString() : null;
}
