using System.Globalization;
using System.Numerics;
using System.Text;

namespace Sluice.Fuzz.Slow;

/// <summary>
/// Bodies of version 3 as the parser of engine.io 3 reads them, character by character; packets
/// are "t" and a text, or "b" and hex. An attachment begins with its type.
/// </summary>
static class SlowOldPollingPayload
{
    const int DigitsMax = 10;

    /// <summary>The packets before the first mistake, and whether there was none.</summary>
    public static (List<string> Packets, bool IsWhole) Read(byte[] body, bool isBinary) =>
        isBinary ? ReadBinary(body) : ReadText(Encoding.UTF8.GetString(body));

    static (List<string> Packets, bool IsWhole) ReadText(string body)
    {
        var packets = new List<string>();
        var digits = "";
        for (var index = 0; index < body.Length; index++)
        {
            if (body[index] != ':')
            {
                digits += body[index];
                if (digits.Length > DigitsMax || !char.IsAsciiDigit(body[index]))
                    return (packets, false);
                continue;
            }

            if (digits.Length == 0)
                return (packets, false);
            var length = BigInteger.Parse(digits, CultureInfo.InvariantCulture);
            if (index + 1 + length > body.Length)
                return (packets, false);
            var packet = body.Substring(index + 1, (int)length);
            index += (int)length;
            digits = "";
            if (packet.Length > 0)
                Add(packet, packets);
        }

        return (packets, body.Length > 0 && digits.Length == 0);
    }

    static (List<string> Packets, bool IsWhole) ReadBinary(byte[] body)
    {
        var packets = new List<string>();
        for (var index = 0; index < body.Length;)
        {
            var isText = body[index++] == 0;
            var length = BigInteger.Zero;
            var digitsCount = 0;
            while (index < body.Length && body[index] <= 9 && ++digitsCount < DigitsMax)
                length = length * 10 + body[index++];
            if (index == body.Length || digitsCount == 0 || body[index++] != 0xff
                || index + length > body.Length)
                return (packets, false);
            var packet = body[index..(index + (int)length)];
            index += (int)length;
            if (!isText)
                packets.Add("b" + Convert.ToHexString(packet));
            else
                Add(Encoding.UTF8.GetString(packet), packets);
        }

        return (packets, true);
    }

    /// <summary>A text, or what it stands for: "b", a type's digit that exists, and base64.</summary>
    static void Add(string packet, List<string> packets)
    {
        if (!packet.StartsWith('b'))
            // Lengths may cut a character in half.
            packets.Add("t" + Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(packet)));
        else if (packet.Length > 1 && packet[1] is >= '0' and <= '6')
            packets.Add($"b{packet[1] - '0':X2}{FromBase64(packet[2..])}");
    }

    /// <summary>Digits up to a padding, six bits each; bits that make no byte are dropped.</summary>
    static string FromBase64(string text)
    {
        const string digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        var bits = string.Concat(text.Split('=')[0].Replace('-', '+').Replace('_', '/')
            .Select(letter => digits.IndexOf(letter, StringComparison.Ordinal))
            .Where(digit => digit >= 0).Select(digit => $"{digit:B6}"));
        return string.Concat(Enumerable.Range(0, bits.Length / 8)
            .Select(index => $"{Convert.ToByte(bits.Substring(index * 8, 8), 2):X2}"));
    }
}
