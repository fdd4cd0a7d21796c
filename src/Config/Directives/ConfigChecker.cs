using Sluice.Config.Syntax;
using Sluice.Config.Text;

namespace Sluice.Config.Directives;

/// <summary>
/// Holds every directive against its row, at the moment at which nginx would, and in nginx's
/// words: is it known, allowed here, whole, not repeated, and are its values good. A directive
/// with an error is marked as broken, and its block's content is left alone where its meaning is
/// not known.
/// </summary>
public sealed class ConfigChecker : IReadVisitor
{
    readonly DiagnosticList diagnostics;
    readonly ValueChecker values;
    readonly Stack<Frame> frames = new();
    readonly List<string> tuning = [];

    /// <summary>A block that is being read, and what stands in it so far.</summary>
    sealed record Frame(Contexts Context, BlockForm Form)
    {
        public Dictionary<Directive, DirectiveNode> Seen { get; } =
            new(ReferenceEqualityComparer.Instance);
    }

    ConfigChecker(DiagnosticList diagnostics)
    {
        this.diagnostics = diagnostics;
        values = new ValueChecker(diagnostics);
        frames.Push(new Frame(Contexts.Main, BlockForm.Directives));
    }

    /// <summary>
    /// Reads and checks a configuration: the directives of <paramref name="commandLine"/> (-g),
    /// then the file at <paramref name="path"/> (a full path) and all it includes.
    /// </summary>
    public static ConfigTree Read(
        string path, IConfigFiles files, DiagnosticList diagnostics, string commandLine = "")
    {
        var checker = new ConfigChecker(diagnostics);
        var tree = ConfigReader.Read(path, files, diagnostics, checker, commandLine);
        checker.Finish(tree);
        return tree;
    }

    /// <summary>Reads and checks one text alone: no include is followed, no file touched.</summary>
    public static ConfigTree ReadAlone(SourceFile file, DiagnosticList diagnostics)
    {
        var checker = new ConfigChecker(diagnostics);
        var tree = ConfigReader.ReadAlone(file, diagnostics, checker);
        checker.Finish(tree);
        return tree;
    }

    BlockPolicy IReadVisitor.Enter(DirectiveNode node, bool opensBlock)
    {
        var frame = frames.Peek();
        if (frame.Form == BlockForm.Entries)
            return EnterEntry(node, opensBlock);

        var row = DirectiveTable.Find(node.Name, frame.Context);
        if (!node.IsBroken)
            node.IsBroken = !Check(node, row, frame, opensBlock);

        if (!opensBlock)
            return BlockPolicy.Read;
        if (row is null || row.Block == BlockForm.None)
            return BlockPolicy.Skip;

        frames.Push(new Frame(row.Opens, row.Block));
        return BlockPolicy.Read;
    }

    void IReadVisitor.Leave(DirectiveNode node) => frames.Pop();

    /// <summary>A line of a block such as <c>types</c>: only its outer form is looked at.</summary>
    BlockPolicy EnterEntry(DirectiveNode node, bool opensBlock)
    {
        if (opensBlock)
        {
            if (!node.IsBroken)
                diagnostics.Emerg(node, "unexpected \"{\"", $"{node.Parent!.Name} has no blocks");
            node.IsBroken = true;
            return BlockPolicy.Skip;
        }

        bool isInclude = node.Name == "include" && node.Parent!.Name == "types";
        if (isInclude && !node.IsBroken && node.Args.Length != 1)
        {
            diagnostics.Emerg(node, "invalid number of arguments in \"include\" directive",
                $"it takes {Advice.Count(Args.One)}");
            node.IsBroken = true;
        }

        return BlockPolicy.Read;
    }

    /// <summary>nginx's checks in its order; false after the first that fails.</summary>
    bool Check(DirectiveNode node, Directive? row, Frame frame, bool opensBlock)
    {
        string name = ValueChecker.Shown(node.Name);
        if (row is null)
        {
            ReportUnknown(node, name, frame.Context, opensBlock);
            return false;
        }

        if (row.Block == BlockForm.None && opensBlock)
        {
            diagnostics.Emerg(node, $"directive \"{name}\" is not terminated by \";\"",
                Advice.ForMissingSemicolon(node)?.Text ?? "it has no block");
            return false;
        }

        if (row.Block != BlockForm.None && !opensBlock)
        {
            diagnostics.Emerg(node, $"directive \"{name}\" has no opening \"{{\"",
                $"write {name}{(row.Args == Args.None ? "" : " ...")} {{ ... }}");
            return false;
        }

        if (!Advice.Takes(row.Args, node.Args.Length))
        {
            ReportArity(node, row, name);
            return false;
        }

        if (row.Status == Status.AcceptedTuning && !tuning.Contains(row.Name))
            tuning.Add(row.Name);

        if (!row.Repeats && !frame.Seen.TryAdd(row, node))
        {
            string first = Advice.PlaceOf(frame.Seen[row], node.File);
            diagnostics.Emerg(
                node, $"\"{name}\" directive is duplicate", $"it stands {first} already");
            return false;
        }

        return values.Check(node, row);
    }

    void ReportUnknown(DirectiveNode node, string name, Contexts context, bool opensBlock)
    {
        var elsewhere = DirectiveTable.Find(node.Name);
        if (DirectiveTable.ModuleOfKnown(node.Name) is { } module)
        {
            diagnostics.Emerg(node,
                $"\"{name}\" is a directive of nginx that Sluice does not implement",
                $"it belongs to {module}");
        }
        else if (!elsewhere.IsEmpty)
        {
            diagnostics.Emerg(node, $"\"{name}\" directive is not allowed here",
                $"it belongs in {Advice.Places(elsewhere, opensBlock)}");
        }
        else
        {
            diagnostics.Emerg(node, $"unknown directive \"{name}\"",
                Advice.ForUnknown(node.Name, context, opensBlock));
        }
    }

    void ReportArity(DirectiveNode node, Directive row, string name)
    {
        string message = $"invalid number of arguments in \"{name}\" directive";
        if (Advice.ForMissingSemicolon(node) is { } missing)
            diagnostics.Emerg(node, missing.After, message, missing.Text);
        else
            diagnostics.Emerg(node, message, $"it takes {Advice.Count(row.Args)}");
    }

    /// <summary>What nginx finds when all is read, and the notice about tuning.</summary>
    void Finish(ConfigTree tree)
    {
        bool hasEvents = frames.Last().Seen.Keys.Any(row => row.Name == "events");
        if (!hasEvents && diagnostics.IsGood && !tree.Files.IsEmpty)
        {
            diagnostics.Add(new Diagnostic
            {
                Severity = Severity.Emerg,
                Message = "no \"events\" section in configuration",
                Suggestion = "write events { }",
                Order = int.MaxValue,
            });
        }

        if (tuning.Count == 0)
            return;

        diagnostics.Add(new Diagnostic
        {
            Severity = Severity.Notice,
            Message = "accepted without effect, since they only tune nginx's own processes: "
                + string.Join(", ", tuning),
            Order = int.MaxValue,
        });
    }
}
