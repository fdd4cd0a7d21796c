using Sluice.Config.Directives;
using Sluice.Config.Syntax;
using Sluice.Config.Text;

namespace Sluice.Unit.Config;

public class ConfigReaderTests
{
    readonly DiagnosticList diagnostics = new();
    readonly MemoryFiles files = new();

    [Fact]
    public void A_directive_has_the_line_of_its_terminator_and_words_have_their_own()
    {
        var node = Assert.Single(Read("a\n b\n \"c d\"\n;").Directives);
        Assert.Equal(4, node.Line);
        Assert.Equal(4, node.EndLine);
        Assert.Equal(1, node.NameToken.Line);
        Assert.Equal([2, 3], node.Args.Select(word => word.Line));
        Assert.Equal(["b", "c d"], node.Args.Select(word => word.Value));
        Assert.Equal(5, node.Args[1].Length);
        Assert.True(node.Args[1].IsQuoted);
        Assert.False(node.Args[0].IsQuoted);
    }

    [Fact]
    public void A_block_has_the_lines_of_both_braces()
    {
        var node = Assert.Single(Read("a\n{\n b;\n c {\n }\n}\n").Directives);
        Assert.Equal((2, 6), (node.Line, node.EndLine));
        Assert.Equal(["b", "c"], node.Children.Select(child => child.Name));
        Assert.False(node.Children[0].IsBlock);
        Assert.True(node.Children[1].IsBlock);
        Assert.Same(node, node.Children[1].Parent);
    }

    [Fact]
    public void Order_is_the_order_of_reading_over_all_files()
    {
        files["/c/b.conf"] = "three { four; }\n";
        var tree = Read("one { two; include b.conf; five; }\nsix;\n");
        var one = tree.Directives[0];
        var three = one.Children[2];
        int[] orders =
        [
            one.Order, one.Children[0].Order, one.Children[1].Order, three.Order,
            three.Children[0].Order, three.EndOrder, one.Children[3].Order, one.EndOrder,
            tree.Directives[1].Order,
        ];
        Assert.Equal(orders.Order(), orders);
        Assert.Equal(orders.Length, orders.Distinct().Count());
    }

    [Fact]
    public void An_included_file_stands_behind_its_include()
    {
        files["/c/b.conf"] = "b;\n";
        var tree = Read("a;\ninclude b.conf;\nc;\n");
        Assert.Equal(["a", "include", "b", "c"], tree.Directives.Select(node => node.Name));
        var site = Assert.Single(tree.Directives[2].File.IncludeChain);
        Assert.Equal(("/c/main.conf", 2), (site.File.Name, site.Line));
        Assert.Equal(["/c/main.conf", "/c/b.conf"], tree.Files.Select(file => file.Name));
    }

    [Fact]
    public void A_file_that_is_included_twice_is_kept_once()
    {
        files["/c/b.conf"] = "b;\n";
        var tree = Read("include b.conf;\ninclude b.conf;\n");
        Assert.Equal(2, tree.Files.Length);
        Assert.Equal(2, tree.Directives.Count(node => node.Name == "b"));
    }

    [Fact]
    public void A_file_that_includes_itself_is_refused_at_a_bound()
    {
        Read("include main.conf;\n");
        var found = Assert.Single(diagnostics.InOrder());
        Assert.Equal("open() \"/c/main.conf\" failed (24: Too many open files) in /c/main.conf:1",
            found.Message);
        Assert.Equal(ConfigLimits.IncludeDepth, found.IncludeChain.Count());
    }

    [Fact]
    public void Blocks_within_blocks_are_refused_at_a_bound()
    {
        const int depth = 100_000;
        string open = string.Concat(Enumerable.Repeat("a {", depth));
        Read(open + new string('}', depth) + "\n");
        var found = Assert.Single(diagnostics.InOrder());
        Assert.Equal("too many nested blocks in /c/main.conf:1", found.Message);
    }

    [Fact]
    public void Blocks_up_to_the_bound_are_read()
    {
        string open = string.Concat(Enumerable.Repeat("a {", ConfigLimits.BlockDepth));
        Read(open + new string('}', ConfigLimits.BlockDepth) + "\n");
        Assert.Empty(diagnostics.InOrder());
    }

    [Fact]
    public void Errors_end_at_a_bound()
    {
        Read(string.Concat(Enumerable.Repeat(";", 10 * ConfigLimits.Errors)));
        Assert.Equal(ConfigLimits.Errors, diagnostics.ErrorCount);
        Assert.Equal(ConfigLimits.Errors, diagnostics.InOrder().Length);
    }

    [Fact]
    public void The_command_line_comes_first()
    {
        files["/c/main.conf"] = "b;\n";
        var tree = ConfigReader.Read("/c/main.conf", files, diagnostics, null, "a;");
        Assert.Equal(["a", "b"], tree.Directives.Select(node => node.Name));
        Assert.Single(tree.Files);
    }

    [Fact]
    public void A_missing_file_is_an_error_without_a_place()
    {
        ConfigReader.Read("/c/none.conf", files, diagnostics);
        var found = Assert.Single(diagnostics.InOrder());
        Assert.Equal("open() \"/c/none.conf\" failed (2: No such file or directory)",
            found.Message);
        Assert.Null(found.File);
    }

    [Fact]
    public void A_directive_with_an_error_is_broken_and_the_others_are_not()
    {
        files["/c/main.conf"] = "events { }\nhttp {\n tcp_nodelay maybe;\n merge_slashes on;\n}\n";
        var tree = ConfigChecker.Read("/c/main.conf", files, diagnostics);
        var http = tree.Directives[1];
        Assert.Equal([true, false], http.Children.Select(node => node.IsBroken));
        Assert.False(http.IsBroken);
    }

    [Fact]
    public void A_message_is_cut_where_nginx_cuts_it()
    {
        Read("events { }\n");
        files["/c/main.conf"] = new string('x', 2000) + ";\n";
        ConfigChecker.Read("/c/main.conf", files, diagnostics);
        string message = diagnostics.InOrder()[0].Message;
        Assert.Equal(ConfigLimits.MessageBytes + " in /c/main.conf:1".Length, message.Length);
    }

    [Fact]
    public void Later_findings_are_sorted_in_by_order()
    {
        files["/c/main.conf"] = "events { }\nhttp { server { listen 1; } }\nfoo;\n";
        var tree = ConfigChecker.Read("/c/main.conf", files, diagnostics);
        var http = tree.Directives[1];
        diagnostics.EmergAtEnd(http, http.NameToken, "at the end");
        diagnostics.Emerg(http.Children[0], "at the server");
        Assert.Equal(
            [
                "at the server in /c/main.conf:2",
                "at the end in /c/main.conf:2",
                "unknown directive \"foo\" in /c/main.conf:3",
            ],
            diagnostics.InOrder().Select(found => found.Message));
    }

    ConfigTree Read(string text)
    {
        files["/c/main.conf"] = text;
        return ConfigReader.Read("/c/main.conf", files, diagnostics);
    }
}
