using Sluice.Cli.Nginx;

namespace Sluice.Unit.Cli;

public class NginxPathsTests
{
    [Fact]
    public void Without_options_the_paths_are_those_of_a_packaged_nginx()
    {
        var paths = For();
        Assert.Equal("/usr/share/nginx/", paths.Prefix);
        Assert.Equal("/etc/nginx/nginx.conf", paths.ConfigFile);
        Assert.Equal("/etc/nginx/", paths.ConfigPrefix);
        Assert.Null(paths.ErrorLog);
    }

    [Fact]
    public void A_prefix_gets_its_slash() => Assert.Equal("/srv/", For("-p", "/srv").Prefix);

    [Fact]
    public void A_relative_file_starts_from_the_prefix()
    {
        var paths = For("-p", "/srv/", "-c", "conf/a.conf");
        Assert.Equal("/srv/conf/a.conf", paths.ConfigFile);
        Assert.Equal("/srv/conf/", paths.ConfigPrefix);
    }

    [Fact]
    public void An_absolute_file_does_not() =>
        Assert.Equal("/a.conf", For("-p", "/srv/", "-c", "/a.conf").ConfigFile);

    [Fact]
    public void An_error_log_starts_from_the_prefix_too() =>
        Assert.Equal("/srv/e.log", For("-p", "/srv", "-e", "e.log").ErrorLog);

    [Fact]
    public void The_error_log_stderr_is_no_file() => Assert.Null(For("-e", "stderr").ErrorLog);

    static NginxPaths For(params string[] arguments) =>
        NginxPaths.From(NginxOptions.Parse(arguments, out _)!);
}
