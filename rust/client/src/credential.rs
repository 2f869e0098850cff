//! The one way a request gets its credential (CM-D-01).

use std::time::SystemTime;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::HeaderValue;
use secrecy::{ExposeSecret as _, SecretString};
use spe_auth::mint::{IssuedAt, TokenSpec, mint};
use url::Url;

use crate::clock::unix_seconds;
use crate::text::sentence;
use crate::{Credential, Failure, FailureKind, address};

/// What servers of the protocol expect in `iss`.
const ISSUER: &str = "SPE Remoting";

/// Life of a minted token, in seconds (client module 4.3).
const LIFE_SECONDS: i64 = 30;

/// The value of `Authorization` for one attempt on `base` at `now`, marked so that it is never printed.
pub(crate) fn header(credential: &Credential, base: &Url, now: SystemTime) -> Result<HeaderValue, Failure> {
    let text = match credential {
        Credential::AccessToken(token) => bearer(token.expose_secret())?,
        Credential::SharedSecret {
            secret,
            access_key_id,
            algorithm,
            username,
        } => {
            let spec = TokenSpec {
                algorithm: algorithm.parse().map_err(|error| refused(&error))?,
                token_type: "JWT".to_owned(),
                key_id: access_key_id.clone().filter(|id| !id.is_empty()),
                issuer: ISSUER.to_owned(),
                audience: address::origin(base),
                name: Some(username.clone()).filter(|name| !name.is_empty()),
                client_session: None,
                valid_for_seconds: LIFE_SECONDS,
                issued_at: IssuedAt::Now,
                not_before: None,
                scope: None,
            };
            bearer(&mint(&spec, secret, unix_seconds(now)).map_err(|error| refused(&error))?)?
        }
        Credential::Basic { username, password } => basic(username, password)?,
    };
    let mut value = HeaderValue::from_str(text.expose_secret())
        .map_err(|_| invalid("The access token holds a line break or another character that no header can carry."))?;
    value.set_sensitive(true);
    Ok(value)
}

fn bearer(token: &str) -> Result<SecretString, Failure> {
    if token.is_empty() {
        return Err(invalid("The access token is empty."));
    }
    Ok(format!("Bearer {token}").into())
}

/// Servers decode ISO-8859-1 (authentication 1.4), so what does not fit into it cannot be sent (CM-D-30).
fn basic(username: &str, password: &SecretString) -> Result<SecretString, Failure> {
    if username.contains(':') {
        return Err(invalid("A user name with a colon cannot be sent as Basic credentials."));
    }
    let pair = format!("{username}:{}", password.expose_secret());
    if pair.chars().any(char::is_control) {
        return Err(invalid("The user name or the password holds a control character."));
    }
    let bytes: Option<Vec<u8>> = pair.chars().map(|character| u8::try_from(character).ok()).collect();
    let bytes = bytes.ok_or_else(|| {
        invalid(
            "The user name or the password holds characters outside of ISO-8859-1, which Basic credentials cannot carry. \
             Use a shared secret or an access token.",
        )
    })?;
    Ok(format!("Basic {}", STANDARD.encode(bytes)).into())
}

fn refused(error: &dyn std::error::Error) -> Failure {
    invalid(&sentence(&error.to_string()))
}

fn invalid(message: &str) -> Failure {
    Failure::new(FailureKind::InvalidInput, message)
}
