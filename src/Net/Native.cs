namespace Sluice.Net;

/// <summary>What Linux calls things: the numbers of its system call interface.</summary>
static partial class Native
{
    internal const int FamilyUnix = 1;
    internal const int FamilyIpv4 = 2;
    internal const int FamilyIpv6 = 10;
}
