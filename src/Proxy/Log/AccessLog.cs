using System.Collections.Immutable;
using Sluice.Config.Model;
using Sluice.Proxy.Routing.Variables;

namespace Sluice.Proxy.Log;

public sealed class AccessLog(ImmutableArray<AccessLogTarget> targets, VariableTable variables, LogFiles files)
{
    public bool IsOff => targets.IsEmpty || variables is null || files is null;

    public void Write(Exchange exchange) => _ = exchange;
}
