using Sluice.Cli.Bench;

namespace Sluice.Unit.Cli;

public class FrameTests
{
    [Theory]
    [InlineData(100)]
    [InlineData(4096)]
    [InlineData(65536)]
    public void A_header_cut_anywhere_gives_no_length_and_a_whole_one_does(int size)
    {
        byte[] frame = Frame.Masked(new byte[size]);
        int whole = frame.Length - size;
        for (int cut = 0; cut < whole; cut++)
        {
            Assert.Equal(0, Frame.ReadHeader(frame.AsSpan(0, cut), out long none, out _));
            Assert.Equal(0, none);
        }
        Assert.Equal(whole, Frame.ReadHeader(frame, out long length, out _));
        Assert.Equal(size, length);
    }
}
