namespace Sluice.Config.Syntax;

/// <summary>The outcome of reading a file: its text, or the failing call and its error.</summary>
/// <param name="Text">The content, one char a byte; null when it could not be read.</param>
/// <param name="Call">The call that nginx would have seen fail: "open()" or "pread()".</param>
/// <param name="Error">The system's number and text as nginx prints them.</param>
public readonly record struct FileRead(string? Text, string Call, string Error)
{
    public static FileRead Good(string text) => new(text, "", "");

    public static FileRead Missing => new(null, "open()", "2: No such file or directory");

    /// <summary>Too many includes within includes; nginx has no file descriptor left then.</summary>
    public static FileRead TooMany => new(null, "open()", "24: Too many open files");
}

/// <summary>The files that a configuration is made of; tests have them in memory.</summary>
public interface IConfigFiles
{
    FileRead Read(string path);

    /// <summary>
    /// The paths that match, in the order of their bytes, as glob(3) gives them in the C locale.
    /// </summary>
    IReadOnlyList<string> Glob(string pattern);
}
