using System.Text.RegularExpressions;
using Sluice.Config.Model;
using Sluice.Proxy.Variables;

namespace Sluice.Unit.Proxy.Variables;

public class VariableTableTests
{
    [Fact]
    public void Every_name_that_the_builder_knows_has_a_variable_and_no_other()
    {
        Assert.Equal(
            VariableNames.BuiltIn.Order(StringComparer.Ordinal),
            BuiltInVariables.All.Select(variable => variable.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_family_that_the_builder_knows_makes_variables_and_no_other() =>
        Assert.Equal(VariableNames.Prefixes.ToArray(), VariableFamilies.Prefixes);

    [Fact]
    public void Every_variable_can_be_asked_for_in_a_bare_exchange()
    {
        using var scene = new Scene(request: "");

        Assert.All(VariableNames.BuiltIn, name => scene.Value(name));
        Assert.All(VariableNames.Prefixes.ToArray(), prefix => scene.Value(prefix + "x"));
    }

    [Fact]
    public void Names_have_no_case()
    {
        using var scene = new Scene("server { listen 127.0.0.1:18000; set $Ab 1; }");

        Assert.Equal("a.test", scene.Value("HOST"));
        Assert.Equal("1", scene.Value("aB"));
    }

    [Fact]
    public void A_name_that_nothing_defines_is_refused()
    {
        using var scene = new Scene();

        var refusal = Assert.Throws<ArgumentException>(
            () => scene.Snapshot.Variables.Get("nothing"));
        Assert.Matches(new Regex("^unknown \"nothing\" variable"), refusal.Message);
    }

    [Fact]
    public void A_text_is_bytes_and_variables_in_turn()
    {
        using var scene = new Scene();

        Assert.Equal("<a.test\xff/>", scene.Text("<$host\xff${uri}>"));
        Assert.Equal("", scene.Text(""));
        Assert.Equal("", scene.Text("$arg_none"));
    }

    [Fact]
    public void A_text_without_variables_is_constant()
    {
        using var scene = new Scene();
        var constant = scene.Snapshot.Variables.Compile(Scene.Parse("a\xff"));
        var other = scene.Snapshot.Variables.Compile(Scene.Parse("a$host"));

        Assert.True(constant.IsConstant);
        Assert.Equal("a\xff", constant.Constant);
        Assert.Equal([(byte)'a', 0xff], constant.ConstantBytes.ToArray());
        Assert.False(other.IsConstant);
        Assert.Equal("", other.Constant);
        Assert.Equal("a$host", other.Source);
        Assert.Equal(7, other.Measure(scene.X));
    }
}
