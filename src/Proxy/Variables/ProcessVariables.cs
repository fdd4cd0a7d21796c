using System.Net;
using System.Text;
using Sluice.Config.Model;
using Sluice.Proxy.Log;

namespace Sluice.Proxy.Variables;

/// <summary>What is the same for all requests of a moment.</summary>
static class ProcessVariables
{
    public static IEnumerable<Variable> All =>
    [
        new ConstantVariable("nginx_version", Encoding.ASCII.GetBytes(NginxVersion.Number)),
        new ConstantVariable("pid", Encoding.ASCII.GetBytes($"{Environment.ProcessId}")),
        new ConstantVariable(
            "hostname", Encoding.Latin1.GetBytes(Dns.GetHostName().ToLowerInvariant())),
        new BuiltInVariable("msec", static (x, to) =>
        {
            to.AppendSeconds(x.Worker.Loop.UnixMs);
            return true;
        }),
        new BuiltInVariable("time_local", static (x, to) =>
        {
            to.Append(TimeText.At(x.Worker.Loop.UnixMs).Local);
            return true;
        }),
        new BuiltInVariable("time_iso8601", static (x, to) =>
        {
            to.Append(TimeText.At(x.Worker.Loop.UnixMs).Iso8601);
            return true;
        }),
    ];
}
