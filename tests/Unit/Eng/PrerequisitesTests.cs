using Sluice.Eng;

namespace Sluice.Unit.Eng;

public sealed class PrerequisitesTests : IDisposable
{
    readonly string root = Directory.CreateTempSubdirectory("sluice-prerequisites-").FullName;
    readonly Machine machine = new();

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Fact]
    public void Where_all_is_there_nothing_runs()
    {
        Install();
        Assert.Empty(machine.Ran);
    }

    [Fact]
    public void Root_installs_what_is_missing()
    {
        machine.Lacks("nginx", "redis-server");
        Install();
        Assert.Equal(
            [
                "env DEBIAN_FRONTEND=noninteractive apt-get update",
                "env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends"
                    + " nginx redis-server",
            ],
            machine.Ran);
    }

    [Fact]
    public void A_sudo_that_does_not_ask_installs_as_well()
    {
        machine.Lacks("node");
        machine.IsPrivileged = false;
        Install();
        Assert.Equal("sudo -n true", machine.Ran[0]);
        Assert.Equal(
            "sudo -n env DEBIAN_FRONTEND=noninteractive apt-get install -y"
                + " --no-install-recommends nodejs",
            machine.Ran[2]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Who_may_not_install_is_told_what_to_run(bool hasSudo)
    {
        machine.Lacks(hasSudo ? ["nginx", "chromium"] : ["nginx", "chromium", "sudo"]);
        machine.IsPrivileged = false;
        machine.Fails = "sudo -n true";
        Assert.Equal(
            """
            the tests need nginx chromium; to install them takes root, or sudo without a password
              By hand:
                sudo apt-get update
                sudo apt-get install -y --no-install-recommends nginx chromium
              Then run the same ./dev command again.
              A folder of unit tests needs none of this: ./dev test Http1
            """,
            Refusal());
        Assert.DoesNotContain(machine.Ran, command => command.Contains("apt-get"));
    }

    [Theory]
    [InlineData("apt-get update")]
    [InlineData("apt-get install -y --no-install-recommends haproxy")]
    public void When_apt_get_fails_its_words_and_what_to_run_are_told(string step)
    {
        machine.Lacks("haproxy");
        machine.Fails = "env DEBIAN_FRONTEND=noninteractive " + step;
        Assert.Equal(
            $"""
            the tests need haproxy, and {step} failed
              When the reason above is mended, by hand as root:
                apt-get update
                apt-get install -y --no-install-recommends haproxy
              Then run the same ./dev command again.
              A folder of unit tests needs none of this: ./dev test Http1
            """,
            Refusal());
        Assert.Equal(["installing haproxy", "E: no network"], machine.Told);
    }

    [Fact]
    public void Without_apt_get_the_programs_are_named()
    {
        machine.Lacks("apt-get", "redis-server", "node", "npm");
        Assert.Equal(
            """
            the tests need redis-server nodejs npm, and there is no apt-get here to install them
              Install what has these programs, by this system's package manager:
                redis-server node npm
              Then run the same ./dev command again.
              A folder of unit tests needs none of this: ./dev test Http1
            """,
            Refusal());
    }

    [Fact]
    public void A_package_that_did_not_bring_its_program_is_told()
    {
        machine.Lacks("chromium");
        machine.Installs = false;
        Assert.Equal(
            """
            chromium was installed, and these programs are still not on the PATH
              Install what has them by hand:
                chromium
              Then run the same ./dev command again.
              A folder of unit tests needs none of this: ./dev test Http1
            """,
            Refusal());
    }

    [Fact]
    public void Modules_are_installed_once_a_lock_file()
    {
        string folder = Directory.CreateDirectory(
            Path.Combine(root, "tests", "EndToEnd", "clients")).FullName;
        File.WriteAllText(Path.Combine(folder, "package-lock.json"), "{}");
        Install();
        Assert.Equal(["npm ci --no-audit --no-fund"], machine.Ran);

        Directory.CreateDirectory(Path.Combine(folder, "node_modules"));
        File.WriteAllText(Path.Combine(folder, "node_modules", ".package-lock.json"), "{}");
        Install();
        Assert.Single(machine.Ran);
    }

    [Fact]
    public void When_npm_fails_its_words_and_what_to_run_are_told()
    {
        string folder = Directory.CreateDirectory(
            Path.Combine(root, "samples", "Messaging", "client")).FullName;
        File.WriteAllText(Path.Combine(folder, "package-lock.json"), "{}");
        machine.Fails = "npm ci --no-audit --no-fund";
        Assert.Equal(
            """
            the tests need the npm packages of samples/Messaging/client, and npm ci failed
              When the reason above is mended, by hand (the first names another registry):
                npm config set registry URL
                cd samples/Messaging/client && npm ci
              Then run the same ./dev command again.
              A folder of unit tests needs none of this: ./dev test Http1
            """,
            Refusal());
        Assert.Equal("E: no network", machine.Told[^1]);
    }

    [Fact]
    public void A_program_that_is_not_there_has_failed()
    {
        var result = new ThisMachine().Capture("/", "sluice-no-such-program", []);
        Assert.Equal(1, result.ExitCode);
        Assert.StartsWith("sluice-no-such-program did not start: ", result.Output);
    }

    void Install() => new Prerequisites(new Repository(root), machine).Install();

    string Refusal() => Assert.Throws<StepFailedException>(Install).Message;

    /// <summary>A machine that has every program but some, and installs those when asked.</summary>
    sealed class Machine : IMachine
    {
        readonly HashSet<string> lacked = [];

        public bool IsPrivileged { get; set; } = true;

        /// <summary>False for packages that do not bring their program.</summary>
        public bool Installs { get; set; } = true;

        /// <summary>The command that fails.</summary>
        public string? Fails { get; set; }

        public List<string> Ran { get; } = [];

        public List<string> Told { get; } = [];

        public void Lacks(params string[] programs) => lacked.UnionWith(programs);

        public bool Has(string program) => !lacked.Contains(program);

        public Shell.Result Capture(string directory, string program, string[] arguments)
        {
            string command = $"{program} {string.Join(' ', arguments)}";
            Ran.Add(command);
            if (command == Fails)
            {
                return new Shell.Result(100, "E: no network\n", directory);
            }
            if (Installs && command.Contains("install"))
            {
                lacked.Clear();
            }
            return new Shell.Result(0, "", directory);
        }

        public void Tell(string text) => Told.Add(text);
    }
}
