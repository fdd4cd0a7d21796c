using System.Text;
using Sluice.EndToEnd.Servers;

namespace Sluice.EndToEnd.Differential;

/// <summary>The suite sees what differs, reads what its files say, and takes messages apart.</summary>
public class HarnessTests
{
    const string Answer =
        "HTTP/1.1 200 OK\r\nServer: nginx/1.22.1\r\nDate: Mon, 01 Jan 2024 00:00:00 GMT\r\n"
        + "Content-Length: 2\r\nX-A: 1\r\nX-B: 2\r\n\r\nok";

    [Fact]
    public void Equal_observations_have_no_difference_whatever_the_clock_and_the_version() =>
        Assert.Empty(Differences(Answer.Replace("1.22.1", "1.31.5").Replace("00:00", "11:11")));

    [Theory]
    [InlineData("200 OK", "201 Created", "responses response 1 status line")]
    [InlineData("X-A: 1\r\n", "", "response 1 header x-a")]
    [InlineData("X-A: 1", "X-A: 2", "response 1 header x-a")]
    [InlineData("X-A: 1\r\nX-B: 2", "X-B: 2\r\nX-A: 1", "response 1 header order")]
    [InlineData("\r\n\r\nok", "\r\n\r\nno", "response 1 body")]
    public void Whatever_differs_is_named(string from, string to, string what)
    {
        var found = Differences(Answer.Replace(from, to)).Select(one => one.What).ToArray();
        Assert.Contains(found, one => what.Contains(one, StringComparison.Ordinal));
        Assert.InRange(found.Length, 1, 2);
    }

    [Fact]
    public void How_a_connection_ends_is_compared()
    {
        var (one, other) = (Observed(Answer), Observed(Answer));
        other.Clients[0].End = ConnectionEnd.Closed;
        Assert.Equal(
            [new Difference("end", "Kept", "Closed")], Differences(one, other));
    }

    [Fact]
    public void A_difference_that_is_not_accepted_fails_its_case() =>
        Assert.ThrowsAny<Exception>(() => AcceptedDifferences.Verify(
            "no/such-case", [new Difference("response 1 body", "a", "b")]));

    [Fact]
    public void A_difference_is_accepted_of_an_nginx_that_is_older_than_the_one_it_ended_with()
    {
        Assert.True(VersionBridge.IsOlderThan(null));
        Assert.True(VersionBridge.IsOlderThan(new Version(99, 0, 0)));
        Assert.False(VersionBridge.IsOlderThan(new Version(1, 0, 0)));
    }

    [Fact]
    public void A_script_is_bytes_and_commands()
    {
        var script = Script.Parse(
            ["GET / HTTP/1.1", @"X: \x41\0\\", "", @"open\", "@await 101", @"\n\", "@close"]);
        Assert.Equal(
            [Act.Send, Act.Await, Act.Send, Act.Close], script.Steps.Select(step => step.Act));
        Assert.Equal("GET / HTTP/1.1\r\nX: A\0\\\r\n\r\nopen", script.Steps[0].Text);
        Assert.Equal("101", script.Steps[1].Text);
        Assert.Equal("\n", script.Steps[2].Text);
    }

    [Fact]
    public void A_case_without_a_claim_is_refused() =>
        Assert.Throws<FormatException>(() => CaseFile.Parse("x/y", "=== get /\n"));

    [Fact]
    public void A_chunked_response_is_taken_apart_byte_by_byte()
    {
        var bytes = Encoding.ASCII.GetBytes(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
            + "3;a=b\r\none\r\n3\r\ntwo\r\n0\r\nX-T: 1\r\n\r\nHTTP/1.1 ");
        for (var length = 0; length < bytes.Length - 9; length++)
            Assert.Equal(-1, HttpReader.Response(bytes.AsSpan(0, length), false, false, out _));
        Assert.Equal(
            bytes.Length - 9, HttpReader.Response(bytes, false, false, out var message));
        Assert.Equal("onetwo", message!.Text);
        Assert.Equal(["X-T: 1"], message.Trailers);
        Assert.True(message.Complete);
    }

    [Fact]
    public void A_response_that_breaks_off_is_incomplete()
    {
        var bytes = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab"u8;
        Assert.Equal(-1, HttpReader.Response(bytes, ended: false, head: false, out _));
        Assert.Equal(
            bytes.Length, HttpReader.Response(bytes, ended: true, head: false, out var message));
        Assert.False(message!.Complete);
    }

    static List<Difference> Differences(string other) =>
        Differences(Observed(Answer), Observed(other));

    static List<Difference> Differences(Observation one, Observation other)
    {
        var normal = new Normal([], bridged: false);
        var file = CaseFile.Parse("group/case", "# A claim.\n=== get /\n");
        return Comparison.Of(file, one, normal, other, normal);
    }

    static Observation Observed(string answer)
    {
        HttpReader.Response(Encoding.ASCII.GetBytes(answer), true, false, out var message);
        var client = new ClientSeen { End = ConnectionEnd.Kept };
        client.Responses.Add(message!);
        var seen = new Observation();
        seen.Clients.Add(client);
        return seen;
    }
}
