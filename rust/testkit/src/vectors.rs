//! Golden vectors of the protocol: tokens that more than one crate is held to.

use spe_auth::Algorithm;

/// A token that is signed with a shared secret and what stands in it.
#[derive(Debug, Clone, Copy)]
pub struct TokenVector {
    /// The secret.
    pub secret: &'static str,
    /// `alg`.
    pub algorithm: Algorithm,
    /// `kid`.
    pub key_id: Option<&'static str>,
    /// `aud`.
    pub audience: &'static str,
    /// `name`.
    pub name: Option<&'static str>,
    /// `iat`; `exp` is 30 seconds later.
    pub issued_at: i64,
    /// The token.
    pub token: &'static str,
}

const WIRE_SECRET: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
const AUTH_SECRET: &str = "0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0";
const KEY_ID: &str = "spe_0123456789abcdef01234567";

/// `iss` of every vector.
pub const ISSUER: &str = "SPE Remoting";

/// Wire protocol Appendix A: signed with the server-wide secret.
pub const WIRE_CONFIG_SECRET: TokenVector = TokenVector {
    secret: WIRE_SECRET,
    algorithm: Algorithm::HS256,
    key_id: None,
    audience: "https://cm.example.test",
    name: Some(r"sitecore\svc-spe"),
    issued_at: 2_000_000_000,
    token: "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.\
            eyJpc3MiOiJTUEUgUmVtb3RpbmciLCJleHAiOjIwMDAwMDAwMzAsImF1ZCI6Imh0dHBzOi8vY20uZXhhbXBsZS50ZXN0IiwibmFtZSI6InNp\
            dGVjb3JlXFxzdmMtc3BlIiwiaWF0IjoyMDAwMDAwMDAwfQ.\
            RSuJ-MdzBjOFV7jiLQximN_3dIxY7KM0eVYfbWeUTvY",
};

/// Wire protocol Appendix A: signed with the secret of a client record.
pub const WIRE_CLIENT: TokenVector = TokenVector {
    key_id: Some(KEY_ID),
    name: None,
    token: "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCIsImtpZCI6InNwZV8wMTIzNDU2Nzg5YWJjZGVmMDEyMzQ1NjcifQ.\
            eyJpc3MiOiJTUEUgUmVtb3RpbmciLCJleHAiOjIwMDAwMDAwMzAsImF1ZCI6Imh0dHBzOi8vY20uZXhhbXBsZS50ZXN0IiwiaWF0IjoyMDAw\
            MDAwMDAwfQ.\
            Acfy56zCexrrgJueRjQy_g_hMuLSuo_9mYT06sC0sy4",
    ..WIRE_CONFIG_SECRET
};

/// Authentication A.1 with HS256.
pub const AUTH_HS256: TokenVector = TokenVector {
    secret: AUTH_SECRET,
    algorithm: Algorithm::HS256,
    key_id: None,
    audience: "https://cm.test",
    name: Some(r"sitecore\admin"),
    issued_at: 1_799_999_999,
    token: "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.\
            eyJpc3MiOiJTUEUgUmVtb3RpbmciLCJleHAiOjE4MDAwMDAwMjksImF1ZCI6Imh0dHBzOi8vY20udGVzdCIsIm5hbWUiOiJzaXRlY29yZVxc\
            YWRtaW4iLCJpYXQiOjE3OTk5OTk5OTl9.\
            jddPqiI0e3nKkxlwlWT9pCG65uix9pw9k8I6lJ-GUUo",
};

/// Authentication A.1 with HS384.
pub const AUTH_HS384: TokenVector = TokenVector {
    algorithm: Algorithm::HS384,
    token: "eyJhbGciOiJIUzM4NCIsInR5cCI6IkpXVCJ9.\
            eyJpc3MiOiJTUEUgUmVtb3RpbmciLCJleHAiOjE4MDAwMDAwMjksImF1ZCI6Imh0dHBzOi8vY20udGVzdCIsIm5hbWUiOiJzaXRlY29yZVxc\
            YWRtaW4iLCJpYXQiOjE3OTk5OTk5OTl9.\
            bIwsZkXa-cazVRmhRFGhPmiPULMg5GedVHYp5UyF5LDl_6_XIUfTOLvKzUWwx4J2",
    ..AUTH_HS256
};

/// Authentication A.1 with HS512.
pub const AUTH_HS512: TokenVector = TokenVector {
    algorithm: Algorithm::HS512,
    token: "eyJhbGciOiJIUzUxMiIsInR5cCI6IkpXVCJ9.\
            eyJpc3MiOiJTUEUgUmVtb3RpbmciLCJleHAiOjE4MDAwMDAwMjksImF1ZCI6Imh0dHBzOi8vY20udGVzdCIsIm5hbWUiOiJzaXRlY29yZVxc\
            YWRtaW4iLCJpYXQiOjE3OTk5OTk5OTl9.\
            H-A93IiEwuLEYP0njWoWwNzWF6KZdkHMCHjs0ndBVZiq-Gpzua7VntYiYnoSfD_dDfPa0nnX0rrg4oMpwzoqCg",
    ..AUTH_HS256
};

/// Authentication A.2: signed with the secret of a client record.
pub const AUTH_CLIENT: TokenVector = TokenVector {
    secret: "Client-Secret-For-Vector-K0-0123456789abcdef",
    key_id: Some(KEY_ID),
    name: None,
    token: "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCIsImtpZCI6InNwZV8wMTIzNDU2Nzg5YWJjZGVmMDEyMzQ1NjcifQ.\
            eyJpc3MiOiJTUEUgUmVtb3RpbmciLCJleHAiOjE4MDAwMDAwMjksImF1ZCI6Imh0dHBzOi8vY20udGVzdCIsImlhdCI6MTc5OTk5OTk5OX0.\
            OQ6TVt_ZHtyf0ILAFayXJHBNpiEgW5to_8WZW06k2To",
    ..AUTH_HS256
};

