//! What benches share.

use std::time::{SystemTime, UNIX_EPOCH};

use secrecy::SecretString;
use spe_auth::Algorithm;
use spe_auth::mint::{IssuedAt, TokenSpec, mint};

/// A token of the administrator that is good for an hour.
pub(crate) fn token(authority: &str, secret: &str) -> String {
    let spec = TokenSpec {
        algorithm: Algorithm::HS256,
        token_type: "JWT".into(),
        key_id: None,
        issuer: "SPE Remoting".into(),
        audience: format!("http://{authority}"),
        name: Some(r"sitecore\admin".into()),
        client_session: None,
        valid_for_seconds: 3600,
        issued_at: IssuedAt::Now,
        not_before: None,
        scope: None,
    };
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    mint(&spec, &SecretString::from(secret.to_owned()), now.try_into().unwrap()).unwrap()
}
