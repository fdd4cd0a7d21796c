using Sluice.Cli.Nginx;

namespace Sluice.Unit.Cli;

public class NginxTextsTests
{
    [Fact]
    public void The_version_line_has_the_form_tools_parse() =>
        Assert.Matches(
            @"^nginx version: nginx/1\.31\.5 \(sluice/\d+\.\d+\.\d+\)\n$",
            NginxTexts.Version);

    [Fact]
    public void The_arguments_name_modules_that_exist_and_modules_that_do_not()
    {
        string line = Assert.Single(
            NginxTexts.Configure.Split('\n'),
            line => line.StartsWith("configure arguments: ", StringComparison.Ordinal));
        Assert.Contains(" --with-http_proxy_module", line, StringComparison.Ordinal);
        Assert.Contains(" --without-http_fastcgi_module", line, StringComparison.Ordinal);
    }

    [Fact]
    public void No_line_of_the_help_is_wider_than_a_terminal() =>
        Assert.All(NginxTexts.Help.Split('\n'), line => Assert.InRange(line.Length, 0, 80));
}
