namespace Sluice.SocketIO.EngineIO;

/// <summary>The body of an answer to a poll.</summary>
/// <param name="Bytes">As they go out, before any compression.</param>
/// <param name="IsBinary">An octet stream, which only clients of version 3 are sent.</param>
/// <param name="IsPlain">All that stands in it must not be compressed.</param>
readonly record struct PollBody(byte[] Bytes, bool IsBinary = false, bool IsPlain = false);
