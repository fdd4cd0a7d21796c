namespace Sluice.Fuzz;

/// <summary>
/// An input's two first bytes are not for the code: one has the options, one says in what pieces
/// the rest arrives.
/// </summary>
public readonly ref struct FuzzInput
{
    readonly byte pieces;

    public FuzzInput(ReadOnlySpan<byte> input)
    {
        Options = input.Length > 0 ? input[0] : (byte)0;
        pieces = input.Length > 1 ? input[1] : (byte)0;
        Bytes = input.Length > 2 ? input[2..] : default;
    }

    public byte Options { get; }

    public ReadOnlySpan<byte> Bytes { get; }

    public bool Has(int bit) => (Options >> bit & 1) != 0;

    /// <summary>
    /// The ends of the pieces, ascending, the last one the end of the bytes. "0" is one piece,
    /// "1" is a piece a byte, any other a series of lengths of its own.
    /// </summary>
    public List<int> PieceEnds()
    {
        var ends = new List<int>();
        var random = new FuzzRandom(pieces);
        for (var end = 0; end < Bytes.Length;)
        {
            end += pieces switch
            {
                (byte)'0' => Bytes.Length,
                (byte)'1' => 1,
                _ => 1 + random.Below(1 + random.Below(100)),
            };
            ends.Add(Math.Min(end, Bytes.Length));
        }
        return ends;
    }
}
