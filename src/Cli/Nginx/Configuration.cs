using System.Collections.Immutable;
using Sluice.Config.Directives;
using Sluice.Config.Model;
using Sluice.Config.Syntax;
using Sluice.Config.Text;

namespace Sluice.Cli.Nginx;

/// <summary>A configuration that was read, and what there was to say about it.</summary>
/// <param name="Config">The model; null when there is an error among the diagnostics.</param>
/// <param name="Diagnostics">In the order in which nginx would have come upon them.</param>
internal sealed record Configuration(MainConfig? Config, ImmutableArray<Diagnostic> Diagnostics)
{
    /// <summary>Reads the files and builds the model.</summary>
    /// <param name="paths">Where they are, and where relative paths start.</param>
    /// <param name="directives">What <c>-g</c> gave; null for nothing.</param>
    public static Configuration Load(NginxPaths paths, string? directives)
    {
        var diagnostics = new DiagnosticList();
        string file = StandardStreams.ToBytes(paths.ConfigFile);
        var tree = ConfigChecker.Read(
            file, new DiskFiles(), diagnostics, StandardStreams.ToBytes(directives ?? ""));
        var environment = new BuildEnvironment
        {
            ConfigPath = file,
            Prefix = StandardStreams.ToBytes(paths.Prefix),
            ErrorLogPath = StandardStreams.ToBytes(paths.ErrorLog ?? NginxPaths.StandardError),
            AccessLogPath = NginxPaths.AccessLog,
            PidPath = NginxPaths.DefaultPid,
        };
        var config = ModelBuilder.Build(tree, environment, diagnostics);
        return new Configuration(config, diagnostics.InOrder());
    }

    /// <summary>
    /// Nothing is wrong with what is written. nginx says so before it looks for what is not: the
    /// one error it finds after the reading is a missing <c>events</c> block.
    /// </summary>
    public bool IsSyntaxGood => Diagnostics.All(diagnostic =>
        diagnostic.Severity is Severity.Warn or Severity.Notice || IsLate(diagnostic));

    /// <summary>Prints what was said: errors and warnings, and notices when they are wanted.</summary>
    public void Report(bool withNotices)
    {
        ReportReading(withNotices);
        ReportRest();
    }

    /// <summary>What nginx says while it reads.</summary>
    public void ReportReading(bool withNotices)
    {
        foreach (var diagnostic in Diagnostics)
        {
            if (!IsLate(diagnostic) && (withNotices || diagnostic.Severity != Severity.Notice))
            {
                StandardStreams.Error(DiagnosticText.Render(diagnostic));
            }
        }
    }

    /// <summary>What nginx says once it has read everything.</summary>
    public void ReportRest()
    {
        foreach (var diagnostic in Diagnostics.Where(IsLate))
        {
            StandardStreams.Error(DiagnosticText.Render(diagnostic));
        }
    }

    static bool IsLate(Diagnostic diagnostic) =>
        diagnostic.Message == "no \"events\" section in configuration";
}
