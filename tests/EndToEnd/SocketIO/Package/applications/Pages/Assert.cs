/// <summary>Of whatever runs an application's tests.</summary>
public static class Assert
{
    public static void Equal<T>(T expected, T actual)
    {
        if (!Equals(expected, actual))
            throw new InvalidOperationException($"{actual} instead of {expected}");
    }
}
