using Sluice.Eng;

namespace Sluice.Unit.Eng;

public sealed class OtherNginxTests : IDisposable
{
    readonly string root = Directory.CreateTempSubdirectory("sluice-other-nginx-").FullName;
    readonly Machine machine = new();

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Fact]
    public void A_release_is_fetched_from_the_machines_own_mirror_and_unpacked()
    {
        string nginx = Fetch("testing");
        Assert.Equal(
            ["apt-get indextargets", "apt-get update", "apt-get nginx", "dpkg-deb"],
            machine.Ran);
        Assert.Equal(Path.Combine(root, "artifacts", "nginx", "testing", "nginx"), nginx);
        Assert.Contains(
            "http://mirror.test/debian/ testing main",
            File.ReadAllText(Path.Combine(root, "artifacts/nginx/testing/apt/sources.list")));
        string starter = File.ReadAllText(nginx);
        Assert.Contains("/lib/ld-linux-x.so.2' --library-path '", starter);
        Assert.Contains("/usr/sbin/nginx' \"$@\"", starter);
        Assert.True(
            OperatingSystem.IsWindows()
            || File.GetUnixFileMode(nginx).HasFlag(UnixFileMode.UserExecute));
    }

    [Fact]
    public void What_is_there_is_not_fetched_again()
    {
        Fetch("testing");
        machine.Ran.Clear();
        Fetch("testing");
        Assert.Empty(machine.Ran);
    }

    [Theory]
    [InlineData("")]
    [InlineData("../..")]
    [InlineData("a b")]
    public void A_name_that_is_none_fetches_nothing(string release)
    {
        Assert.Contains("is no name of a Debian release", Refusal(release));
        Assert.Empty(machine.Ran);
    }

    [Fact]
    public void Without_apt_it_says_how_to_name_another()
    {
        machine.HasApt = false;
        Assert.Contains("SLUICE_NGINX=PATH", Refusal("testing"));
    }

    [Fact]
    public void Without_a_mirror_it_says_how_to_name_another()
    {
        machine.Mirrors = "Other http://mirror.test/other/\n";
        Assert.Contains("SLUICE_NGINX=PATH", Refusal("testing"));
    }

    [Fact]
    public void What_apt_says_is_told_when_it_fails()
    {
        machine.Fails = "update";
        Assert.Contains("apt-get update failed", Refusal("nonsense"));
        Assert.Contains("no such release", machine.Told);
    }

    [Fact]
    public void What_was_fetched_in_part_is_fetched_anew()
    {
        machine.Fails = "nginx";
        Refusal("testing");
        machine.Fails = null;
        Assert.True(File.Exists(Fetch("testing")));
    }

    string Fetch(string release) => new OtherNginx(new Repository(root), machine).Fetch(release);

    string Refusal(string release) =>
        Assert.Throws<StepFailedException>(() => Fetch(release)).Message;

    /// <summary>A machine whose apt downloads one package, which holds all.</summary>
    sealed class Machine : IMachine
    {
        public bool IsPrivileged => false;

        public bool HasApt { get; set; } = true;

        public string Mirrors { get; set; } =
            "Debian-Security http://mirror.test/security/\nDebian http://mirror.test/debian/\n";

        /// <summary>The last argument of the command that fails.</summary>
        public string? Fails { get; set; }

        /// <summary>Programs with what they were asked for.</summary>
        public List<string> Ran { get; } = [];

        public List<string> Told { get; } = [];

        public bool Has(string program) => HasApt;

        public Shell.Result Capture(string directory, string program, string[] arguments)
        {
            if (arguments[^1] == Fails)
            {
                return new Shell.Result(100, "no such release\n", directory);
            }
            switch (program, arguments[0])
            {
                case ("apt-get", "indextargets"):
                    Ran.Add("apt-get indextargets");
                    return new Shell.Result(0, Mirrors, directory);
                case ("apt-get", _):
                    Ran.Add($"apt-get {arguments[^1]}");
                    if (arguments[^1] == "nginx")
                    {
                        Write(directory, "apt/cache/archives/nginx.deb");
                    }
                    break;
                default:
                    Ran.Add(program);
                    Write(arguments[2], "usr/lib/libc.so.6");
                    Write(arguments[2], "usr/lib/ld-linux-x.so.2");
                    Write(arguments[2], "usr/sbin/nginx");
                    break;
            }
            return new Shell.Result(0, "", directory);
        }

        public void Tell(string text) => Told.Add(text);

        static void Write(string folder, string file)
        {
            string path = Path.Combine(folder, file);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, "");
        }
    }
}
