namespace Sluice.SocketIO.AdminUI;

/// <summary>The bounds of the admin UI.</summary>
static class Limits
{
    /// <summary>How long an admin stays logged in: a day, as with the official server.</summary>
    public static readonly TimeSpan SessionLifetime = TimeSpan.FromDays(1);

    /// <summary>Sessions that are kept in memory; the oldest goes first.</summary>
    public const int SessionsMax = 1000;

    /// <summary>How often the page gets numbers; it draws its curves by this.</summary>
    public static readonly TimeSpan StatsInterval = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Characters of a name or a password that are looked at; longer ones are wrong. A hash of a
    /// megabyte would cost time.
    /// </summary>
    public const int CredentialLengthMax = 1024;

    /// <summary>
    /// Lines of numbers between two messages: a second has about a dozen. More are dropped, so
    /// that a clock that jumps fills no memory.
    /// </summary>
    public const int AggregatedEventsMax = 1000;
}
