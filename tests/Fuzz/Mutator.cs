using System.Text;

namespace Sluice.Fuzz;

/// <summary>Makes inputs of a target out of its corpus.</summary>
public sealed class Mutator
{
    // Longer inputs find nothing that shorter ones do not, and cost time.
    const int InputBytesMax = 4096;

    static readonly byte[] Sharp =
        [0, 1, 8, 9, 10, 13, 32, 35, 37, 43, 44, 45, 46, 47, 48, 57, 58, 59, 63, 64, 91, 93, 95,
        123, 127, 128, 255];

    readonly IReadOnlyList<byte[]> corpus;
    readonly byte[][] words;

    public Mutator(IReadOnlyList<byte[]> corpus, IReadOnlyList<string> words)
    {
        this.corpus = corpus;
        this.words = words.Select(Encoding.Latin1.GetBytes).ToArray();
    }

    /// <summary>The input that belongs to a run of a seed.</summary>
    public byte[] Input(long seed, long run)
    {
        var random = FuzzRandom.OfRun(seed, run);
        var bytes = new List<byte>(corpus[random.Below(corpus.Count)]);
        var count = 1 + random.Below(random.Below(4) == 0 ? 16 : 4);
        for (var mutation = 0; mutation < count; mutation++) Mutate(bytes, ref random);
        if (bytes.Count > InputBytesMax)
            bytes.RemoveRange(InputBytesMax, bytes.Count - InputBytesMax);
        return [.. bytes];
    }

    void Mutate(List<byte> bytes, ref FuzzRandom random)
    {
        var index = Place(bytes, ref random);
        var length = Math.Min(1 + random.Below(1 + random.Below(32)), bytes.Count - index);
        switch (random.Below(9))
        {
            case 0 when length > 0:
                bytes[index] ^= (byte)(1 << random.Below(8));
                break;
            case 1 when length > 0:
                bytes[index] = Sharp[random.Below(Sharp.Length)];
                break;
            case 2 when length > 0:
                bytes[index] = (byte)random.Next();
                break;
            case 3:
                bytes.Insert(index, Sharp[random.Below(Sharp.Length)]);
                break;
            case 4:
                bytes.RemoveRange(index, length);
                break;
            case 5:
                bytes.InsertRange(index, bytes.GetRange(index, length));
                break;
            case 6:
                bytes.InsertRange(index, Piece(corpus[random.Below(corpus.Count)], ref random));
                break;
            case 7 when length > 0:
                var from = random.Below(bytes.Count);
                (bytes[index], bytes[from]) = (bytes[from], bytes[index]);
                break;
            default:
                if (words.Length > 0)
                    bytes.InsertRange(index, words[random.Below(words.Length)]);
                break;
        }
    }

    // Anywhere, or as often where a line begins: whole lines are words of most formats.
    static int Place(List<byte> bytes, ref FuzzRandom random)
    {
        var index = random.Below(bytes.Count + 1);
        if (random.Below(2) == 0) return index;
        var feed = bytes.IndexOf((byte)'\n', index);
        return feed < 0 ? index : feed + 1;
    }

    static byte[] Piece(byte[] bytes, ref FuzzRandom random)
    {
        var start = random.Below(bytes.Length + 1);
        return bytes[start..(start + random.Below(bytes.Length - start + 1))];
    }
}
