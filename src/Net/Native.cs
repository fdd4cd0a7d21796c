using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

[assembly: DisableRuntimeMarshalling]

namespace Sluice.Net;

/// <summary>
/// Linux's system calls as the C library offers them, and the numbers they take. Every argument
/// is blittable, so a call costs a GC transition and nothing else.
/// </summary>
/// <remarks>
/// A call that failed has a negative result; <see cref="Result"/> makes <c>-errno</c> of it. The
/// runtime keeps errno over the GC transition that follows a call, so it is still there to ask.
/// </remarks>
static unsafe partial class Native
{
    internal const int FamilyUnix = 1;
    internal const int FamilyIpv4 = 2;
    internal const int FamilyIpv6 = 10;

    /// <summary>The longest sockaddr: that of a unix path.</summary>
    internal const int SockaddrBytesMax = 112;

    internal const int SocketStream = 1;
    internal const int SocketNonblock = 0x800;
    internal const int SocketCloexec = 0x80000;

    internal const int LevelSocket = 1;
    internal const int ReuseAddress = 2;
    internal const int Error = 4;
    internal const int SendBuffer = 7;
    internal const int ReceiveBuffer = 8;
    internal const int KeepAlive = 9;
    internal const int Linger = 13;
    internal const int ReusePort = 15;

    internal const int LevelIp = 0;
    internal const int BindAddressNoPort = 24;

    internal const int LevelTcp = 6;
    internal const int NoDelay = 1;
    internal const int KeepIdle = 4;
    internal const int KeepInterval = 5;
    internal const int KeepCount = 6;
    internal const int TcpInfo = 11;

    internal const int LevelIpv6 = 41;
    internal const int Ipv6Only = 26;

    internal const int ShutdownWrite = 1;
    internal const int NoSignal = 0x4000;

    internal const int EpollCloexec = 0x80000;
    internal const int EpollAdd = 1;
    internal const int EpollModify = 3;
    internal const uint EpollIn = 1;
    internal const uint EpollOut = 4;
    internal const uint EpollError = 8;
    internal const uint EpollHangUp = 0x10;
    internal const uint EpollReadHangUp = 0x2000;
    internal const uint EpollEdge = 1u << 31;

    internal const int EventCloexec = 0x80000;
    internal const int EventNonblock = 0x800;

    internal const int NotPermitted = -1;
    internal const int NoSuchFile = -2;
    internal const int Interrupted = -4;
    internal const int BadDescriptor = -9;
    internal const int InvalidArgument = -22;
    internal const int NotSupported = -95;
    internal const int ConnectionAborted = -103;
    internal const int NoBuffers = -105;
    internal const int InProgress = -115;

    /// <summary>What a call answered, or <c>-errno</c> when it failed. Ask at once.</summary>
    internal static int Result(nint answer) =>
        answer >= 0 ? (int)answer : -Marshal.GetLastSystemError();

    [LibraryImport("libc", EntryPoint = "socket")]
    internal static partial int Socket(int family, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "bind")]
    internal static partial int Bind(int fd, byte* address, uint addressBytes);

    [LibraryImport("libc", EntryPoint = "listen")]
    internal static partial int Listen(int fd, int backlog);

    [LibraryImport("libc", EntryPoint = "connect")]
    internal static partial int Connect(int fd, byte* address, uint addressBytes);

    [LibraryImport("libc", EntryPoint = "accept4")]
    internal static partial int Accept(int fd, byte* address, uint* addressBytes, int flags);

    [LibraryImport("libc", EntryPoint = "getsockname")]
    internal static partial int GetSockName(int fd, byte* address, uint* addressBytes);

    [LibraryImport("libc", EntryPoint = "setsockopt")]
    internal static partial int SetSockOpt(int fd, int level, int name, void* value, uint bytes);

    [LibraryImport("libc", EntryPoint = "getsockopt")]
    internal static partial int GetSockOpt(int fd, int level, int name, void* value, uint* bytes);

    [LibraryImport("libc", EntryPoint = "recv")]
    internal static partial nint Receive(int fd, byte* buffer, nint bytes, int flags);

    [LibraryImport("libc", EntryPoint = "send")]
    internal static partial nint Send(int fd, byte* buffer, nint bytes, int flags);

    [LibraryImport("libc", EntryPoint = "sendmsg")]
    internal static partial nint SendMessage(int fd, Message* message, int flags);

    [LibraryImport("libc", EntryPoint = "shutdown")]
    internal static partial int Shutdown(int fd, int how);

    [LibraryImport("libc", EntryPoint = "close")]
    internal static partial int Close(int fd);

    [LibraryImport("libc", EntryPoint = "dup")]
    internal static partial int Duplicate(int fd);

    [LibraryImport("libc", EntryPoint = "chmod")]
    internal static partial int ChangeMode(byte* path, uint mode);

    [LibraryImport("libc", EntryPoint = "unlink")]
    internal static partial int Unlink(byte* path);

    [LibraryImport("libc", EntryPoint = "epoll_create1")]
    internal static partial int EpollCreate(int flags);

    [LibraryImport("libc", EntryPoint = "epoll_ctl")]
    internal static partial int EpollControl(int epoll, int operation, int fd, byte* record);

    [LibraryImport("libc", EntryPoint = "epoll_wait")]
    internal static partial int EpollWait(int epoll, byte* records, int recordsMax, int timeoutMs);

    [LibraryImport("libc", EntryPoint = "eventfd")]
    internal static partial int EventDescriptor(uint value, int flags);

    [LibraryImport("libc", EntryPoint = "write")]
    internal static partial nint Write(int fd, void* bytes, nint count);

    /// <summary>struct iovec.</summary>
    internal struct Piece
    {
        internal byte* Start;
        internal nint Bytes;
    }

    /// <summary>struct msghdr.</summary>
    internal struct Message
    {
        internal void* Name;
        internal uint NameBytes;
        internal Piece* Pieces;
        internal nint PiecesCount;
        internal void* Control;
        internal nint ControlBytes;
        internal int Flags;
    }

    /// <summary>struct linger.</summary>
    internal struct LingerOption
    {
        internal int On;
        internal int Seconds;
    }
}
