//! Tokens that no minting function would make.

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// The clock of the matrix of authentication 10.
pub const NOW: i64 = 1_800_000_000;

/// Base64url without padding.
pub fn encode(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// `signed` with its HS256 signature by `secret`.
pub fn sign_with(secret: &[u8], signed: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
    format!("{signed}.{}", encode(hmac::sign(&key, signed.as_bytes())))
}

/// A payload, member by member as raw JSON.
#[derive(Clone, Default)]
pub struct Payload(Vec<(String, String)>);

impl Payload {
    /// With `name` as `json`, in place of what was there.
    #[must_use]
    pub fn with(self, name: &str, json: &str) -> Self {
        let mut payload = self.without(name);
        payload.0.push((name.into(), json.into()));
        payload
    }

    /// With a whole second under `name`.
    #[must_use]
    pub fn at(self, name: &str, seconds: i64) -> Self {
        self.with(name, &seconds.to_string())
    }

    /// Without `name`.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.0.retain(|(own, _)| own != name);
        self
    }

    /// The whole.
    pub fn json(&self) -> String {
        let members = self.0.iter().map(|(name, json)| format!("\"{name}\":{json}"));
        format!("{{{}}}", members.collect::<Vec<_>>().join(","))
    }

    /// H0: a token of the server-wide secret, in the order of Appendix A.
    pub fn h0() -> Self {
        Self::default()
            .with("iss", r#""SPE Remoting""#)
            .with("exp", "1800000029")
            .with("aud", r#""https://cm.test""#)
            .with("name", r#""sitecore\\admin""#)
            .with("iat", "1799999999")
    }

    /// T0: a token of the identity provider.
    pub fn t0() -> Self {
        Self::default()
            .with("iss", r#""https://idp.test""#)
            .with("aud", r#""spe-remoting""#)
            .with("sub", r#""sitecore\\svc-remoting""#)
            .with("client_id", r#""spe-client-01""#)
            .with("scope", r#""spe.remoting""#)
            .with("iat", "1799999990")
            .with("nbf", "1799999990")
            .with("exp", "1800000300")
            .with("jti", r#""t0""#)
    }
}
