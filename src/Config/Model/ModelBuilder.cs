using Sluice.Config.Model.Building;
using Sluice.Config.Syntax;

namespace Sluice.Config.Model;

/// <summary>
/// Builds the model from a tree: nginx's defaults, inheritance and checks, with nginx's messages.
/// </summary>
public static class ModelBuilder
{
    /// <summary>
    /// Builds what can be built and adds what is wrong to <paramref name="diagnostics"/>. Null
    /// when any error is in that list, whoever put it there: such a configuration must not run.
    /// </summary>
    public static MainConfig? Build(
        ConfigTree tree, BuildEnvironment environment, DiagnosticList diagnostics)
    {
        var build = new BuildContext(environment, diagnostics);
        var config = new MainBuilder(build, tree).Build();
        return diagnostics.IsGood ? config : null;
    }
}
