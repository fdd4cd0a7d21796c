namespace Sluice.Proxy;

/// <summary>
/// Where texts are put together before they are kept or escaped. A stack of the thread: who
/// takes from it remembers the length and truncates back to it, so evaluations may nest.
/// </summary>
static class Scratch
{
    [ThreadStatic]
    static ByteBuilder? bytes;

    public static ByteBuilder Bytes => bytes ??= new(1024);

    /// <summary>Gives back what was taken; a large array does not stay.</summary>
    public static void Release(ByteBuilder scratch, int start)
    {
        if (start == 0)
            scratch.Clear();
        else
            scratch.Truncate(start);
    }
}
