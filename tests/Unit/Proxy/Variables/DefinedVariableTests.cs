namespace Sluice.Unit.Proxy.Variables;

/// <summary>Variables of set, map and named groups.</summary>
public class DefinedVariableTests
{
    const string Listen = "server { listen 127.0.0.1:18000; ";

    [Theory]
    [InlineData("http_x_own", "client")]
    [InlineData("arg_own", "1")]
    [InlineData("cookie_own", "2")]
    [InlineData("proxy_port", "18001")]
    public void A_variable_of_set_is_nginx_s_own_until_it_is_written(string name, string own)
    {
        const string Request =
            "GET /{0}?own=1 HTTP/1.1\r\nHost: a\r\nX-Own: client\r\nCookie: own=2\r\n\r\n";
        string http = "server { listen 127.0.0.1:18000; location / "
            + "{ proxy_pass http://127.0.0.1:18001; location /set { set $" + name
            + " written; proxy_pass http://127.0.0.1:18001; } } }";
        using var before = new Scene(http, Request.Replace("{0}", ""));
        using var after = new Scene(http, Request.Replace("{0}", "set"));

        Assert.Equal(own, before.Value(name));
        Assert.Equal("written", after.Value(name));
    }

    [Fact]
    public void A_variable_that_was_set_keeps_the_value_of_that_moment()
    {
        using var scene = new Scene(
            Listen + "set $a 1; set $b x$a; set $a 2; location / { set $c $a$b; } }");

        Assert.Equal("2", scene.Value("a"));
        Assert.Equal("x1", scene.Value("b"));
        Assert.Equal("2x1", scene.Value("c"));
    }

    [Fact]
    public void A_variable_may_be_set_from_itself()
    {
        using var scene = new Scene(Listen + "set $a 1; set $a $a$a$a; }");

        Assert.Equal("111", scene.Value("a"));
    }

