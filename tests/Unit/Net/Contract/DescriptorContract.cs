using Sluice.Net;

namespace Sluice.Unit.Net.Contract;

/// <summary>
/// The end of the descriptors, on the real loops. The limit of a process cannot be lowered for
/// one test, so the loop is told of a lower one; SimulatedNetworkTests has the simulated one's.
/// </summary>
public abstract class DescriptorContract(Loop loop) : ContractFixture(loop)
{
    [Fact]
    public void At_the_limit_a_listener_pauses_and_goes_on_when_there_is_room() => Run(async () =>
    {
        var acceptor = Listen();
        Loop.Descriptors.AcceptLimit = 0;
        await ConnectAsync(acceptor.Listener.LocalAddress);
        await ConnectAsync(acceptor.Listener.LocalAddress);
        await UntilAsync(() => acceptor.Failures.Count == 2);
        Assert.Equal(1, acceptor.AcceptedCount);
        Assert.All(acceptor.Failures, failure =>
            Assert.Equal(IoResult.TooManyOpenFiles, failure.Error));
        long pausedMs = acceptor.Failures[1].AtMs - acceptor.Failures[0].AtMs;
        Assert.True(pausedMs >= NetLimits.AcceptPauseMs, $"{pausedMs} ms");

        Loop.Descriptors.AcceptLimit = int.MaxValue;
        await UntilAsync(() => acceptor.AcceptedCount == 2);
        Assert.Equal(2, acceptor.Failures.Count);
    });

    [Fact]
    public void The_limit_of_the_process_counts_once_it_is_read_again() => Run(async () =>
    {
        var acceptor = Listen();
        Loop.Descriptors.AcceptLimit = Loop.Descriptors.ConnectLimit = 0;
        Loop.ReadDescriptorLimit();
        await ConnectAsync(acceptor.Listener.LocalAddress);
        await acceptor.NextAsync();
        Assert.Empty(acceptor.Failures);
    });

    [Fact]
    public void At_the_limit_a_connect_is_refused_and_below_it_is_not() => Run(async () =>
    {
        var acceptor = Listen();
        Loop.Descriptors.ConnectLimit = 0;
        Assert.Null(Loop.Connect(
            acceptor.Listener.LocalAddress, ConnectOptions.Default, new Recorder(), out int error));
        Assert.Equal(IoResult.TooManyOpenFiles, error);
        Loop.Descriptors.ConnectLimit = int.MaxValue;
        await ConnectAsync(acceptor.Listener.LocalAddress);
        await acceptor.NextAsync();
    });
}
