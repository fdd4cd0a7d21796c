using Sluice.Net;

namespace Sluice.Unit.Proxy.Variables;

public class ConnectionVariableTests
{
    [Theory]
    [InlineData("remote_addr", "192.0.2.7")]
    [InlineData("remote_port", "50001")]
    [InlineData("realip_remote_addr", "192.0.2.7")]
    [InlineData("realip_remote_port", "50001")]
    [InlineData("binary_remote_addr", "\u00c0\u0000\u0002\u0007")]
    [InlineData("server_addr", "127.0.0.1")]
    [InlineData("server_port", "18000")]
    [InlineData("connection", "77")]
    [InlineData("connection_requests", "3")]
    [InlineData("pipe", ".")]
    [InlineData("tcpinfo_rtt", null)]
    [InlineData("proxy_protocol_addr", null)]
    [InlineData("proxy_protocol_tlv_alpn", null)]
    public void A_connection_has_nginx_s_values(string name, string? expected)
    {
        using var scene = new Scene();

        Assert.Equal(expected, scene.Value(name));
    }

    [Fact]
    public void An_ipv6_client_has_no_brackets()
    {
        using var scene = new Scene(remote: "[2001:db8::1]:1234", local: "[::1]:18000");

        Assert.Equal("2001:db8::1", scene.Value("remote_addr"));
        Assert.Equal("::1", scene.Value("server_addr"));
        Assert.Equal(16, scene.Value("binary_remote_addr")!.Length);
    }

    [Fact]
    public void A_unix_socket_has_a_path_and_no_ports()
    {
        using var scene = new Scene(remote: "unix:/c", local: "unix:/run/s");

        Assert.Equal("unix:", scene.Value("remote_addr"));
        Assert.Equal("", scene.Value("remote_port"));
        Assert.Equal("unix:", scene.Value("binary_remote_addr"));
        Assert.Equal("unix:/run/s", scene.Value("server_addr"));
        Assert.Equal("", scene.Value("server_port"));
        Assert.Equal("unix:", scene.Value("proxy_add_x_forwarded_for"));
    }

    [Fact]
    public void Times_are_seconds_with_three_decimals()
    {
        using var scene = new Scene();
        scene.X.ConnectionStartMs = scene.X.StartMs;
        scene.Pass(1234);
        scene.X.StartMs += 200;

        Assert.Equal("1.234", scene.Value("connection_time"));
        Assert.Equal("1.034", scene.Value("request_time"));
    }

    [Fact]
    public void A_request_that_came_with_another_is_marked()
    {
        using var scene = new Scene();
        scene.X.IsPipelined = true;

        Assert.Equal("p", scene.Value("pipe"));
    }

    [Fact]
    public void What_the_kernel_knows_is_printed_as_numbers()
    {
        using var scene = new Scene();
        scene.Client.TcpInfo = new TcpInfo(100, 50, 10, 65_000);

        Assert.Equal("100", scene.Value("tcpinfo_rtt"));
        Assert.Equal("50", scene.Value("tcpinfo_rttvar"));
        Assert.Equal("10", scene.Value("tcpinfo_snd_cwnd"));
        Assert.Equal("65000", scene.Value("tcpinfo_rcv_space"));
    }
}
