namespace Sluice.Fuzz;

/// <summary>
/// One thing that takes bytes from outside. A target throws when its code breaks a promise; a
/// refusal of the input is no failure.
/// </summary>
public interface IFuzzTarget
{
    /// <summary>The name on the command line, and of the folders with its corpus and cases.</summary>
    string Name { get; }

    /// <summary>Words of the format, for the mutator to insert.</summary>
    IReadOnlyList<string> Words { get; }

    /// <summary>Runs the code on one input and checks what it answers.</summary>
    void Run(ReadOnlySpan<byte> input);
}

/// <summary>A promise that an input broke.</summary>
public sealed class BrokenPromiseException(string message) : Exception(message);

/// <summary>What a target holds the code to.</summary>
public static class Promise
{
    /// <summary>Throws unless both are equal.</summary>
    public static void Same<T>(T expected, T actual, string what)
    {
        if (!EqualityComparer<T>.Default.Equals(expected, actual))
            throw new BrokenPromiseException($"{what}: expected <{expected}>, got <{actual}>");
    }

    /// <summary>Throws unless the condition holds.</summary>
    public static void Holds(bool condition, string what)
    {
        if (!condition) throw new BrokenPromiseException(what);
    }
}
