//! Which providers there are: `<authenticationProvider>` and those of `<authenticationProviders>` (authentication 1.6, 7.1).

use super::element::Element;
use super::{Environment, oauth, provider};
use crate::config::error::ConfigError;
use crate::config::{OAuthBearerProvider, SharedSecretProvider, SpeConfig};

enum Provider {
    SharedSecret(SharedSecretProvider),
    OAuth(Box<OAuthBearerProvider>),
}

/// Takes the providers over. One shared secret counts at most: a later one takes the place of an earlier one, with a warning.
pub(super) fn read(
    powershell: Element<'_>,
    config: &mut SpeConfig,
    environment: Environment<'_>,
    warnings: &mut Vec<String>,
) -> Result<(), ConfigError> {
    let mut secret_at = None;
    for element in elements(powershell)? {
        match read_one(element, environment, warnings)? {
            Provider::SharedSecret(provider) => {
                if let Some(earlier) = secret_at.replace(element.place()) {
                    warnings.push(format!(
                        "{earlier}: this provider of a shared secret has no effect: the one at {} counts",
                        element.place()
                    ));
                }
                config.shared_secret = Some(provider);
            }
            Provider::OAuth(provider) => {
                // Only the singular slot can have the name of another.
                if config.oauth.iter().any(|earlier| earlier.name == provider.name) {
                    config.oauth.retain(|earlier| earlier.name != provider.name);
                    warnings.push(format!(
                        "{}: this provider takes the place of the <{}> beside the list",
                        element.place(),
                        provider.name
                    ));
                }
                config.oauth.push(*provider);
            }
        }
    }
    Ok(())
}

/// The one of the singular slot, then those of the list, wherever the two stand.
fn elements(powershell: Element<'_>) -> Result<Vec<Element<'_>>, ConfigError> {
    let (mut single, mut listed) = (None, Vec::new());
    for part in powershell.children()? {
        match part.name() {
            "authenticationProvider" => single = Some(part),
            "authenticationProviders" => {
                part.only_attributes(&["hint"])?;
                listed = part.children()?;
            }
            _ => {}
        }
    }
    for (index, element) in listed.iter().enumerate() {
        if let Some(earlier) = listed[..index].iter().find(|earlier| earlier.name() == element.name()) {
            return Err(element.twice(*earlier, &format!("a provider <{}>", element.name())));
        }
    }
    Ok(single.into_iter().chain(listed).collect())
}

fn read_one(
    element: Element<'_>,
    environment: Environment<'_>,
    warnings: &mut Vec<String>,
) -> Result<Provider, ConfigError> {
    element.only_attributes(&["type"])?;
    let kind = element.required("type")?;
    let plain = |text: &str| text.split_whitespace().collect::<String>();
    let is = |known: &str| plain(kind) == plain(known);
    if is(provider::TYPE) {
        return Ok(Provider::SharedSecret(provider::read(element, environment)?));
    }
    if is(oauth::TYPE) {
        let provider = oauth::read(element, environment, warnings)?;
        return Ok(Provider::OAuth(Box::new(provider)));
    }
    let problem = format!(
        "the provider {kind} is not supported; use {:?} or {:?}",
        provider::TYPE,
        oauth::TYPE
    );
    Err(element.attribute_error("type", problem))
}
