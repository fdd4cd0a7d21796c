using System.Collections.Immutable;
using Sluice.Config.Text;

namespace Sluice.Config.Syntax;

/// <summary>
/// One directive as it was written, or one line of a block that holds no directives (map,
/// types). Included files stand in place: the nodes of an include follow it in the same block.
/// </summary>
public sealed class DirectiveNode
{
    internal DirectiveNode(
        SourceFile file, Token name, ImmutableArray<Token> args, int line, int order,
        DirectiveNode? parent)
    {
        File = file;
        NameToken = name;
        Args = args;
        Line = EndLine = line;
        Order = EndOrder = order;
        Parent = parent;
    }

    public string Name => NameToken.Value;

    public Token NameToken { get; }

    /// <summary>The words after the name.</summary>
    public ImmutableArray<Token> Args { get; }

    /// <summary>What stands between the braces; null for a simple directive.</summary>
    public ImmutableArray<DirectiveNode>? Block { get; internal set; }

    /// <summary>The nodes of the block, none for a simple directive.</summary>
    public ImmutableArray<DirectiveNode> Children => Block ?? [];

    public bool IsBlock => Block is not null;

    public SourceFile File { get; }

    /// <summary>
    /// The line nginx names in a message about this directive, from 1: the one its semicolon or
    /// opening brace stands on.
    /// </summary>
    public int Line { get; }

    /// <summary>
    /// The line nginx names once the block is read: the one its closing brace stands on. Equal
    /// to <see cref="Line"/> for a simple directive.
    /// </summary>
    public int EndLine { get; internal set; }

    /// <summary>The directive's place in the order in which nginx reads, over all files.</summary>
    public int Order { get; }

    /// <summary>The closing brace's place in that order.</summary>
    public int EndOrder { get; internal set; }

    /// <summary>The block this stands in; null at the top.</summary>
    public DirectiveNode? Parent { get; }

    /// <summary>
    /// Said to be wrong already, by the reader or the checker: who builds from it says nothing
    /// more about it, and leaves it out.
    /// </summary>
    public bool IsBroken { get; internal set; }

    /// <summary>
    /// The text ended within the block. What nginx finds at a block's end is not to be said of
    /// it, nor of the blocks around it.
    /// </summary>
    public bool IsUnclosed { get; internal set; }

    /// <summary>The value of an argument, from 0; empty when there are fewer.</summary>
    public string Arg(int index) => index < Args.Length ? Args[index].Value : "";

    public override string ToString() => $"{Name} ({File.Name}:{Line})";
}

/// <summary>A whole configuration as it was written, all includes in place.</summary>
/// <param name="Directives">The top level: first what <c>-g</c> gave, then the file.</param>
/// <param name="Files">Every file read, once by name, in the order of reading (for -T).</param>
public sealed record ConfigTree(
    ImmutableArray<DirectiveNode> Directives, ImmutableArray<SourceFile> Files)
{
    public static readonly ConfigTree Empty = new([], []);
}