/// All of them.
pub const TOKENS: [TokenVector; 6] = [
    WIRE_CONFIG_SECRET,
    WIRE_CLIENT,
    AUTH_HS256,
    AUTH_HS384,
    AUTH_HS512,
    AUTH_CLIENT,
];

/// A token of an identity provider and the key that signed it.
#[derive(Debug, Clone, Copy)]
pub struct PublicVector {
    /// The key as it is published.
    pub jwk: &'static str,
    /// The token.
    pub token: &'static str,
}

/// Authentication A.3 with ES256, E0.
pub const AUTH_ES256: PublicVector = PublicVector {
    jwk: r#"{"kty":"EC","crv":"P-256","use":"sig","alg":"ES256","kid":"ec-1","x":"3n2AdKA4zf8z8oypH5PxbMHmO9K59xlj5kIAoMu-GRk","y":"NrDp6P5zA7VdIJosa9R0wWtDE8etXd4msvI7QKqPayQ"}"#,
    token: "eyJhbGciOiJFUzI1NiIsInR5cCI6IkpXVCIsImtpZCI6ImVjLTEifQ.eyJpc3MiOiJodHRwczovL2lkcC50ZXN0IiwiYXVkIjoic3BlLXJlb\
            W90aW5nIiwic3ViIjoic2l0ZWNvcmVcXHN2Yy1yZW1vdGluZyIsImNsaWVudF9pZCI6InNwZS1jbGllbnQtMDEiLCJzY29wZSI6InNwZS5yZ\
            W1vdGluZyIsImlhdCI6MTc5OTk5OTk5MCwibmJmIjoxNzk5OTk5OTkwLCJleHAiOjE4MDAwMDAzMDAsImp0aSI6InQwIn0.9MjgREmhdUQ9r\
            rKJNyZmPeouco1_xNpZZ-oQ5qUa8MpGL7eGtTaTv6q3eWLKR-0SLHeV27iLNxHZSB6cWMlMTQ",
};

/// Authentication A.3: the other signature that a curve has for E0 (N131).
pub const AUTH_ES256_TWIN: &str =
    "9MjgREmhdUQ9rrKJNyZmPeouco1_xNpZZ-oQ5qUa8Mq50Eh4SslsQVVIhp01uBLtkG9k0e6MZ3Macawmo5nZBA";

/// Authentication A.3: the signature of E0 in DER (N129).
pub const AUTH_ES256_DER: &str =
    "MEUCIQD0yOBESaF1RD2usok3JmY96i5yjX_E2lln6hDmpRrwygIgRi-3hrU2k7-qt3liykftEix3ldu4izcR2UgenFjJTE0";

/// Authentication A.4 with RS256, T0.
pub const AUTH_RS256: PublicVector = PublicVector {
    jwk: r#"{"kty":"RSA","use":"sig","alg":"RS256","kid":"rsa-1","n":"mU3MdoIuX7zU6R2EpStTFrrdGy-VxUlgljV2-aZvOjT0gW8McUVxnaetl5Qj8MEKd_vmwyoHbWE_hdE7pc3WG-htP5DKmTZv-ka291Jh-7qUkaySvnCPqqiPlDYvZ6B-Ch1BaxdZQSIkD5GS67edBYHNRpgnNsrsMSjKNu18HdTEm7Y7q9QsDf31mCsRA1jw7uDcvJSpd9Ua4-kOz4VblTuO1x9PvgHMHXXXZGe0JQNoDT4G1QJjT_jgIJ7nOP-STHjTCKJ2k__s1DOXI-M7C7aa1-xEscSfTfGi-O2Wl1G-ep8lChLG5FLU8C8NoUprtBLQ8E0G3jg6_bk15OQjWQ","e":"AQAB"}"#,
    token: "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCIsImtpZCI6InJzYS0xIn0.eyJpc3MiOiJodHRwczovL2lkcC50ZXN0IiwiYXVkIjoic3BlLXJl\
            bW90aW5nIiwic3ViIjoic2l0ZWNvcmVcXHN2Yy1yZW1vdGluZyIsImNsaWVudF9pZCI6InNwZS1jbGllbnQtMDEiLCJzY29wZSI6InNwZS5y\
            ZW1vdGluZyIsImlhdCI6MTc5OTk5OTk5MCwibmJmIjoxNzk5OTk5OTkwLCJleHAiOjE4MDAwMDAzMDAsImp0aSI6InQwIn0.doRvLhOnYb8b\
            rmAQ8fdIdmWb6QOTElxpr05EQ0CuAWJA3ZKgIWa9sIKqZvdWxth9TuAJ9wuOVYU3ANxnze03EC-CWVYqYafUoQ_yKD0pH7sHl4H7F40GXl4J\
            bJskVJ66UJLDU6xLLiDZStFVgyLcVvBfyE13F73GYkZL8C2lho0KtBWTsHi5uYjDuQgyTOKCUrY88OeDbiXP02ZEi9prlkx41Wry333s9ga_\
            ajQpFKVcvtBPvF4-dYelCj2QRfsNMxoawnVShb4R9uM0LNKITk1VgW7VF1sJnItEdETmR0vAQCfya8y2RPZ-aQasKmUp5Yv7TInwS2kcdhwY\
            uOyGUg",
};
