using System.Text;

namespace Sluice.Cli.Nginx;

/// <summary>
/// The terminal as nginx uses it: what is said goes to standard error, a dump to standard output.
/// Texts are Latin-1, so that the bytes of a configuration come out as they are in its file.
/// Unlike Console's streams these cost nothing at start and hold no copies of the descriptors,
/// which would keep a terminal or a pipe open behind a gateway in the background.
/// </summary>
internal static class StandardStreams
{
    /// <summary>
    /// Writes text to standard error as it is; in the background, to the parent that shows it.
    /// </summary>
    public static void Error(string text) => Posix.Write(
        Daemon.IsChild ? Posix.StandardOutput : Posix.StandardError,
        Encoding.Latin1.GetBytes(text));

    /// <summary>Writes text to standard output as it is.</summary>
    public static void Output(string text) =>
        Posix.Write(Posix.StandardOutput, Encoding.Latin1.GetBytes(text));

    /// <summary>A line about the program itself: <c>nginx: ...</c>.</summary>
    public static void Say(string message) => Error($"nginx: {message}\n");

    /// <summary>A line of a level: <c>nginx: [emerg] ...</c>.</summary>
    public static void Log(string level, string message) => Say($"[{level}] {message}");

    /// <summary>A way out of what was just said, below it.</summary>
    public static void Hint(string text) => Error($"      {text}\n");

    /// <summary>
    /// A text of the process (UTF-16) as the configuration's characters: one for each byte that
    /// the system gave or takes.
    /// </summary>
    public static string ToBytes(string text) =>
        Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text));

    /// <summary>The opposite of <see cref="ToBytes"/>: a path for the base library.</summary>
    public static string FromBytes(string bytes) =>
        Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(bytes));
}
