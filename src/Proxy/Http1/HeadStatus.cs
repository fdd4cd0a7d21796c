namespace Sluice.Proxy.Http1;

/// <summary>What a parse call answers.</summary>
public enum HeadStatus
{
    /// <summary>The head has not ended; call again when more bytes have been appended.</summary>
    NeedMore,

    /// <summary>The head is there, with all its facts.</summary>
    Complete,

    /// <summary>The head is refused; the rejection says why.</summary>
    Rejected,
}
