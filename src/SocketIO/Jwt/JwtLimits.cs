namespace Sluice.SocketIO.Jwt;

/// <summary>How much of a token or a set of keys is looked at.</summary>
static class JwtLimits
{
    /// <summary>
    /// Characters of a token. Tokens travel in one header or query, of which servers take 8 KB
    /// as a rule; the auth payload has no such bound of its own. Longer ones are refused unread.
    /// </summary>
    public const int TokenCharsMax = 8192;

    /// <summary>Nesting of a token's JSON. Claims are flat or nearly so.</summary>
    public const int JsonDepthMax = 16;

    /// <summary>Claims of a token that become claims of a user; more is refused.</summary>
    public const int ClaimsMax = 256;

    /// <summary>
    /// Keys tried for one token without a "kid". Each costs a signature's verification, and a
    /// stranger may ask for it.
    /// </summary>
    public const int KeysTriedMax = 8;

    /// <summary>Bytes of a file of keys. A set of a dozen RSA keys is below 10 KB.</summary>
    public const int KeyFileBytesMax = 256 * 1024;

    /// <summary>Keys of one set; more is refused, because somebody has mistaken the file.</summary>
    public const int KeysMax = 64;

    /// <summary>Bits of an RSA modulus at least: RFC 7518, section 3.3.</summary>
    public const int RsaBitsMin = 2048;

    /// <summary>Bits of an RSA modulus at most; verifying a longer one takes milliseconds.</summary>
    public const int RsaBitsMax = 8192;
}
