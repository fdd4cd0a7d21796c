using System.Collections.Immutable;
using Sluice.Config.Text;

namespace Sluice.Config.Syntax;

/// <summary>What the reader does with the block of a directive.</summary>
public enum BlockPolicy
{
    /// <summary>Reads it; its includes are read too.</summary>
    Read,

    /// <summary>
    /// Steps over it: its nodes are kept, but nobody is asked about them, and no include in it
    /// is followed.
    /// </summary>
    Skip,
}

/// <summary>Is asked about every directive at the moment at which nginx would handle it.</summary>
public interface IReadVisitor
{
    /// <summary>The words up to a semicolon or an opening brace have been read.</summary>
    BlockPolicy Enter(DirectiveNode node, bool opensBlock);

    /// <summary>A block that was entered with <see cref="BlockPolicy.Read"/> has ended.</summary>
    void Leave(DirectiveNode node);
}

/// <summary>
/// Reads a configuration with all its includes into one tree, in the order in which nginx does.
/// It goes on after an error of the grammar wherever the rest still means something.
/// </summary>
public sealed class ConfigReader
{
    static readonly char[] globChars = ['*', '?', '['];

    readonly IConfigFiles files;
    readonly IReadVisitor? visitor;
    readonly DiagnosticList diagnostics;
    readonly string confPrefix;
    readonly List<SourceFile> filesRead = [];
    readonly HashSet<string> namesRead = [];

    int order;
    int fileCount;

    ConfigReader(
        IConfigFiles files, string confPrefix, IReadVisitor? visitor, DiagnosticList diagnostics)
    {
        this.files = files;
        this.confPrefix = confPrefix;
        this.visitor = visitor;
        this.diagnostics = diagnostics;
    }

    /// <summary>
    /// Reads the directives of <paramref name="commandLine"/> (-g), then the file at
    /// <paramref name="path"/>, a full path. Relative includes start from the file's directory.
    /// </summary>
    public static ConfigTree Read(
        string path, IConfigFiles files, DiagnosticList diagnostics,
        IReadVisitor? visitor = null, string commandLine = "")
    {
        string prefix = path[..(path.LastIndexOf('/') + 1)];
        var reader = new ConfigReader(files, prefix, visitor, diagnostics);
        var top = ImmutableArray.CreateBuilder<DirectiveNode>();

        if (commandLine.Length > 0)
        {
            var options = new SourceFile("command line", commandLine) { IsCommandLine = true };
            reader.ReadText(options, top, parent: null);
        }

        reader.ReadFile(path, top, include: null);
        return new ConfigTree(top.ToImmutable(), [.. reader.filesRead]);
    }

    /// <summary>Reads one text alone: no include is followed, and no file is touched.</summary>
    public static ConfigTree ReadAlone(
        SourceFile file, DiagnosticList diagnostics, IReadVisitor? visitor = null)
    {
        var reader = new ConfigReader(NoFiles.Instance, "", visitor, diagnostics);
        var top = ImmutableArray.CreateBuilder<DirectiveNode>();
        reader.ReadText(file, top, parent: null);
        return new ConfigTree(top.ToImmutable(), [file]);
    }

    void ReadFile(
        string path, ImmutableArray<DirectiveNode>.Builder into, DirectiveNode? include)
    {
        var site = include is null ? null : new IncludeSite(include.File, include.Line);
        bool tooMany = ++fileCount > ConfigLimits.Files
            || include is not null && include.File.Depth >= ConfigLimits.IncludeDepth;
        var read = tooMany ? FileRead.TooMany : files.Read(path);
        if (read.Text is null)
        {
            diagnostics.Add(Unreadable(path, read, include));
            return;
        }

        var file = new SourceFile(path, read.Text, site);
        if (namesRead.Add(path))
            filesRead.Add(file);
        ReadText(file, into, include?.Parent);
    }

    Diagnostic Unreadable(string path, FileRead read, DirectiveNode? include)
    {
        string message = $"{read.Call} \"{path}\" failed ({read.Error})";
        var severity = read.Call == "open()" ? Severity.Emerg : Severity.Crit;
        bool isDirectory = read.Call == "pread()";
        if (include is null)
        {
            return new Diagnostic
            {
                Severity = severity,
                Message = message,
                Suggestion = isDirectory ? "name the file in it: -c .../nginx.conf" : null,
                Order = order++,
            };
        }

        var word = include.Args[0];
        string? wayOut = read == FileRead.TooMany ? "does this file include itself?"
            : isDirectory ? $"for the files in it write {word.Value.TrimEnd('/')}/*.conf"
            : word.Value.StartsWith('/') ? null
            : $"relative names start from {confPrefix}";
        var diagnostic = DiagnosticList.At(severity, include.File, include.Line, word.Start,
            word.Length, message, wayOut, order++);

        // Only open() is called while nginx knows the place.
        return severity == Severity.Emerg ? diagnostic : diagnostic with { Message = message };
    }

    /// <summary>Reads a whole text; blocks open in it must close in it.</summary>
    void ReadText(
        SourceFile file, ImmutableArray<DirectiveNode>.Builder into, DirectiveNode? parent)
    {
        var lexer = new Lexer(file.Text, file.IsCommandLine);
        var text = new TextInProgress(file, lexer, [], ParentDepth(parent));
        while (ReadBlock(text, into, parent, skips: false) == StatementEnd.BlockEnd)
        {
            if (!text.EndWasWrong)
                Report(text, new LexError("unexpected \"}\"", lexer.Line, lexer.Position - 1, 1,
                "no block is open here"));
        }
    }

