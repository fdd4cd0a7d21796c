using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Sluice.Config.Directives;
using Sluice.Config.Syntax;
using Sluice.Config.Text;

namespace Sluice.Unit.Config;

public class LexerPropertyTests
{
    static readonly FsCheck.Config config = FsCheck.Config.QuickThrowOnFailure
        .WithMaxTest(500)
        .WithQuietOnSuccess(true);

    /// <summary>Texts of few chars, most of them with a meaning, so that errors are common.</summary>
    static readonly Arbitrary<string> texts = Gen
        .Elements("a b{}{};;;'\"\\#$\n\r\t()\u00e9\0".ToCharArray())
        .ListOf()
        .Select(chars => new string([.. chars]))
        .ToArbitrary();

    static readonly Arbitrary<string> bytes = Gen
        .Choose(0, 255)
        .ListOf()
        .Select(values => new string([.. values.Select(value => (char)value)]))
        .ToArbitrary();

    /// <summary>Directive heads: each a list of words of any bytes.</summary>
    static readonly Arbitrary<List<List<string>>> heads = bytes.Generator
        .NonEmptyListOf()
        .Select(words => words.ToList())
        .NonEmptyListOf()
        .Select(lists => lists.ToList())
        .ToArbitrary();

    [Fact]
    public void Any_text_is_read_to_its_end() => Check.One(config, Prop.ForAll(texts, ReadsAll));

    [Fact]
    public void Any_bytes_are_read_to_their_end() =>
        Check.One(config, Prop.ForAll(bytes, ReadsAll));

    [Fact]
    public void Words_lie_in_the_text_one_behind_the_other() =>
        Check.One(config, Prop.ForAll(texts, text =>
        {
            var lexer = new Lexer(text);
            var words = new List<Token>();
            int end = 0;
            while (lexer.Next(words).End != StatementEnd.EndOfText)
            {
                foreach (var word in words)
                {
                    // Behind a quote that was given up, the lines are read once more.
                    Assert.InRange(word.Start, 0, text.Length - word.Length);
                    Assert.True(word.Length > 0);
                    Assert.Equal(1 + text.AsSpan(0, word.Start).Count('\n'), word.Line);
                }

                Assert.True(lexer.Position > end || words.Count == 0);
                end = lexer.Position;
            }
        }));

    [Fact]
    public void Every_error_lies_in_the_text() => Check.One(config, Prop.ForAll(texts, text =>
    {
        var file = new SourceFile("f", text);
        var diagnostics = new DiagnosticList();
        ConfigChecker.ReadAlone(file, diagnostics);
        foreach (var found in diagnostics.InOrder().Where(found => found.File is not null))
        {
            Assert.InRange(found.Line, 1, file.LineCount);
            Assert.InRange(found.SourceLine, 1, file.LineCount);
            int width = file.Line(found.SourceLine).Length;
            Assert.InRange(found.Column, 1, width + 1);
            Assert.InRange(found.Length, 0, width - found.Column + 1);
            Assert.NotEmpty(DiagnosticText.Render(found));
        }
    }));

    [Fact]
    public void What_is_printed_reads_back_as_the_same_words() =>
        Check.One(config, Prop.ForAll(heads, lists =>
        {
            var text = new StringBuilder();
            for (int at = 0; at < lists.Count; at++)
            {
                text.AppendJoin(' ', lists[at].Select(ConfigPrinter.Quote));
                text.Append(at % 3 == 0 ? " {\n" : ";\n");
            }

            text.Insert(text.Length, "}\n", (lists.Count + 2) / 3);
            var tree = Read(text.ToString());
            Assert.Equal(lists, Flatten(tree.Directives));
            string printed = ConfigPrinter.Print(tree.Directives);
            Assert.Equal(printed, ConfigPrinter.Print(Read(printed).Directives));
        }));

    static void ReadsAll(string text)
    {
        var lexer = new Lexer(text);
        var words = new List<Token>();
        int statements = 0;
        while (lexer.Next(words).End != StatementEnd.EndOfText)
            Assert.True(statements++ <= text.Length);
        Assert.Equal(text.Length, lexer.Position);
    }

    static ConfigTree Read(string text)
    {
        var diagnostics = new DiagnosticList();
        var tree = ConfigReader.ReadAlone(new SourceFile("f", text), diagnostics);
        Assert.Empty(diagnostics.InOrder());
        return tree;
    }

    static List<List<string>> Flatten(IEnumerable<DirectiveNode> nodes) =>
        [.. nodes.SelectMany(node => (List<List<string>>)
            [[node.Name, .. node.Args.Select(word => word.Value)], .. Flatten(node.Children)])];
}
