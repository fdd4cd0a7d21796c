using Sluice.SocketIO.Redis;

namespace Sluice.Unit.SocketIO.Redis;

/// <summary>How a Redis is named.</summary>
public sealed class RedisAddressTests
{
    [Theory]
    [InlineData("localhost", "localhost:6379", null, null, 0, false)]
    [InlineData("10.0.0.1:7000", "10.0.0.1:7000", null, null, 0, false)]
    [InlineData("[::1]:7000", "[::1]:7000", null, null, 0, false)]
    [InlineData("redis://r", "r:6379", null, null, 0, false)]
    [InlineData("redis://:p%40ss@r/3", "r:6379", null, "p@ss", 3, false)]
    [InlineData("redis://u:p:q@r:1", "r:1", "u", "p:q", 0, false)]
    [InlineData("rediss://u:p@r:1/2", "r:1", "u", "p", 2, true)]
    public void An_address_is_read(
        string text, string where, string? user, string? password, int database, bool useTls)
    {
        var address = RedisAddress.Parse(text);
        Assert.Equal(
            (where, user, password, database, useTls),
            (address.ToString(), address.User, address.Password, address.Database,
                address.UseTls));
    }

    [Theory]
    [InlineData("a:6379,b:6379", "several addresses")]
    [InlineData("localhost:6379,password=x", "without options behind a comma")]
    [InlineData("http://localhost", "looks like localhost:6379")]
    [InlineData("localhost:port", "looks like localhost:6379")]
    [InlineData("redis://localhost/first", "number of a database")]
    public void What_is_no_address_is_refused_with_what_to_do(string text, string advice)
    {
        var refused = Assert.Throws<FormatException>(() => RedisAddress.Parse(text));
        Assert.Contains(advice, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_password_is_not_in_what_an_address_says() => Assert.DoesNotContain(
        "secret", RedisAddress.Parse("redis://u:secret@r").ToString(), StringComparison.Ordinal);
}
