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

    string? RealRoot(string path)
    {
        using var scene = new Scene(
            "server { listen 127.0.0.1:18000; root " + folder.FullName + path + "; }");
        return scene.Value("realpath_root");
    }
}
