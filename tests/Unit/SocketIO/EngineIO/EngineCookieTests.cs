using Microsoft.AspNetCore.Http;
using Sluice.SocketIO.EngineIO;

namespace Sluice.Unit.SocketIO.EngineIO;

public class EngineCookieTests
{
    [Fact]
    public void A_cookie_has_the_official_servers_attributes_unless_told_otherwise() =>
        Assert.Equal(
            "io=x; Path=/; HttpOnly; SameSite=Lax",
            EngineCookie.Write("io", "x", new EngineOptions().CookieAttributes));

    [Fact]
    public void A_cookie_has_the_attributes_it_is_given() => Assert.Equal(
        "io=x; Max-Age=86400; Domain=ex.am; Path=/chat; "
            + "Expires=Sat, 21 Nov 2026 05:00:00 GMT; HttpOnly; Secure; SameSite=None",
        EngineCookie.Write("io", "x", new CookieOptions
        {
            MaxAge = TimeSpan.FromDays(1),
            Domain = "ex.am",
            Path = "/chat",
            Expires = new DateTimeOffset(2026, 11, 21, 5, 0, 0, TimeSpan.Zero),
            HttpOnly = true,
            Secure = true,
            SameSite = SameSiteMode.None,
        }));

    [Fact]
    public void A_cookie_may_have_no_attributes() => Assert.Equal(
        "io=x", EngineCookie.Write("io", "x", new CookieOptions { Path = null }));
}
