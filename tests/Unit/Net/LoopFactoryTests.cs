using Sluice.Net;

namespace Sluice.Unit.Net;

public class LoopFactoryTests
{
    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public void Without_a_word_the_machine_decides(string? word) => Assert.Equal(
        OperatingSystem.IsLinux() ? LoopKind.Epoll : LoopKind.Sockets, LoopFactory.Choose(word));

    [Fact]
    public void The_word_for_sockets_is_taken_everywhere() =>
        Assert.Equal(LoopKind.Sockets, LoopFactory.Choose("sockets"));

    [Fact]
    public void An_unknown_word_is_refused_with_those_that_are_known()
    {
        var error = Assert.Throws<InvalidOperationException>(() => LoopFactory.Choose("kqueue"));
        Assert.Equal(
            "SLUICE_LOOP=kqueue: no such loop; use SLUICE_LOOP=epoll or SLUICE_LOOP=sockets",
            error.Message);
    }

    [Fact]
    public void The_loop_made_is_of_the_kind_asked_for()
    {
        using var loop = LoopFactory.Create(LoopKind.Sockets);
        Assert.Equal("sockets", loop.Name);
        using var best = LoopFactory.Create(LoopFactory.Choose(null));
        Assert.Equal(OperatingSystem.IsLinux() ? "epoll" : "sockets", best.Name);
    }
}
