namespace Sluice.Eng;

/// <summary>A machine to install on, as far as <see cref="Prerequisites"/> asks it.</summary>
internal interface IMachine
{
    /// <summary>True for root, or an administrator.</summary>
    bool IsPrivileged { get; }

    /// <summary>Whether a user could start this program.</summary>
    bool Has(string program);

    /// <summary>Runs a program in silence; one that is not there has failed as well.</summary>
    Shell.Result Capture(string directory, string program, string[] arguments);

    /// <summary>Says something to the developer.</summary>
    void Tell(string text);
}

/// <summary>The machine this runs on.</summary>
internal sealed class ThisMachine : IMachine
{
    public bool IsPrivileged => Environment.IsPrivilegedProcess;

    public bool Has(string program) => Shell.Find(program) is not null;

    public Shell.Result Capture(string directory, string program, string[] arguments)
    {
        try
        {
            return Shell.Capture(directory, program, arguments);
        }
        catch (StepFailedException refusal)
        {
            return new Shell.Result(1, refusal.Message, directory);
        }
    }

    public void Tell(string text) => Console.WriteLine(text);
}
