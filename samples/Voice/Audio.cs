using System.Runtime.InteropServices;

namespace Sluice.Samples.Voice;

/// <summary>The one format of the service: 16 kHz, one channel, 16 bits little-endian.</summary>
internal static class Audio
{
    public const int SampleRate = 16_000;

    /// <summary>20 ms, as telephony and most codecs cut it.</summary>
    public const int FrameSamples = SampleRate / 50;

    public const int FrameBytes = FrameSamples * sizeof(short);

    /// <summary>Loudness from 0 to 1: the root of the mean square.</summary>
    public static double Level(ReadOnlySpan<short> samples)
    {
        double sum = 0;
        foreach (short sample in samples)
        {
            sum += (double)sample * sample;
        }
        return samples.IsEmpty ? 0 : Math.Sqrt(sum / samples.Length) / short.MaxValue;
    }

    /// <summary>Plays faster and higher (above 1), or slower and lower (below 1).</summary>
    public static short[] Shift(ReadOnlySpan<short> samples, double factor)
    {
        var shifted = new short[(int)(samples.Length / factor)];
        for (int at = 0; at < shifted.Length; at++)
        {
            double place = at * factor;
            int before = (int)place;
            int after = Math.Min(before + 1, samples.Length - 1);
            double part = place - before;
            shifted[at] = (short)((samples[before] * (1 - part)) + (samples[after] * part));
        }
        return shifted;
    }

    /// <summary>The samples of a frame; a half sample at its end is left out.</summary>
    public static ReadOnlySpan<short> Samples(ReadOnlySpan<byte> frame) =>
        MemoryMarshal.Cast<byte, short>(frame);

    public static ReadOnlySpan<byte> Bytes(ReadOnlySpan<short> samples) =>
        MemoryMarshal.AsBytes(samples);
}
