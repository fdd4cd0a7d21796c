using Sluice.Eng;

namespace Sluice.Unit.Eng;

public sealed class PublishFailureTests
{
    const string NoSource =
        "/tree/src/Net/Net.csproj : error NU1301: Unable to load the service index for source"
        + " http://127.0.0.1:9/index.json. [/tree/src/Net/Net.csproj]";

    [Theory]
    [InlineData("error NETSDK1094: Unable to optimize assemblies for performance: a valid runtime"
        + " package was not found. Either set the PublishReadyToRun property to false, or ...")]
    [InlineData("/tree/src/Cli/Cli.csproj : error NU1101: Unable to find package"
        + " Microsoft.NETCore.App.Crossgen2.linux-x64. No packages exist with this id")]
    [InlineData(NoSource)]
    public void A_compiler_that_cannot_be_had_is_done_without(string output) =>
        Assert.True(PublishFailure.MayBeTheCompiler(output));

    [Fact]
    public void An_error_in_the_sources_is_no_reason_to_try_again() =>
        Assert.False(PublishFailure.MayBeTheCompiler(
            "/tree/src/Cli/Program.cs(1,1): error CS1002: ; expected [/tree/src/Cli/Cli.csproj]"));

    [Fact]
    public void Packages_that_cannot_be_had_come_with_what_to_do() => Assert.Equal(
        """
        build failed: its packages could not be restored
        src/Net/Net.csproj : error NU1301: Unable to load the service index for source http://127.0.0.1:9/index.json.
          The packages named in Directory.Packages.props come from a source of NuGet packages.
          Which ones are asked:              dotnet nuget list source
          To name one that can be reached:   dotnet nuget add source URL-OR-FOLDER
          Without a network: copy ~/.nuget/packages of a machine that has built Sluice.
        """,
        PublishFailure.Explain(new Shell.Result(1, $"{NoSource}\n{NoSource}\n", "/tree")));

    [Fact]
    public void Other_errors_are_told_alone() => Assert.Equal(
        "build failed\nA.cs(1,1): error CS1002: ; expected",
        PublishFailure.Explain(
            new Shell.Result(1, "/tree/A.cs(1,1): error CS1002: ; expected [a]\n", "/tree")));
}