    static int ParentDepth(DirectiveNode? parent)
    {
        int depth = 0;
        for (var node = parent; node is not null; node = node.Parent)
            depth++;
        return depth;
    }

    /// <summary>
    /// Reads statements up to a closing brace or the end of the text. In a block that is stepped
    /// over, no error but that end is worth a word.
    /// </summary>
    StatementEnd ReadBlock(
        TextInProgress text, ImmutableArray<DirectiveNode>.Builder into, DirectiveNode? parent,
        bool skips)
    {
        while (!diagnostics.IsFull)
        {
            var (end, error) = text.Lexer.Next(text.Words);
            if (error is not null && (!skips || text.Lexer.EndReported))
                Report(text, error);

            text.EndWasWrong = error is not null;
            if (text.Words.Count > 0 && end != StatementEnd.Dropped)
            {
                var node = NodeOf(text, parent);
                node.IsBroken = error is not null;
                into.Add(node);
                Handle(text, node, into, end == StatementEnd.BlockStart, skips);
            }
            else if (end == StatementEnd.BlockStart)
            {
                SkipBody(text);
            }

            if (end is StatementEnd.BlockEnd or StatementEnd.EndOfText)
                return end;
        }

        return StatementEnd.EndOfText;
    }

    DirectiveNode NodeOf(TextInProgress text, DirectiveNode? parent) => new(
        text.File, text.Words[0], [.. text.Words.Skip(1)], text.Lexer.Line, order++, parent);

    void Handle(
        TextInProgress text, DirectiveNode node, ImmutableArray<DirectiveNode>.Builder into,
        bool opensBlock, bool skips)
    {
        if (opensBlock && RefusesBlock(text, node))
        {
            SkipBody(text);
            EndBlock(text, node, []);
            return;
        }

        var policy = skips ? BlockPolicy.Skip
            : visitor?.Enter(node, opensBlock) ?? BlockPolicy.Read;
        if (opensBlock)
            ReadBody(text, node, policy);
        else if (policy == BlockPolicy.Read && !node.IsBroken && node.Name == "include"
            && node.Args.Length == 1)
            Include(node, into);
    }

    /// <summary>Blocks are not for -g, and not for any depth.</summary>
    bool RefusesBlock(TextInProgress text, DirectiveNode node)
    {
        string? message = text.File.IsCommandLine
            ? "block directives are not supported in -g option"
            : text.Depth >= ConfigLimits.BlockDepth ? "too many nested blocks" : null;
        if (message is null)
            return false;

        Report(text, new LexError(message, text.Lexer.Line, node.NameToken.Start,
            node.NameToken.Length, null));
        node.IsBroken = true;
        return true;
    }

    void ReadBody(TextInProgress text, DirectiveNode node, BlockPolicy policy)
    {
        var body = ImmutableArray.CreateBuilder<DirectiveNode>();
        text.Depth++;
        var end = ReadBlock(text, body, node, policy == BlockPolicy.Skip);
        text.Depth--;
        if (end == StatementEnd.EndOfText)
            ReportOpenBlock(text, node);

        EndBlock(text, node, body.ToImmutable());
        if (policy == BlockPolicy.Read)
            visitor?.Leave(node);
    }

    void EndBlock(
        TextInProgress text, DirectiveNode node, ImmutableArray<DirectiveNode> body)
    {
        node.Block = body;
        node.EndLine = text.Lexer.Line;
        node.EndOrder = order++;
    }

    /// <summary>Steps over a block whose content means nothing, however deep it goes.</summary>
    void SkipBody(TextInProgress text)
    {
        int depth = 1;
        while (depth > 0)
        {
            switch (text.Lexer.Next(text.Words).End)
            {
                case StatementEnd.BlockStart:
                    depth++;
                    break;
                case StatementEnd.BlockEnd:
                    depth--;
                    break;
                case StatementEnd.EndOfText:
                    return;
            }
        }
    }

    /// <summary>The text has ended within a block: said once, for the innermost.</summary>
    void ReportOpenBlock(TextInProgress text, DirectiveNode node)
    {
        node.IsUnclosed = true;
        if (text.EndReported || text.Lexer.EndReported || diagnostics.IsFull)
            return;

        text.EndReported = true;
        Report(text, new LexError("unexpected end of file, expecting \"}\"", text.Lexer.Line,
            node.NameToken.Start, node.NameToken.Length,
            $"the block \"{node.Name}\" that opens on line {node.Line} is not closed"));
    }

    void Include(DirectiveNode node, ImmutableArray<DirectiveNode>.Builder into)
    {
        string name = node.Args[0].Value;
        string path = name.StartsWith('/') ? name : confPrefix + name;
        if (path.IndexOfAny(globChars) < 0)
        {
            ReadFile(path, into, node);
            return;
        }

        foreach (string match in files.Glob(path))
            ReadFile(match, into, node);
    }

    void Report(TextInProgress text, LexError error) => diagnostics.Add(DiagnosticList.At(
        Severity.Emerg, text.File, error.Line, error.Start, error.Length, error.Message,
        error.Suggestion, order++));

    sealed class TextInProgress(SourceFile file, Lexer lexer, List<Token> words, int depth)
    {
        public SourceFile File => file;
        public Lexer Lexer => lexer;
        public List<Token> Words => words;
        public int Depth { get; set; } = depth;
        public bool EndReported { get; set; }

        /// <summary>An error of the last statement was reported; its end says no more.</summary>
        public bool EndWasWrong { get; set; }
    }

    sealed class NoFiles : IConfigFiles
    {
        public static readonly NoFiles Instance = new();

        public FileRead Read(string path) => FileRead.Good("");

        public IReadOnlyList<string> Glob(string pattern) => [];
    }
}
