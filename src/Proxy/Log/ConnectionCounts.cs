namespace Sluice.Proxy.Log;

/// <summary>
/// The client connections of this moment, as nginx's stub_status counts them: all of them, and
/// what they are doing.
/// </summary>
/// <param name="Active">Open connections.</param>
/// <param name="Reading">Those whose request's head has begun and is not whole.</param>
/// <param name="Writing">Those with a request under way, or a tunnel.</param>
/// <param name="Waiting">Those between two requests, or before the first.</param>
public readonly record struct ConnectionCounts(int Active, int Reading, int Writing, int Waiting)
{
    public static ConnectionCounts operator +(ConnectionCounts left, ConnectionCounts right) => new(
        left.Active + right.Active, left.Reading + right.Reading, left.Writing + right.Writing,
        left.Waiting + right.Waiting);
}
