using Sluice.Config.Syntax;
using Sluice.Config.Text;

namespace Sluice.Config.Model.Building;

/// <summary>
/// The names and sizes of <c>zone</c>, which Sluice needs nothing of but nginx's errors.
/// </summary>
sealed class ZoneRegistry
{
    readonly Dictionary<string, (long Size, DirectiveNode Node)> zones = [];

    public void Add(BuildContext build, DirectiveNode node, string name, long size)
    {
        if (!zones.TryGetValue(name, out var earlier) || earlier.Size == 0)
            zones[name] = (size, node);
        else if (size != 0 && size != earlier.Size)
            build.Fail(node, 1, $"the size {size} of shared memory zone \"{name}\" conflicts "
                + $"with already declared size {earlier.Size}");
    }

    /// <summary>Tells the zones that nobody gave a size, when the whole file is read.</summary>
    public void Finish(BuildContext build)
    {
        foreach (var (name, (size, node)) in zones)
        {
            if (size != 0)
                continue;
            string message = $"zero size shared memory zone \"{name}\"";
            var token = BuildContext.TokenOf(node, 0);
            var at = DiagnosticList.At(Severity.Emerg, node.File, node.Line, token.Start,
                token.Length, message, "a zone has a size: zone name 64k;", int.MaxValue);
            build.Diagnostics.Add(at with { Message = message });
        }
    }
}
