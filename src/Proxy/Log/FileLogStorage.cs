using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Sluice.Config.Model;
using Sluice.Net;

namespace Sluice.Proxy.Log;

/// <summary>
/// Log files of the file system. On Linux they are opened with O_APPEND, so that several
/// processes may write to one file and a file that was truncated goes on from its start.
/// </summary>
public sealed partial class FileLogStorage : LogStorage
{
    const int StandardErrorDescriptor = 2;
    const int NoSuchFile = -2;
    const int Interrupted = -4;
    const int InputOutput = -5;
    const int NotDirectory = -20;
    const int NoSpace = -28;

    public override LogHandle? Open(string? path, out int error) =>
        OperatingSystem.IsLinux() ? OpenNative(path, out error) : OpenPortable(path, out error);

    public override LogHandle? OpenSyslog(SyslogConfig config, out int error) =>
        SyslogSocket.Open(config.EndPoint, out error);

    public override int TestDirectory(string path)
    {
        var name = Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(path));
        if (Directory.Exists(name))
            return 0;
        return File.Exists(name) ? NotDirectory : NoSuchFile;
    }

    [SupportedOSPlatform("linux")]
    static DescriptorHandle? OpenNative(string? path, out int error)
    {
        error = 0;
        if (path is null)
            return new(StandardErrorDescriptor);
        const int writeOnly = 0x1, create = 0x40, append = 0x400, closeOnExec = 0x80000;
        var name = new byte[path.Length + 1];
        Encoding.Latin1.GetBytes(path, name);
        int descriptor;
        do
        {
            descriptor = NativeOpen(name, writeOnly | create | append | closeOnExec, 0x1A4);
            error = descriptor < 0 ? -Marshal.GetLastPInvokeError() : 0;
        }
        while (error == Interrupted);
        return descriptor < 0 ? null : new(descriptor);
    }

    static StreamHandle? OpenPortable(string? path, out int error)
    {
        error = 0;
        try
        {
            if (path is null)
                return new(null);
            var name = Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(path));
            var share = FileShare.ReadWrite | FileShare.Delete;
            return new(File.OpenHandle(name, FileMode.OpenOrCreate, FileAccess.Write, share));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            error = ErrorOf(failure);
            return null;
        }
    }

    static int ErrorOf(Exception failure) => failure switch
    {
        FileNotFoundException or DirectoryNotFoundException => NoSuchFile,
        UnauthorizedAccessException => IoResult.PermissionDenied,
        IOException { HResult: unchecked((int)0x80070070) } => NoSpace,
        _ => InputOutput,
    };

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true)]
    private static partial int NativeOpen(ReadOnlySpan<byte> path, int flags, int mode);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint NativeWrite(int descriptor, ReadOnlySpan<byte> bytes, nint count);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int NativeClose(int descriptor);

    [SupportedOSPlatform("linux")]
    sealed class DescriptorHandle(int descriptor) : LogHandle
    {
        public override int Write(ReadOnlySpan<byte> bytes)
        {
            while (true)
            {
                var count = NativeWrite(descriptor, bytes, bytes.Length);
                if (count >= 0)
                    return (int)count;
                int error = -Marshal.GetLastPInvokeError();
                if (error != Interrupted)
                    return error;
            }
        }

        public override void Close()
        {
            if (descriptor != StandardErrorDescriptor)
                _ = NativeClose(descriptor);
        }
    }

    sealed class StreamHandle(SafeFileHandle? file) : LogHandle
    {
        readonly Stream? standardError = file is null ? Console.OpenStandardError() : null;

        public override int Write(ReadOnlySpan<byte> bytes)
        {
            try
            {
                if (file is null)
                    standardError!.Write(bytes);
                else
                    RandomAccess.Write(file, bytes, RandomAccess.GetLength(file));
                return bytes.Length;
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                return ErrorOf(failure);
            }
        }

        public override void Close()
        {
            file?.Dispose();
            standardError?.Dispose();
        }
    }
}
