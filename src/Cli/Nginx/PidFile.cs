using System.Globalization;

namespace Sluice.Cli.Nginx;

/// <summary>The file that tells other programs which process to signal.</summary>
internal sealed class PidFile
{
    PidFile(string path) => Path = path;

    /// <summary>The full path, in the configuration's bytes.</summary>
    public string Path { get; }

    /// <summary>
    /// Writes this process's number. Null, with nginx's message in <paramref name="error"/>, when
    /// the file cannot be written.
    /// </summary>
    /// <param name="path">The full path, in the configuration's bytes.</param>
    /// <param name="error">What nginx says after <c>[emerg]</c>.</param>
    public static PidFile? Create(string path, out string error)
    {
        error = "";
        try
        {
            File.WriteAllText(
                StandardStreams.FromBytes(path),
                string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId}\n"));
            return new PidFile(path);
        }
        catch (Exception failure) when (SystemFailure.IsExpected(failure))
        {
            error = OpenFailed(path, failure);
            return null;
        }
    }

    /// <summary>
    /// For <c>-t</c>: nginx's message when the file could not be written, else null. As nginx
    /// does, it leaves one that it had to make, and what is in one that is there.
    /// </summary>
    public static string? Test(string path)
    {
        try
        {
            using var file = new FileStream(
                StandardStreams.FromBytes(path), FileMode.OpenOrCreate, FileAccess.ReadWrite,
                FileShare.ReadWrite);
            return null;
        }
        catch (Exception failure) when (SystemFailure.IsExpected(failure))
        {
            return OpenFailed(path, failure);
        }
    }

    /// <summary>Removes the file; nginx's message when that fails, else null.</summary>
    public string? Delete()
    {
        try
        {
            File.Delete(StandardStreams.FromBytes(Path));
            return null;
        }
        catch (Exception failure) when (SystemFailure.IsExpected(failure))
        {
            return $"unlink() \"{Path}\" failed ({SystemFailure.Describe(failure)})";
        }
    }

    /// <summary>
    /// The process a file names. Null, with nginx's message in <paramref name="error"/>, when it
    /// cannot be read or names none.
    /// </summary>
    public static int? Read(string path, out string error)
    {
        error = "";
        string text;
        if (Directory.Exists(StandardStreams.FromBytes(path)))
        {
            error = $"pread() \"{path}\" failed (21: Is a directory)";
            return null;
        }
        try
        {
            text = File.ReadAllText(StandardStreams.FromBytes(path));
        }
        catch (Exception failure) when (SystemFailure.IsExpected(failure))
        {
            error = OpenFailed(path, failure);
            return null;
        }
        string number = text.TrimEnd('\r', '\n');
        bool isNumber = int.TryParse(
            number, NumberStyles.None, CultureInfo.InvariantCulture, out int pid);
        if (!isNumber)
        {
            error = $"invalid PID number \"{number}\" in \"{path}\"";
        }
        return isNumber ? pid : null;
    }

    static string OpenFailed(string path, Exception failure) =>
        $"open() \"{path}\" failed ({SystemFailure.Describe(failure)})";
}
