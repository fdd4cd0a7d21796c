using Sluice.Proxy.Http1;
using static Sluice.Unit.Proxy.Http1.HeadText;

namespace Sluice.Unit.Proxy.Http1;

public class KnownHeadersTests
{
    static readonly KnownHeader[] All = Enum.GetValues<KnownHeader>();

    [Fact]
    public void A_name_with_NULs_behind_it_is_another()
    {
        foreach (var header in All.Where(one => one != KnownHeader.Other))
            for (var count = 1; count < 64; count++)
                Assert.Equal(
                    KnownHeader.Other,
                    KnownHeaders.Find(
                        Bytes(Of(KnownHeaders.Name(header)) + new string('\0', count))));
    }

    [Fact]
    public void Every_header_is_found_by_its_name_in_any_letters()
    {
        Assert.Equal(KnownHeaders.Count, All.Length);
        foreach (var header in All.Where(one => one != KnownHeader.Other))
        {
            var name = Of(KnownHeaders.Name(header));
            Assert.Equal(header, KnownHeaders.Find(Bytes(name)));
            Assert.Equal(header, KnownHeaders.Find(Bytes(name.ToLowerInvariant())));
            Assert.Equal(header, KnownHeaders.Find(Bytes(name.ToUpperInvariant())));
            Assert.Equal(
                header.ToString(), name.Replace("-", "", StringComparison.Ordinal),
                ignoreCase: true);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("Hos")]
    [InlineData("Hosts")]
    [InlineData("Content_Length")]
    [InlineData("Content-Lengtg")]
    [InlineData("h\u00d3st")]
    [InlineData("Content\rLength")]
    [InlineData("If-Match\0")]
    [InlineData("Sec-WebSocket-Extensions-Of-Another")]
    public void Other_names_are_other(string name) =>
        Assert.Equal(KnownHeader.Other, KnownHeaders.Find(Bytes(name)));

    [Fact]
    public void Set_has_what_was_put_in_and_nothing_else()
    {
        foreach (var header in All)
        {
            var set = KnownHeaderSet.Of(header, KnownHeader.Host);
            foreach (var other in All)
            {
                var isIn = other != KnownHeader.Other
                    && (other == header || other == KnownHeader.Host);
                Assert.Equal(isIn, set.Contains(other));
            }
            var rest = header == KnownHeader.Host ? KnownHeader.Other : KnownHeader.Host;
            Assert.Equal(KnownHeaderSet.Of(rest), set.Without(header));
        }
    }
}
