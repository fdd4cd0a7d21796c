using Sluice.Config.Directives;
using Sluice.Config.Syntax;
using Sluice.Config.Text;

namespace Sluice.Unit.Config;

public class DirectiveTableTests
{
    static readonly Directive[] rows =
        [.. DirectiveTable.Modules.SelectMany(module => module.Directives)];

    [Fact]
    public void Every_row_says_what_it_does_in_a_sentence() => Assert.All(rows, row =>
    {
        Assert.EndsWith(".", row.Summary);
        Assert.True(char.IsUpper(row.Summary[0]), row.Name);
    });

    [Fact]
    public void A_name_has_one_row_in_a_context() => Assert.All(rows, row =>
    {
        var others = DirectiveTable.Find(row.Name)
            .Where(other => other != row && (other.Contexts & row.Contexts) != 0);
        Assert.Empty(others);
    });

    [Fact]
    public void A_choice_has_words_to_choose_from() => Assert.All(
        rows.Where(row => row.Kind is Kind.Enum or Kind.Bitmask),
        row => Assert.NotEmpty(row.Keywords));

    [Fact]
    public void A_block_of_directives_opens_a_context() => Assert.All(
        rows, row => Assert.Equal(row.Block == BlockForm.Directives, row.Opens != Contexts.None));

    [Fact]
    public void A_value_that_inherits_can_stand_in_an_outer_block() => Assert.All(
        rows.Where(row => row.Inherits && row.Status == Status.Implemented),
        row => Assert.NotEqual(Contexts.None, row.Contexts & Contexts.HttpServer));

    /// <summary>Defaults are what the documentation shows: they have to be right values.</summary>
    [Fact]
    public void A_default_is_accepted_where_the_directive_is() => Assert.All(
        rows.Where(row => row.Default is not null && row.Kind != Kind.Other
            && row.Block == BlockForm.None && row.Contexts.HasFlag(Contexts.Http)),
        row =>
        {
            string value = row.Default!.Split('|')[0];
            var diagnostics = new DiagnosticList();
            string text = $"events {{ }}\nhttp {{ {row.Name} {value}; }}\n";
            ConfigChecker.ReadAlone(new SourceFile("f", text), diagnostics);
            Assert.DoesNotContain(diagnostics.InOrder(), found => found.Severity == Severity.Emerg);
        });

    [Fact]
    public void A_name_without_a_row_belongs_to_one_module()
    {
        string[] names = [.. KnownNames.Modules.SelectMany(module => module.Directives)];
        Assert.Equal(names.Length, names.Distinct().Count());
        Assert.DoesNotContain(names, name => !DirectiveTable.Find(name).IsEmpty);
    }

    [Theory]
    [InlineData(Args.None, 0, true)]
    [InlineData(Args.None, 1, false)]
    [InlineData(Args.OneOrTwo, 2, true)]
    [InlineData(Args.OneOrTwo, 3, false)]
    [InlineData(Args.OneMore, 0, false)]
    [InlineData(Args.OneMore, 100, true)]
    [InlineData(Args.TwoMore, 1, false)]
    [InlineData(Args.Seven, 7, true)]
    [InlineData(Args.Seven, 8, false)]
    [InlineData(Args.Any, 0, true)]
    public void A_number_of_arguments_fits_or_not(Args args, int count, bool fits) =>
        Assert.Equal(fits, Advice.Takes(args, count));

    [Theory]
    [InlineData("proxy_pas", Contexts.Location, "did you mean proxy_pass?")]
    [InlineData("lisetn", Contexts.Server, "did you mean listen?")]
    [InlineData("lisetn", Contexts.Location, "did you mean listen, which belongs in server?")]
    [InlineData("proxy_pas", Contexts.Main,
        "did you mean proxy_pass, which belongs in location?")]
    [InlineData("one", Contexts.Main, null)]
    [InlineData("frobnicate", Contexts.Location, null)]
    [InlineData("x", Contexts.Location, null)]
    [InlineData("root=/x", Contexts.Server, "write root /x, without the \"=\"")]
    [InlineData("nonsense=/x", Contexts.Server, null)]
    [InlineData("root\u00C2\u00A0/x", Contexts.Server,
        "there is a no-break space in it: type a blank instead")]
    [InlineData("\u00FF\u00FEp", Contexts.Main,
        "the file is UTF-16: save it as UTF-8, without a byte order mark")]
    public void The_nearest_name_of_the_context_is_meant(
        string name, Contexts context, string? expected) =>
        Assert.Equal(expected, Advice.ForUnknown(name, context, opensBlock: false));

    [Fact]
    public void Every_row_is_on_a_page_of_the_reference()
    {
        var pages = DirectiveReference.Pages();
        Assert.Equal(pages.Length, pages.Select(page => page.FileName).Distinct().Count());
        string all = string.Concat(pages.Select(page => page.Text));
        Assert.All(rows, row =>
        {
            bool isAccepted = row.Status == Status.AcceptedTuning;
            string mark = isAccepted ? $"| `{row.Name}` |" : $"\n## {row.Name}\n";
            Assert.Contains(mark, all);
        });
        Assert.Contains("`gzip`", all);
        Assert.All(pages, page => Assert.EndsWith("\n", page.Text));
        Assert.All(pages, page => Assert.DoesNotContain("\n\n\n", page.Text));
    }

    [Fact]
    public void The_reference_links_to_pages_that_exist()
    {
        var pages = DirectiveReference.Pages();
        string[] names = [.. pages.Select(page => page.FileName)];
        foreach (var page in pages)
        {
            var targets = page.Text.Split("](").Skip(1).Select(rest => rest.Split(')', '#')[0]);
            Assert.All(targets, target => Assert.Contains(target, names));
        }
    }
}
