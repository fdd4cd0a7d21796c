using System.Runtime.Versioning;

// The gateway's product loop is Linux's epoll, and the judge is Debian's nginx.
[assembly: SupportedOSPlatform("linux")]
