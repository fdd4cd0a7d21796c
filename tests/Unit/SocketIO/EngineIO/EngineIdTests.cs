using Sluice.SocketIO.EngineIO;

namespace Sluice.Unit.SocketIO.EngineIO;

public class EngineIdTests
{
    [Theory]
    [InlineData("")]
    [InlineData("n7")]
    [InlineData("abcd")]
    public void An_id_has_twenty_characters_and_begins_with_its_tag(string tag)
    {
        var id = EngineId.Next(tag);
        Assert.StartsWith(tag, id, StringComparison.Ordinal);
        Assert.Matches(@"\A[\w-]{20}\z", id);
    }

    [Fact]
    public void No_two_ids_are_alike()
    {
        var ids = Enumerable.Range(0, 10_000).Select(_ => EngineId.Next("tag1")).ToHashSet();
        Assert.Equal(10_000, ids.Count);
    }
}
