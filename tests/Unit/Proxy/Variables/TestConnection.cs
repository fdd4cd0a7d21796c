using Sluice.Net;

namespace Sluice.Unit.Proxy.Variables;

/// <summary>A client's connection that has addresses and no bytes.</summary>
sealed class TestConnection : Connection, IConnectionHandler
{
    public TestConnection(Loop loop, string remote, string local)
        : base(loop, null!)
    {
        Handler = this;
        Serial = 77;
        RemoteAddress = Address.Parse(remote);
        LocalAddress = Address.Parse(local);
    }

    public TcpInfo? TcpInfo { get; set; }

    public override Address RemoteAddress { get; }

    public override Address LocalAddress { get; }

    public override int Read(Span<byte> buffer) => IoResult.Again;

    public override int Write(ReadOnlySpan<byte> bytes) => bytes.Length;

    public override int Write(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second) =>
        first.Length + second.Length;

    public override bool TryGetTcpInfo(out TcpInfo info)
    {
        info = TcpInfo ?? default;
        return TcpInfo is not null;
    }

    public override void ShutdownWrite()
    {
    }

    public override void Close(bool reset = false)
    {
    }

    public override void Yield()
    {
    }

    public override void SetNoDelay(bool on)
    {
    }

    public override void SetKeepAlive(
        bool on, int idleSeconds = 0, int intervalSeconds = 0, int count = 0)
    {
    }

    public void OnReadable(Connection connection)
    {
    }

    public void OnWritable(Connection connection)
    {
    }
}
