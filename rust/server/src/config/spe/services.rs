//! `<services>`: what is switched on, and who may use it (wire protocol 11.2, authentication 1.11).

use std::collections::BTreeMap;

use super::element::Element;
use super::{cors, gate};
use crate::config::error::ConfigError;
use crate::config::{IdentityType, Permission, Service};

/// Services of stock servers. This server has routes for `remoting` alone; the others stay in the file for later.
const KNOWN: [&str; 10] = [
    "restfulv1",
    "restfulv2",
    "remoting",
    "fileDownload",
    "fileUpload",
    "mediaDownload",
    "mediaUpload",
    "handleDownload",
    "client",
    "execution",
];

/// The services by name.
pub(super) fn read(section: Element<'_>, warnings: &mut Vec<String>) -> Result<BTreeMap<String, Service>, ConfigError> {
    section.only_attributes(&[])?;
    let services = section.members(&KNOWN)?.into_iter();
    services
        .map(|service| Ok((service.name().to_owned(), read_one(service, warnings)?)))
        .collect()
}

fn read_one(element: Element<'_>, warnings: &mut Vec<String>) -> Result<Service, ConfigError> {
    element.only_attributes(&["enabled", "requireSecureConnection"])?;
    let mut service = Service {
        enabled: element
            .attribute("enabled")
            .is_some_and(|value| gate(element, "enabled", "enabled", value, warnings)),
        require_secure_connection: match element.attribute("requireSecureConnection") {
            None => false,
            Some(value) => must(element, value)?,
        },
        authorization: Vec::new(),
        cors: None,
    };
    for part in element.members(&["authorization", "cors"])? {
        if part.name() == "cors" {
            service.cors = cors::read(part, warnings)?;
            continue;
        }
        part.only_attributes(&[])?;
        for entry in part.children()? {
            service.authorization.push(permission(entry)?);
        }
    }
    Ok(service)
}

/// A switch that protects: misread as off it would open what it should close, so it is `true` or `false`.
fn must(element: Element<'_>, value: &str) -> Result<bool, ConfigError> {
    match value.to_ascii_lowercase().as_str() {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => {
            let problem = format!("requireSecureConnection is {value:?}, neither true nor false");
            Err(element.attribute_error("requireSecureConnection", problem))
        }
    }
}

/// An entry that cannot be read stops the start: a denial that is left out would let somebody in.
fn permission(entry: Element<'_>) -> Result<Permission, ConfigError> {
    if entry.name() != "add" {
        return Err(entry.unknown(&["add"]));
    }
    entry.only_attributes(&["Permission", "IdentityType", "Identity"])?;
    entry.children()?;
    let choice = |name, first: &str, second: &str| {
        let value = entry.required(name)?;
        if value.eq_ignore_ascii_case(first) {
            Ok(true)
        } else if value.eq_ignore_ascii_case(second) {
            Ok(false)
        } else {
            Err(entry.attribute_error(name, format!("{name} is {value:?}, neither {first} nor {second}")))
        }
    };
    Ok(Permission {
        allow: choice("Permission", "Allow", "Deny")?,
        identity_type: if choice("IdentityType", "Role", "User")? {
            IdentityType::Role
        } else {
            IdentityType::User
        },
        identity: entry.required("Identity")?.to_owned(),
    })
}
