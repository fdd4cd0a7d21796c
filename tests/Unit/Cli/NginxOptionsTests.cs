using Sluice.Cli.Nginx;

namespace Sluice.Unit.Cli;

/// <summary>The expectations are what nginx 1.22 does with the same arguments.</summary>
public class NginxOptionsTests
{
    [Fact]
    public void No_arguments_are_no_options() => Assert.Equal(new NginxOptions(), Good());

    [Fact]
    public void A_lone_dash_is_nothing() => Assert.Equal(new NginxOptions(), Good("-"));

    [Fact]
    public void Switches_join()
    {
        var options = Good("-tqV");
        Assert.True(options is { Test: true, Quiet: true, ShowVersion: true, ShowConfigure: true });
        Assert.False(options.Dump);
    }

    [Theory]
    [InlineData("-h")]
    [InlineData("-?")]
    public void Help_shows_the_version_too(string argument)
    {
        var options = Good(argument);
        Assert.True(options is { ShowHelp: true, ShowVersion: true, ShowConfigure: false });
    }

    [Fact]
    public void A_dump_is_a_test() => Assert.True(Good("-T") is { Test: true, Dump: true });

    [Fact]
    public void Values_stand_apart()
    {
        var options = Good("-c", "a.conf", "-p", "/p", "-e", "e.log", "-g", "daemon on;");
        Assert.Equal("a.conf", options.ConfigFile);
        Assert.Equal("/p", options.Prefix);
        Assert.Equal("e.log", options.ErrorLog);
        Assert.Equal("daemon on;", options.Directives);
    }

    [Fact]
    public void Values_are_joined_to_their_letter()
    {
        var options = Good("-ca.conf", "-p/p", "-ee.log", "-gdaemon on;", "-sreload");
        Assert.Equal("a.conf", options.ConfigFile);
        Assert.Equal("/p", options.Prefix);
        Assert.Equal("e.log", options.ErrorLog);
        Assert.Equal("daemon on;", options.Directives);
        Assert.Equal(ControlSignal.Reload, options.Signal);
    }

    [Fact]
    public void A_value_may_follow_joined_switches()
    {
        var options = Good("-tqc", "a.conf", "-T");
        Assert.True(options is { Test: true, Quiet: true, ConfigFile: "a.conf", Dump: true });
    }

    [Fact]
    public void A_value_may_look_like_an_option() =>
        Assert.Equal("-t", Good("-c", "-t").ConfigFile);

    [Fact]
    public void The_last_value_wins() => Assert.Equal("b", Good("-ca", "-cb").ConfigFile);

    [Fact]
    public void Every_signal_has_its_word()
    {
        Assert.Equal(ControlSignal.Stop, Good("-s", "stop").Signal);
        Assert.Equal(ControlSignal.Quit, Good("-s", "quit").Signal);
        Assert.Equal(ControlSignal.Reopen, Good("-s", "reopen").Signal);
        Assert.Equal(ControlSignal.Reload, Good("-s", "reload").Signal);
    }

    [Theory]
    [InlineData("foo", "invalid option: \"foo\"")]
    [InlineData("", "invalid option: \"\"")]
    [InlineData("-x", "invalid option: \"x\"")]
    [InlineData("-tx", "invalid option: \"x\"")]
    [InlineData("--help", "invalid option: \"-\"")]
    [InlineData("-s", "option \"-s\" requires parameter")]
    [InlineData("-g", "option \"-g\" requires parameter")]
    [InlineData("-p", "option \"-p\" requires directory name")]
    [InlineData("-c", "option \"-c\" requires file name")]
    [InlineData("-te", "option \"-e\" requires file name")]
    [InlineData("-sfoo", "invalid option: \"-s foo\"")]
    public void A_mistake_is_said_in_nginx_words(string argument, string expected)
    {
        Assert.Null(NginxOptions.Parse([argument], out string error));
        Assert.Equal(expected, error);
    }

    static NginxOptions Good(params string[] arguments)
    {
        var options = NginxOptions.Parse(arguments, out string error);
        Assert.Equal("", error);
        return Assert.IsType<NginxOptions>(options);
    }
}
