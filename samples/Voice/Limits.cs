namespace Sluice.Samples.Voice;

/// <summary>Bounds on what one process keeps, and why.</summary>
internal static class Limits
{
    /// <summary>30 seconds, just under a megabyte a conversation; an answer comes at the latest then.</summary>
    public const int UtteranceSamplesMax = 30 * Audio.SampleRate;

    /// <summary>Half a second of audio, or a control message; a longer one closes with 1009.</summary>
    public const int MessageBytesMax = 16 * 1024;

    /// <summary>Conversations at a time, so that their audio stays below 200 MB.</summary>
    public const int ConversationsMax = 200;
}
