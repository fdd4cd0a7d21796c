namespace Sluice.Samples.Voice;

/// <summary>What the status endpoint tells.</summary>
internal sealed record VoiceReport(
    string Status, int ActiveConversations, long Conversations, long BytesHeard, long Answers,
    long BytesAnswered, int SampleRate, int FrameBytes);

internal sealed record VoiceHealth(string Status, double UptimeSeconds);

/// <param name="Path">Where it is.</param>
/// <param name="Kind">"websocket" or "http".</param>
/// <param name="Description">What it is for.</param>
internal sealed record VoiceEndpoint(string Path, string Kind, string Description);

/// <summary>Counts of this process. Safe to use from any thread.</summary>
internal sealed class VoiceStatus(TimeProvider time)
{
    readonly long start = time.GetTimestamp();
    int active;
    long conversations;
    long bytesHeard;
    long answers;
    long bytesAnswered;

    public VoiceReport Report => new(
        "ready", active, conversations, bytesHeard, answers, bytesAnswered,
        Audio.SampleRate, Audio.FrameBytes);

    public VoiceHealth Health =>
        new("healthy", Math.Round(time.GetElapsedTime(start).TotalSeconds, 1));

    /// <summary>Takes one of the places for conversations; false when none is free.</summary>
    public bool Enter()
    {
        if (Interlocked.Increment(ref active) > Limits.ConversationsMax)
        {
            Leave();
            return false;
        }
        Interlocked.Increment(ref conversations);
        return true;
    }

    public void Leave() => Interlocked.Decrement(ref active);

    public void Heard(int bytes) => Interlocked.Add(ref bytesHeard, bytes);

    public void Answered(int bytes)
    {
        Interlocked.Increment(ref answers);
        Interlocked.Add(ref bytesAnswered, bytes);
    }
}
