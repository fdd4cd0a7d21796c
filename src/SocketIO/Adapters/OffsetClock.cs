using System.Text;

namespace Sluice.SocketIO.Adapters;

/// <summary>
/// Offsets of kept packets, in the form of the official in-memory adapter: the time in
/// milliseconds in base 64, and a count behind a dot within one millisecond.
/// </summary>
sealed class OffsetClock
{
    const string Alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_";

    long last = -1;
    long count;

    public string Next(DateTimeOffset now)
    {
        var time = now.ToUnixTimeMilliseconds();
        if (time > last)
        {
            last = time;
            count = 0;
            return Encode(time);
        }

        // A clock that was set back must not give an offset a second time.
        return $"{Encode(last)}.{Encode(count++)}";
    }

    static string Encode(long number)
    {
        var text = new StringBuilder();
        do
        {
            text.Insert(0, Alphabet[(int)(number % 64)]);
            number /= 64;
        }
        while (number > 0);
        return text.ToString();
    }
}
