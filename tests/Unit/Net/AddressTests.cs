using System.Net;
using System.Net.Sockets;
using System.Text;
using Sluice.Net;

namespace Sluice.Unit.Net;

public class AddressTests
{
    [Theory]
    [InlineData("127.0.0.1:80")]
    [InlineData("255.255.255.255:65535")]
    [InlineData("0.0.0.0:0")]
    [InlineData("[::1]:80")]
    [InlineData("[::]:8080")]
    [InlineData("[2001:db8::1:0:0:1]:443")]
    [InlineData("[2001:db8:0:1:1:1:1:1]:443")]
    [InlineData("[1:2:3:4:5:6:7:8]:1")]
    [InlineData("[fe80::]:1")]
    [InlineData("[::ffff:10.1.2.3]:80")]
    [InlineData("unix:/run/backend.sock")]
    [InlineData("unix:relative.sock")]
    public void Printed_text_reads_back_as_it_was(string text)
    {
        Assert.True(Address.TryParse(text, out var address));
        Assert.Equal(text, address.ToString());
        Assert.Equal(address, new Address(address.EndPoint));
    }

    [Theory]
    [InlineData("")]
    [InlineData("127.0.0.1")]
    [InlineData("127.0.0.1:")]
    [InlineData("127.0.0.1:65536")]
    [InlineData("127.0.0.1:-1")]
    [InlineData("127.0.0.256:1")]
    [InlineData("127.0.1:1")]
    [InlineData("1.2.3.4.5:1")]
    [InlineData("1:80")]
    [InlineData("0x7f.0.0.1:1")]
    [InlineData("localhost:80")]
    [InlineData("::1:80")]
    [InlineData("[::1")]
    [InlineData("[::1]")]
    [InlineData("[::1]80")]
    [InlineData("[fe80::1%eth0]:80")]
    [InlineData("[127.0.0.1]:80")]
    [InlineData("unix:")]
    public void What_is_no_address_is_refused(string text) =>
        Assert.False(Address.TryParse(text, out _));

    [Theory]
    [InlineData("127.0.0.1", "127.0.0.1:80")]
    [InlineData("[::1]", "[::1]:80")]
    [InlineData("010.0.0.1:81", "10.0.0.1:81")]
    [InlineData("[::0001]:81", "[::1]:81")]
    public void A_default_port_and_other_spellings_are_taken(string text, string printed)
    {
        Assert.True(Address.TryParse(text, out var address, defaultPort: 80));
        Assert.Equal(printed, address.ToString());
    }

    [Fact]
    public void A_path_of_107_bytes_is_taken_and_a_longer_one_refused()
    {
        Assert.True(Address.TryParse("unix:" + new string('p', 107), out var longest));
        Assert.Equal(2 + 107 + 1, longest.NativeBytes.Length);
        Assert.False(Address.TryParse("unix:" + new string('p', 108), out _));
        Assert.Throws<ArgumentException>(() => Address.Unix(new string('p', 108)));
    }

    [Theory]
    [InlineData("10.1.2.3:80", "10.1.2.3", 80, AddressFamily.InterNetwork)]
    [InlineData("[2001:db8::7]:80", "2001:db8::7", 80, AddressFamily.InterNetworkV6)]
    [InlineData("unix:/run/x", "unix:", 0, AddressFamily.Unix)]
    public void Ip_text_is_remote_addr(string text, string ip, int port, AddressFamily family)
    {
        var address = Address.Parse(text);
        Assert.Equal(ip, Encoding.UTF8.GetString(address.IpText.Span));
        Assert.Equal(port, address.Port);
        Assert.Equal(family, address.Family);
        Assert.Equal(family == AddressFamily.Unix, address.IsUnix);
    }

    [Theory]
    [InlineData("10.1.2.3:80", "0A010203")]
    [InlineData("[2001:db8::7]:80", "20010DB8000000000000000000000007")]
    [InlineData("unix:/run/x", "756E69783A")]
    public void Binary_form_is_binary_remote_addr(string text, string hex)
    {
        var address = Address.Parse(text);
        Span<byte> bytes = stackalloc byte[16];
        Assert.Equal(hex, Convert.ToHexString(bytes[..address.WriteBinary(bytes)]));
    }

    [Fact]
    public void Equal_addresses_are_equal_however_they_were_made()
    {
        var parsed = Address.Parse("127.0.0.1:80");
        var made = new Address(new IPEndPoint(IPAddress.Loopback, 80));
        Assert.Equal(parsed, made);
        Assert.Equal(parsed.GetHashCode(), made.GetHashCode());
        Assert.NotEqual(parsed, new Address(new IPEndPoint(IPAddress.Loopback, 81)));
        Assert.NotEqual(parsed, new Address(new IPEndPoint(IPAddress.IPv6Loopback, 80)));
        Assert.Equal(Address.Unix("/a"), Address.Unix("/a"));
        Assert.NotEqual(Address.Unix("/a"), Address.Unix("/b"));
    }

    [Theory]
    [InlineData("127.0.0.1:80", "020000507F000001" + "0000000000000000")]
    [InlineData("[::1]:256", "0A00010000000000" + "00000000000000000000000000000001" + "00000000")]
    [InlineData("unix:/a", "0100" + "2F6100")]
    public void Native_bytes_are_linux_sockaddr(string text, string hex)
    {
        var address = Address.Parse(text);
        Assert.Equal(hex, Convert.ToHexString(address.NativeBytes));
        if (!address.IsUnix)
            Assert.Equal(address, new Address(IpName.FromNative(address.NativeBytes)));
    }

    [Fact]
    public void Bytes_of_a_path_that_are_no_ascii_survive()
    {
        var path = "/r\u00e9";
        Assert.Equal("01002F72E900", Convert.ToHexString(Address.Unix(path).NativeBytes));
    }

    [Fact]
    public void Texts_of_errors_are_those_of_strerror()
    {
        Assert.Equal("Connection refused", IoResult.Text(IoResult.ConnectionRefused));
        Assert.Equal("Address already in use", IoResult.Text(IoResult.AddressInUse));
        Assert.Equal("ECONNRESET", Errno.Name(104));
        Assert.Equal("Unknown error 9999", Errno.Text(9999));
    }
}
