namespace Sluice.Samples.Voice;

/// <summary>What was said so far, and whether it is over: a silence ends it, or its length.</summary>
internal sealed class Utterance
{
    /// <summary>Below this level a frame is silence.</summary>
    const double SpeechLevel = 0.01;

    /// <summary>Silence after speech that ends it.</summary>
    static readonly int pauseSamples = Audio.SampleRate * 6 / 10;

    readonly List<short> samples = [];
    int silentSamples;
    bool hasSpeech;

    public bool IsEmpty => !hasSpeech;

    /// <summary>Adds a frame; true when the utterance is over.</summary>
    public bool Add(ReadOnlySpan<short> frame)
    {
        bool isSpeech = Audio.Level(frame) >= SpeechLevel;
        if (!isSpeech && !hasSpeech)
        {
            // Silence before the first word would only delay the answer.
            return false;
        }
        hasSpeech = true;
        silentSamples = isSpeech ? 0 : silentSamples + frame.Length;
        int room = Limits.UtteranceSamplesMax - samples.Count;
        samples.AddRange(frame[..Math.Min(room, frame.Length)]);
        return silentSamples >= pauseSamples || samples.Count >= Limits.UtteranceSamplesMax;
    }

    /// <summary>Takes out what was said, and begins anew.</summary>
    public short[] Take()
    {
        int spoken = Math.Max(0, samples.Count - silentSamples);
        short[] said = samples[..spoken].ToArray();
        samples.Clear();
        silentSamples = 0;
        hasSpeech = false;
        return said;
    }
}
