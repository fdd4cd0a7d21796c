namespace Sluice.Proxy;

/// <summary>
/// What is in force at one address of one worker: the only thing that a reload changes for the
/// connections that came in there.
/// </summary>
sealed class ListenScope(ListenTable table)
{
    /// <summary>The servers behind the address, for requests that begin now.</summary>
    public ListenTable Current { get; set; } = table;
}
