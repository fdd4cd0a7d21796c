using Sluice.Cli.Demo;

namespace Sluice.Unit.Cli;

public class DemoConfigurationTests
{
    [Fact]
    public void Each_port_is_replaced_by_its_own() => Assert.Equal(
        "listen 127.0.0.1:1; server 127.0.0.1:2; server 127.0.0.1:3; server 127.0.0.1:4;",
        DemoConfiguration.Substitute(
            "listen 127.0.0.1:8090; server 127.0.0.1:9101; server 127.0.0.1:9102; "
            + "server 127.0.0.1:9103;",
            gatewayPort: 1,
            backendPorts: [2, 3, 4]));

    [Fact]
    public void A_new_port_that_is_another_old_one_stays() => Assert.Equal(
        "server 127.0.0.1:9102; server 127.0.0.1:9101;",
        DemoConfiguration.Substitute(
            "server 127.0.0.1:9101; server 127.0.0.1:9102;",
            gatewayPort: 8090,
            backendPorts: [9102, 9101, 9103]));

    [Fact]
    public void The_shipped_file_has_every_port()
    {
        string shipped = Tidy.Tree.Files.Single(file => file.Path == "conf/demo.conf").Text;
        string moved = DemoConfiguration.Substitute(shipped, 1, [2, 3, 4]);
        for (int port = 1; port <= 4; port++)
        {
            Assert.Contains($"127.0.0.1:{port};", moved, StringComparison.Ordinal);
        }
    }
}
