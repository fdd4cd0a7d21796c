using Sluice.Cli.Nginx;

namespace Sluice.Unit.Cli;

public sealed class PidFileTests : IDisposable
{
    readonly string folder = Directory.CreateTempSubdirectory().FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void What_is_created_is_read_back_and_removed()
    {
        string path = $"{folder}/a.pid";
        var file = PidFile.Create(path, out string error);
        Assert.Equal("", error);
        Assert.Equal(Environment.ProcessId, PidFile.Read(path, out _));
        Assert.Null(file!.Delete());
        Assert.False(File.Exists(path));
    }

    [Fact]
    public void A_missing_file_is_said_in_nginx_words()
    {
        Assert.Null(PidFile.Read($"{folder}/none.pid", out string error));
        Assert.Equal(
            $"open() \"{folder}/none.pid\" failed (2: No such file or directory)", error);
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("12x\n", "12x")]
    [InlineData("-1\r\n", "-1")]
    public void A_file_without_a_number_is_said_in_nginx_words(string content, string quoted)
    {
        string path = $"{folder}/a.pid";
        File.WriteAllText(path, content);
        Assert.Null(PidFile.Read(path, out string error));
        Assert.Equal($"invalid PID number \"{quoted}\" in \"{path}\"", error);
    }

    [Fact]
    public void A_folder_that_is_missing_is_said_in_nginx_words()
    {
        Assert.Null(PidFile.Create($"{folder}/none/a.pid", out string error));
        Assert.Equal(
            $"open() \"{folder}/none/a.pid\" failed (2: No such file or directory)", error);
    }
}
