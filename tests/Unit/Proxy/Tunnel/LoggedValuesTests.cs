using Sluice.Proxy.Tunnel;
using Sluice.Unit.Proxy.Variables;

namespace Sluice.Unit.Proxy.Tunnel;

public class LoggedValuesTests
{
    [Theory]
    [InlineData("access_log /l f;", false)]
    [InlineData("access_log /l combined;", false)]
    [InlineData("access_log /l combined if=$1;", true)]
    [InlineData("access_log /l/$1 combined;", true)]
    [InlineData("access_log /l named;", true)]
    [InlineData("access_log /l written;", true)]
    [InlineData("access_log /l mapped;", true)]
    [InlineData("access_log /l rooted;", true)]
    [InlineData("access_log off;", false)]
    public void A_tunnel_keeps_values_that_its_log_names_and_no_others(string log, bool keeps)
    {
        using var scene = new Scene($$"""
            map $host $mapped { default "$1"; }
            log_format f "$status $host $http_upgrade $arg_a";
            log_format named "$name";
            log_format written "$written";
            log_format mapped "$mapped";
            log_format rooted "$document_root";
            server {
                listen 127.0.0.1:18000;
                location ~ ^/(?<name>\w+)$ { set $written "$1"; root /srv/$1; {{log}} }
            }
            """, "GET /room HTTP/1.1\r\nHost: a\r\n\r\n");

        Assert.True(scene.X.HasValues);
        Assert.Equal(2, scene.X.CaptureCount);
        Assert.Equal(
            keeps, LoggedValues.Of(scene.X, scene.X.Location.AccessLog.Reads) is not null);
    }
}
