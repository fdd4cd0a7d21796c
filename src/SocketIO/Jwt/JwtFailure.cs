namespace Sluice.SocketIO.Jwt;

/// <summary>Why a token was refused.</summary>
public enum JwtFailure
{
    /// <summary>It was not.</summary>
    None,

    /// <summary>There is no token.</summary>
    Missing,

    /// <summary>It is longer than anybody's token.</summary>
    TooLong,

    /// <summary>Not three parts of base64url with JSON objects in the first two.</summary>
    Malformed,

    /// <summary>Its "alg" is none, unknown, or not on the list of allowed ones.</summary>
    AlgorithmRefused,

    /// <summary>It has a "crit" header: something must be understood that is not.</summary>
    ExtensionRefused,

    /// <summary>No key of ours has its "kid" and serves its "alg".</summary>
    KeyUnknown,

    /// <summary>The signature is not that of the key.</summary>
    SignatureInvalid,

    /// <summary>A registered claim has a type that it may not have.</summary>
    ClaimMalformed,

    /// <summary>It has no "exp", and must have one.</summary>
    ExpiryMissing,

    /// <summary>"exp" has passed.</summary>
    Expired,

    /// <summary>"nbf" has not come yet.</summary>
    NotYetValid,

    /// <summary>"iss" is missing or not ours.</summary>
    IssuerRefused,

    /// <summary>"aud" is missing or has none of ours.</summary>
    AudienceRefused,
}
