//! `<cors>`: whose pages may call a service from a browser (wire protocol 2.2).

use super::element::Element;
use super::gate;
use crate::config::error::ConfigError;
use crate::config::{Cors, Origins};

/// How long a preflight counts where nothing is said, in seconds.
const DEFAULT_MAX_AGE: u32 = 3600;

/// Reads the element. Without an origin nobody is let in, as if it were not there.
pub(super) fn read(element: Element<'_>, warnings: &mut Vec<String>) -> Result<Option<Cors>, ConfigError> {
    element.only_attributes(&["allowedOrigins", "allowCredentials", "maxAge"])?;
    element.children()?;
    let listed = element.attribute("allowedOrigins").unwrap_or_default();
    if listed.is_empty() {
        warnings.push(format!(
            "{}: <cors> has no effect: allowedOrigins is empty",
            element.place_of("allowedOrigins")
        ));
        return Ok(None);
    }
    let origins = origins(element, listed)?;
    let credentials = element.attribute("allowCredentials");
    let mut allow_credentials =
        credentials.is_some_and(|value| gate(element, "allowCredentials", "allowCredentials", value, warnings));
    if allow_credentials && origins == Origins::Any {
        warnings.push(format!(
            "{}: allowCredentials counts as false beside allowedOrigins=\"*\"; name the origins",
            element.place_of("allowCredentials")
        ));
        allow_credentials = false;
    }
    Ok(Some(Cors {
        origins,
        allow_credentials,
        max_age: max_age(element, warnings),
    }))
}

fn origins(element: Element<'_>, listed: &str) -> Result<Origins, ConfigError> {
    if listed == "*" {
        return Ok(Origins::Any);
    }
    let origins = listed.split('|').map(|origin| {
        if is_origin(origin) {
            Ok(origin.to_owned())
        } else {
            let problem = format!(
                "allowedOrigins holds {origin:?}, which no browser sends; write * alone, or origins such as \
                 https://app.example.com separated by |"
            );
            Err(element.attribute_error("allowedOrigins", problem))
        }
    });
    Ok(Origins::Listed(origins.collect::<Result<_, _>>()?))
}

/// Scheme, host and port, as in the header `Origin`: an entry of another shape would match nothing in silence.
fn is_origin(text: &str) -> bool {
    let plain = |part: &str| {
        let letter = |byte: u8| byte.is_ascii_alphanumeric() || b"+-._:[]".contains(&byte);
        !part.is_empty() && part.bytes().all(letter)
    };
    text.split_once("://")
        .is_some_and(|(scheme, host)| plain(scheme) && plain(host))
}

fn max_age(element: Element<'_>, warnings: &mut Vec<String>) -> u32 {
    let Some(text) = element.attribute("maxAge") else {
        return DEFAULT_MAX_AGE;
    };
    text.trim().parse().unwrap_or_else(|_| {
        warnings.push(format!(
            "{}: maxAge is {text:?}, not a number of seconds, and counts as {DEFAULT_MAX_AGE}",
            element.place_of("maxAge")
        ));
        DEFAULT_MAX_AGE
    })
}
