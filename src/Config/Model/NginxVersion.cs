namespace Sluice.Config.Model;

/// <summary>
/// The nginx whose directives, defaults and messages Sluice follows: what -v, $nginx_version,
/// the Server header and the error pages name.
/// </summary>
public static class NginxVersion
{
    public const string Number = "1.31.5";
}
