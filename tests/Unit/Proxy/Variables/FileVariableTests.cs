using Sluice.Proxy;
using Sluice.Unit.Simulation;

namespace Sluice.Unit.Proxy.Variables;

public sealed class FileVariableTests : IDisposable
{
    readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("sluice-root-");

    public void Dispose() => folder.Delete(recursive: true);

    [Theory]
    [InlineData("root /r/;", "/r", "/r/a/b")]
    [InlineData("root r;", "/srv/r", "/srv/r/a/b")]
    [InlineData("root r$arg_x;", "/srv/r1", "/srv/r1/a/b")]
    [InlineData("root /$arg_x;", "/1", "/1/a/b")]
    [InlineData("root $arg_x;", "/srv/1", "/srv/1/a/b")]
    public void The_root_and_the_file_are_full_paths(string line, string root, string file)
    {
        using var scene = new Scene(
            "server { listen 127.0.0.1:18000; " + line + " }",
            "GET /a/b?x=1 HTTP/1.1\r\nHost: a\r\n\r\n");

        Assert.Equal(root, scene.Value("document_root"));
        Assert.Equal(file, scene.Value("request_filename"));
    }

    [Fact]
    public void A_real_root_has_no_links_in_it()
    {
        string real = Directory.CreateDirectory(folder.FullName + "/real/deep").FullName;
        Directory.CreateSymbolicLink(folder.FullName + "/link", "real");
        Directory.CreateSymbolicLink(folder.FullName + "/loop", "loop");

        Assert.Equal(real, RealRoot("/link/./deep"));
        Assert.Equal(real, RealRoot("/link/../link/deep"));
        Assert.Null(RealRoot("/link/gone"));
        Assert.Null(RealRoot("/loop"));
    }

    /// <summary>The request that finds it old still has it; those that follow have the new one.</summary>
    [Fact]
    public void A_link_that_is_switched_shows_within_a_second_and_a_request()
    {
        string one = Directory.CreateDirectory(folder.FullName + "/one").FullName;
        string two = Directory.CreateDirectory(folder.FullName + "/two").FullName;
        string link = folder.FullName + "/current";
        Directory.CreateSymbolicLink(link, one);
        using var gateway = new SimulatedGateway(
            "server { listen 10.1.0.1:80; root " + link + "; return 200 $realpath_root; }");
        Assert.Equal(one, Ask(gateway));
        Directory.Delete(link);
        Directory.CreateSymbolicLink(link, two);
        Assert.Equal(one, Ask(gateway));
        gateway.Pass(Limits.RealRootMs);
        Assert.Equal(one, Ask(gateway));
        Assert.Equal(two, Ask(gateway));
        gateway.AssertNothingStays();
    }

    static string Ask(SimulatedGateway gateway)
    {
        var client = gateway.Connect();
        client.Send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        gateway.Settle();
        return client.Received.Split("\r\n\r\n")[1];
    }

    string? RealRoot(string path)
    {
        using var scene = new Scene(
            "server { listen 127.0.0.1:18000; root " + folder.FullName + path + "; }");
        return scene.Value("realpath_root");
    }
}
