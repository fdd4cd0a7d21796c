using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Sluice.SocketIO.EngineIO;

/// <summary>The cookie of a polling handshake, written as the official server writes it.</summary>
static class EngineCookie
{
    /// <summary>The value of Set-Cookie.</summary>
    public static string Write(string name, string value, CookieOptions options)
    {
        var cookie = new StringBuilder($"{name}={value}");
        if (options.MaxAge is { } age)
            cookie.Append(CultureInfo.InvariantCulture, $"; Max-Age={(long)age.TotalSeconds}");
        if (!string.IsNullOrEmpty(options.Domain))
            cookie.Append($"; Domain={options.Domain}");
        if (!string.IsNullOrEmpty(options.Path))
            cookie.Append($"; Path={options.Path}");
        if (options.Expires is { } expires)
            cookie.Append(CultureInfo.InvariantCulture, $"; Expires={expires:R}");
        if (options.HttpOnly)
            cookie.Append("; HttpOnly");
        if (options.Secure)
            cookie.Append("; Secure");
        if (options.SameSite != SameSiteMode.Unspecified)
            cookie.Append(CultureInfo.InvariantCulture, $"; SameSite={options.SameSite}");
        return cookie.ToString();
    }
}
