using Sluice.Net;

namespace Sluice.Cli.Nginx;

/// <summary>Which loop the workers have: the machine's best, unless SLUICE_LOOP says otherwise.</summary>
internal static class Loops
{
    static readonly LoopKind kind;

    static Loops()
    {
        try
        {
            kind = LoopFactory.Choose();
        }
        catch (InvalidOperationException mistake)
        {
            Mistake = mistake.Message;
        }
    }

    /// <summary>What is wrong with the variable; null when nothing is.</summary>
    public static string? Mistake { get; }

    /// <summary>Makes the loop of one worker.</summary>
    public static Loop Create() => LoopFactory.Create(kind);
}
