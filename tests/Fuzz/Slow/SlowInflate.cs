namespace Sluice.Fuzz.Slow;

/// <summary>
/// DEFLATE (RFC 1951) bit by bit, from its text: codes are looked for one length after the other.
/// </summary>
sealed class SlowInflate
{
    static readonly int[] order =
        [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

    readonly byte[] bytes;
    readonly int outputMax;
    readonly List<byte> output;
    readonly int before;
    int at;

    SlowInflate(byte[] bytes, ReadOnlySpan<byte> window, int outputMax)
    {
        this.bytes = bytes;
        this.outputMax = outputMax;
        before = window.Length;
        output = [.. window];
    }

    /// <summary>More came out than may.</summary>
    public bool IsTooBig { get; private set; }

    /// <summary>The last block was seen.</summary>
    public bool IsWhole { get; private set; }

    public byte[] Output => [.. output[before..]];

    /// <param name="bytes">Blocks, up to one that says it is the last.</param>
    /// <param name="window">What stood before; matches may go back into it.</param>
    /// <param name="outputMax">How much may come out.</param>
    public static SlowInflate Run(byte[] bytes, ReadOnlySpan<byte> window, int outputMax)
    {
        var inflate = new SlowInflate(bytes, window, outputMax);
        try
        {
            inflate.Blocks();
            inflate.IsWhole = true;
        }
        catch (InvalidDataException)
        {
            // Invalid, cut off or too big.
        }

        return inflate;
    }

    void Blocks()
    {
        var isLast = false;
        while (!isLast)
        {
            isLast = Bits(1) == 1;
            switch (Bits(2))
            {
                case 0:
                    Stored();
                    break;
                case 1:
                    Compressed(
                        new Code([.. Enumerable.Range(0, 288).Select(FixedLength)]),
                        new Code([.. Enumerable.Repeat(5, 30)]));
                    break;
                case 2:
                    Dynamic();
                    break;
                default:
                    throw new InvalidDataException();
            }
        }
    }

    static int FixedLength(int symbol) =>
        symbol < 144 ? 8 : symbol < 256 ? 9 : symbol < 280 ? 7 : 8;

    void Stored()
    {
        at = (at + 7) / 8 * 8;
        var length = Bits(16);
        if (Bits(16) != (length ^ 0xffff))
            throw new InvalidDataException();
        for (var i = 0; i < length; i++)
            Put((byte)Bits(8));
    }

    void Dynamic()
    {
        var literalCount = Bits(5) + 257;
        var distanceCount = Bits(5) + 1;
        var lengthCount = Bits(4) + 4;
        if (literalCount > 286 || distanceCount > 30)
            throw new InvalidDataException();
        var lengths = new int[19];
        for (var i = 0; i < lengthCount; i++)
            lengths[order[i]] = Bits(3);
        var code = new Code(lengths);
        code.Require(mayBeSingle: false);
        var all = new List<int>();
        while (all.Count < literalCount + distanceCount)
        {
            var symbol = Symbol(code);
            if (symbol == 16 && all.Count == 0)
                throw new InvalidDataException();
            var (value, times) = symbol switch
            {
                16 => (all[^1], 3 + Bits(2)),
                17 => (0, 3 + Bits(3)),
                18 => (0, 11 + Bits(7)),
                _ => (symbol, 1),
            };
            all.AddRange(Enumerable.Repeat(value, times));
        }

        if (all.Count > literalCount + distanceCount || all[256] == 0)
            throw new InvalidDataException();
        var literals = new Code([.. all[..literalCount]]);
        var distances = new Code([.. all[literalCount..]]);
        literals.Require(mayBeSingle: true);
        distances.Require(mayBeSingle: true);
        Compressed(literals, distances);
    }

    void Compressed(Code literals, Code distances)
    {
        while (true)
        {
            var symbol = Symbol(literals);
            if (symbol == 256)
                return;
            if (symbol < 256)
            {
                Put((byte)symbol);
                continue;
            }

            if (symbol > 285)
                throw new InvalidDataException();
            var length = LengthOf(symbol - 257);
            var distance = DistanceOf(Symbol(distances));
            if (distance > output.Count)
                throw new InvalidDataException();
            for (var i = 0; i < length; i++)
                Put(output[^distance]);
        }
    }

    int LengthOf(int symbol)
    {
        if (symbol == 28)
            return 258;
        if (symbol < 8)
            return symbol + 3;
        var extra = symbol / 4 - 1;
        return (4 + symbol % 4 << extra) + 3 + Bits(extra);
    }

    int DistanceOf(int symbol)
    {
        if (symbol > 29)
            throw new InvalidDataException();
        if (symbol < 4)
            return symbol + 1;
        var extra = symbol / 2 - 1;
        return (2 + symbol % 2 << extra) + 1 + Bits(extra);
    }

    int Symbol(Code code)
    {
        var bits = 0;
        for (var length = 1; length <= 15; length++)
        {
            bits = bits << 1 | Bits(1);
            if (code.Find(length, bits) is { } symbol)
                return symbol;
        }

        throw new InvalidDataException();
    }

    int Bits(int count)
    {
        var value = 0;
        for (var i = 0; i < count; i++, at++)
        {
            if (at / 8 >= bytes.Length)
                throw new InvalidDataException();
            value |= (bytes[at / 8] >> at % 8 & 1) << i;
        }

        return value;
    }

    void Put(byte value)
    {
        if (output.Count - before == outputMax)
        {
            IsTooBig = true;
            throw new InvalidDataException();
        }

        output.Add(value);
    }

    /// <summary>Canonical codes from their lengths (section 3.2.2).</summary>
    sealed class Code
    {
        readonly Dictionary<(int Length, int Bits), int> symbols = [];
        readonly int left;

        public Code(int[] lengths)
        {
            var code = 0;
            left = 1 << 15;
            for (var length = 1; length <= 15; length++, code <<= 1)
            {
                for (var symbol = 0; symbol < lengths.Length; symbol++)
                {
                    if (lengths[symbol] != length)
                        continue;
                    symbols.TryAdd((length, code++), symbol);
                    left -= 1 << 15 - length;
                }
            }
        }

        public int? Find(int length, int bits) =>
            symbols.TryGetValue((length, bits), out var symbol) ? symbol : null;

        /// <summary>
        /// All codes are used, none twice; or there is none but one of one bit, or none at all,
        /// where a block needs no more.
        /// </summary>
        public void Require(bool mayBeSingle)
        {
            var isSingle = symbols.Count == 0
                || (symbols.Count == 1 && symbols.Keys.Single().Length == 1);
            if (left < 0 || (left > 0 && !(mayBeSingle && isSingle)))
                throw new InvalidDataException();
        }
    }
}
