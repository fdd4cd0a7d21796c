namespace Sluice.Unit;

public class AllocationsTests
{
    [Fact]
    public void Nothing_is_nothing() => Assert.Equal(0, Allocations.Of(() => { }));

    [Fact]
    public void What_is_allocated_now_and_then_is_seen()
    {
        var calls = 0;
        object? kept = null;
        Assert.InRange(
            Allocations.Of(() => kept = ++calls % 10 == 0 ? new byte[100] : kept), 100, 1000);
        Assert.NotNull(kept);
    }
}
