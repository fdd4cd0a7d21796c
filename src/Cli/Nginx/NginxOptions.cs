namespace Sluice.Cli.Nginx;

/// <summary>What <c>-s</c> asks of a running Sluice.</summary>
internal enum ControlSignal
{
    /// <summary>No <c>-s</c>: this is not about a running one.</summary>
    None,

    /// <summary>TERM: ends at once.</summary>
    Stop,

    /// <summary>QUIT: ends when the last exchange has.</summary>
    Quit,

    /// <summary>USR1: opens the log files again.</summary>
    Reopen,

    /// <summary>HUP: reads the configuration again.</summary>
    Reload,
}

/// <summary>
/// nginx's command line, read as nginx reads it: options joined (<c>-tq</c>, <c>-c/path</c>) or
/// apart, the last of a kind wins, a lone dash is nothing.
/// </summary>
internal sealed record NginxOptions
{
    /// <summary><c>-?</c> or <c>-h</c>.</summary>
    public bool ShowHelp { get; private set; }

    /// <summary><c>-v</c>, and whatever implies it.</summary>
    public bool ShowVersion { get; private set; }

    /// <summary><c>-V</c>.</summary>
    public bool ShowConfigure { get; private set; }

    /// <summary><c>-t</c> or <c>-T</c>.</summary>
    public bool Test { get; private set; }

    /// <summary><c>-T</c>.</summary>
    public bool Dump { get; private set; }

    /// <summary><c>-q</c>.</summary>
    public bool Quiet { get; private set; }

    /// <summary><c>-s</c>.</summary>
    public ControlSignal Signal { get; private set; }

    /// <summary><c>-p</c> as written; null without it.</summary>
    public string? Prefix { get; private set; }

    /// <summary><c>-c</c> as written; null without it.</summary>
    public string? ConfigFile { get; private set; }

    /// <summary><c>-e</c> as written; null without it.</summary>
    public string? ErrorLog { get; private set; }

    /// <summary><c>-g</c>; null without it.</summary>
    public string? Directives { get; private set; }

    /// <summary>
    /// Reads the arguments. On a mistake the result is null and <paramref name="error"/> says
    /// what nginx says, without its <c>nginx: </c>.
    /// </summary>
    public static NginxOptions? Parse(ReadOnlySpan<string> arguments, out string error)
    {
        var options = new NginxOptions();
        error = "";
        for (int i = 0; i < arguments.Length; i++)
        {
            string argument = arguments[i];
            if (!argument.StartsWith('-'))
            {
                error = $"invalid option: \"{argument}\"";
                return null;
            }
            for (int at = 1; at < argument.Length; at++)
            {
                char letter = argument[at];
                if (options.Switch(letter))
                {
                    continue;
                }
                if (Wants(letter) is not { } wanted)
                {
                    error = $"invalid option: \"{letter}\"";
                    return null;
                }
                // The value is the rest of this argument or, when there is no rest, the next one.
                string? value = at + 1 < argument.Length ? argument[(at + 1)..]
                    : ++i < arguments.Length ? arguments[i]
                    : null;
                error = value is null ? $"option \"-{letter}\" requires {wanted}"
                    : options.Take(letter, value) ? ""
                    : $"invalid option: \"-s {value}\"";
                if (error.Length > 0)
                {
                    return null;
                }
                break;
            }
        }
        return options;
    }

    /// <summary>Takes an option without a value; false when the letter is none.</summary>
    bool Switch(char letter)
    {
        switch (letter)
        {
            case '?' or 'h':
                ShowHelp = ShowVersion = true;
                return true;
            case 'v':
                ShowVersion = true;
                return true;
            case 'V':
                ShowConfigure = ShowVersion = true;
                return true;
            case 't':
                Test = true;
                return true;
            case 'T':
                Dump = Test = true;
                return true;
            case 'q':
                Quiet = true;
                return true;
            default:
                return false;
        }
    }

    /// <summary>What nginx calls the value of an option; null when the letter is no option.</summary>
    static string? Wants(char letter) => letter switch
    {
        'p' => "directory name",
        'c' or 'e' => "file name",
        'g' or 's' => "parameter",
        _ => null,
    };

    /// <summary>Takes an option with its value; false when the value is no signal.</summary>
    bool Take(char letter, string value)
    {
        switch (letter)
        {
            case 'p':
                Prefix = value;
                return true;
            case 'c':
                ConfigFile = value;
                return true;
            case 'e':
                ErrorLog = value;
                return true;
            case 'g':
                Directives = value;
                return true;
            default:
                Signal = value switch
                {
                    "stop" => ControlSignal.Stop,
                    "quit" => ControlSignal.Quit,
                    "reopen" => ControlSignal.Reopen,
                    "reload" => ControlSignal.Reload,
                    _ => ControlSignal.None,
                };
                return Signal != ControlSignal.None;
        }
    }
}
