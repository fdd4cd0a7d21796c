namespace Sluice.Unit;

public class SolutionTests
{
    [Fact]
    public void Errors_of_the_kernel_are_negative() => Assert.True(Sluice.Net.IoResult.Again < 0);
}
