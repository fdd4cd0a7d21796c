namespace Sluice.Fuzz;

/// <summary>Runs targets and reports; knows nothing of the command line.</summary>
public sealed class FuzzRunner(TextWriter output)
{
    // How often a failing input is tried smaller before it is written down.
    const int ShrinkTriesMax = 2000;

    /// <summary>Inputs that were run.</summary>
    public long RunCount { get; private set; }

    public int FailedCount { get; private set; }

    /// <summary>
    /// Runs mutated inputs; a failure is made smaller and kept as a case file. Ends at the first
    /// failure of a target.
    /// </summary>
    public void Run(IFuzzTarget target, long seed, long runs)
    {
        var corpus = FuzzFiles.Corpus(target);
        if (corpus.Count == 0) throw new BrokenPromiseException($"no corpus for {target.Name}");
        var mutator = new Mutator(corpus, target.Words);
        for (var run = 0L; run < runs; run++)
        {
            var input = mutator.Input(seed, run);
            if (Try(target, input) is not { } failure) continue;
            var path = FuzzFiles.WriteCase(
                target, $"seed-{seed}-run-{run}.bin", Shrink(target, input));
            Report(target, failure, path);
            return;
        }
    }

    /// <summary>Runs the inputs of files once.</summary>
    public void Replay(IFuzzTarget target, IEnumerable<string> paths)
    {
        foreach (var path in paths)
            if (Try(target, File.ReadAllBytes(path)) is { } failure) Report(target, failure, path);
    }

    Exception? Try(IFuzzTarget target, byte[] input)
    {
        RunCount++;
        return Failure(target, input);
    }

    // Whatever escapes a target is a finding.
    static Exception? Failure(IFuzzTarget target, byte[] input)
    {
        try
        {
            target.Run(input);
            return null;
        }
#pragma warning disable CA1031
        catch (Exception failure)
#pragma warning restore CA1031
        {
            return failure;
        }
    }

    // Takes out ever smaller pieces as long as it still fails.
    static byte[] Shrink(IFuzzTarget target, byte[] input)
    {
        var tries = 0;
        for (var size = input.Length / 2; size > 0; size /= 2)
        {
            for (var start = 0; start + size <= input.Length && tries < ShrinkTriesMax;)
            {
                tries++;
                byte[] smaller = [.. input[..start], .. input[(start + size)..]];
                if (Failure(target, smaller) is null) start += size;
                else input = smaller;
            }
        }
        return input;
    }

    void Report(IFuzzTarget target, Exception failure, string path)
    {
        FailedCount++;
        var text = failure is BrokenPromiseException ? failure.Message : failure.ToString();
        output.WriteLine($"{target.Name}: {text}");
        output.WriteLine($"  replay with: Sluice.Fuzz replay {target.Name} {path}");
    }
}
