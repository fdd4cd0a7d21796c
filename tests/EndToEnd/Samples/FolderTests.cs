using Sluice.EndToEnd.Servers;

namespace Sluice.EndToEnd.Samples;

/// <summary>What every sample's folder has.</summary>
public class FolderTests
{
    /// <summary>The samples: the folders with an nginx.conf.</summary>
    public static TheoryData<string> Samples =>
    [
        .. Directory.GetDirectories(Path.Combine(Repository.Root, "samples"))
            .Where(folder => File.Exists(Path.Combine(folder, "nginx.conf")))
            .Select(folder => Path.GetFileName(folder)!),
    ];

    [Theory, MemberData(nameof(Samples))]
    public async Task Nginx_and_sluice_accept_its_configuration(string sample)
    {
        var prefix = Directory.CreateTempSubdirectory("sluice-sample-").FullName;
        try
        {
            File.Copy(
                Path.Combine(Deployment.Folder(sample), "nginx.conf"),
                Path.Combine(prefix, "nginx.conf"));
            foreach (var program in new[] { Repository.Nginx, Repository.Sluice })
            {
                await using var test = ChildProcess.Start(
                    program, ["-t", "-p", prefix + "/", "-c", "nginx.conf"], folder: prefix);
                test.CloseInput();
                var exit = await test.ExitAsync(Patience.Program);
                Assert.True(exit == 0, test.Errors);
                Assert.Contains("test is successful", test.Errors, StringComparison.Ordinal);
                Assert.DoesNotContain("[warn]", test.Errors, StringComparison.Ordinal);
            }
        }
        finally
        {
            Directory.Delete(prefix, recursive: true);
        }
    }

    [Theory, MemberData(nameof(Samples))]
    public void It_has_a_page_a_unit_and_a_composition(string sample)
    {
        var folder = Deployment.Folder(sample);
        var readme = File.ReadAllText(Path.Combine(folder, "README.md"));
        Assert.Contains($"samples/run {sample} ", readme, StringComparison.Ordinal);
        Assert.Contains("Where the configuration leaves the guide", readme);
        var units = Directory.GetFiles(folder, "*.service");
        Assert.All(units, unit => Assert.Contains(
            $"Sluice.Samples.{sample}", File.ReadAllText(unit), StringComparison.Ordinal));
        Assert.NotEmpty(units);
        Assert.Contains(
            $"SAMPLE: {sample} ", File.ReadAllText(Path.Combine(folder, "compose.yaml")));
    }

    [Theory, MemberData(nameof(Samples))]
    public void It_has_the_look_of_all(string sample) => Assert.Equal(
        File.ReadAllText(Path.Combine(Deployment.Folder("Dashboard"), "wwwroot", "style.css")),
        File.ReadAllText(Path.Combine(Deployment.Folder(sample), "wwwroot", "style.css")));

    [Theory, MemberData(nameof(Samples))]
    public void The_demonstration_and_the_table_show_it(string sample)
    {
        foreach (var file in new[] { "src/Cli/Demo/DemoReport.cs", "samples/README.md" })
            Assert.Contains(
                $"samples/run {sample}", File.ReadAllText(Path.Combine(Repository.Root, file)),
                StringComparison.Ordinal);
    }
}