    [Fact]
    public void A_variable_that_was_not_set_is_empty_with_a_warning()
    {
        using var scene = new Scene(Listen + "location /never { set $a 1; } }");

        Assert.Equal("", scene.Value("a"));
        Assert.Contains(
            " [warn] ", scene.ErrorLog, StringComparison.Ordinal);
        Assert.Contains(
            "*77 using uninitialized \"a\" variable, client: 192.0.2.7, server: , "
                + "request: \"GET / HTTP/1.1\", host: \"a.test\"\n",
            scene.ErrorLog, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/?x=one", "first")]
    [InlineData("/?x=ONE", "first")]
    [InlineData("/?x=two", "got two")]
    [InlineData("/?x=three", "re ee")]
    [InlineData("/?x=", "none")]
    [InlineData("/?x=other", "none")]
    public void A_map_has_the_value_its_source_leads_to(string target, string expected)
    {
        using var scene = new Scene(
            "map $arg_x $m { default none; one first; two \"got $arg_x\"; ~^thr(e+) \"re $1\"; }"
            + Listen + "}", Request(target));

        Assert.Equal(expected, scene.Value("m"));
    }

    [Fact]
    public void A_map_without_a_default_is_empty_and_found()
    {
        using var scene = new Scene("map $arg_x $m { a b; }" + Listen + "}");

        Assert.Equal("", scene.Value("m"));
    }

    [Fact]
    public void A_map_is_evaluated_once_unless_it_is_volatile()
    {
        using var scene = new Scene(
            "map $request_time $kept { default $request_time; }"
            + "map $request_time $fresh { volatile; default $request_time; }" + Listen + "}");
        Assert.Equal("0.000", scene.Value("kept"));
        Assert.Equal("0.000", scene.Value("fresh"));
        scene.Pass(1500);

        Assert.Equal("0.000", scene.Value("kept"));
        Assert.Equal("1.500", scene.Value("fresh"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("volatile;")]
    public void Maps_may_refer_to_maps(string flag)
    {
        using var scene = new Scene(
            "map $b$b $a { " + flag + " xyxy found-$b; }"
            + "map $c $b { " + flag + " default x$c; }"
            + "map $uri $c { " + flag + " / y; }" + Listen + "}");

        Assert.Equal("found-xy", scene.Value("a"));
        Assert.Equal("1found-xy2", scene.Text("1${a}2"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("volatile;")]
    public void Maps_in_a_circle_end_with_an_error(string flag)
    {
        using var scene = new Scene(
            "map $b $a { " + flag + " default x$b; }"
            + "map $a $b { " + flag + " default y$a; }" + Listen + "}");

        Assert.Equal("xy", scene.Value("a"));
        Assert.Contains(
            "cycle while evaluating variable \"a\"", scene.ErrorLog, StringComparison.Ordinal);
    }

    [Fact]
    public void Groups_of_a_location_are_its_captures()
    {
        using var scene = new Scene(
            Listen + "location ~ ^/(a+)(x)?/(?<rest>.*)$ { set $b $1-$2-$3-$4; } }",
            Request("/aa/b/c"));

        Assert.Equal("aa--b/c-", scene.Value("b"));
        Assert.Equal("b/c", scene.Value("rest"));
        Assert.Equal("[aa]", scene.Text("[$1]"));
    }

    [Fact]
    public void A_named_group_that_did_not_match_is_not_found()
    {
        using var scene = new Scene(Listen + "location ~ ^/x(?<rest>.*)$ { } }");

        Assert.Null(scene.Value("rest"));
        Assert.Equal("", scene.Text("$1"));
        Assert.Equal("", scene.ErrorLog);
    }

    [Fact]
    public void A_group_of_a_server_name_is_a_variable()
    {
        using var scene = new Scene(
            Listen + "server_name other; } " + Listen + "server_name ~^(?<user>.+)\\.test$; }",
            "GET / HTTP/1.1\r\nHost: joe.test\r\n\r\n");

        Assert.Equal("joe", scene.Value("user"));
        Assert.Equal("joe", scene.Text("$1"));
    }

    [Fact]
    public void The_last_expression_that_matched_has_the_captures()
    {
        using var scene = new Scene(
            "map $arg_x $m { ~^(.)(.) $2$1; }"
            + Listen + "location ~ ^/(a) { set $b $1; set $c $m; set $d $1; } }",
            Request("/a?x=yz"));

        Assert.Equal("a", scene.Value("b"));
        Assert.Equal("zy", scene.Value("c"));
        Assert.Equal("y", scene.Value("d"));
    }

    [Fact]
    public void An_expression_without_groups_leaves_no_captures()
    {
        using var scene = new Scene(
            "map $arg_x $m { ~^y 1; }"
            + Listen + "location ~ ^/(a) { set $c $m; set $d [$1]; } }", Request("/a?x=yz"));

        Assert.Equal("[]", scene.Value("d"));
    }

    [Fact]
    public void A_text_under_way_in_the_arena_is_not_torn_by_what_is_kept()
    {
        using var scene = new Scene(
            "map $uri $m { ~^(/) kept-$1; }" + Listen + "set $a 1; }");
        var arena = scene.X.Arena;
        int start = arena.Length;
        arena.Append("X: "u8);
        scene.Snapshot.Variables.Compile(Scene.Parse("<$m$a$1>")).Append(scene.X, arena);
        arena.Append("!"u8);

        Assert.Equal("X: <kept-/1/>!", System.Text.Encoding.ASCII.GetString(arena.From(start)));
    }

    [Fact]
    public void A_new_exchange_begins_without_values()
    {
        using var scene = new Scene(
            "map $request_time $m { default $request_time; }" + Listen + "set $a $m; }");
        Assert.Equal("0.000", scene.Value("m"));
        scene.X.Reset();
        scene.X.Client = scene.Client;
        scene.Pass(1000);
        scene.X.Use(scene.Snapshot.Listens.Values.First());
        scene.X.StartMs = 0;

        Assert.NotEqual("0.000", scene.Value("m"));
        Assert.Equal("", scene.Value("a"));
    }

    static string Request(string target) => $"GET {target} HTTP/1.1\r\nHost: a.test\r\n\r\n";
}
