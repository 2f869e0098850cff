//! Services, and whose pages may call them.

use super::{powershell, refused};
use crate::config::{Cors, IdentityType, Origins, Permission};

/// Wire protocol 11.2 and authentication 1.11: in document order.
#[test]
fn services_have_gates_and_permissions() {
    let (config, warnings) = powershell(
        r#"<services>
            <remoting enabled="TRUE" requireSecureConnection="false">
              <authorization>
                <add Permission="Allow" IdentityType="Role" Identity="sitecore\Remoting" />
                <add Permission="Deny" IdentityType="User" Identity="sitecore\a*" />
              </authorization>
            </remoting>
            <fileUpload />
          </services>"#,
    )
    .unwrap();
    let remoting = &config.services["remoting"];
    assert!(remoting.enabled && !remoting.require_secure_connection);
    let expected = [
        (true, IdentityType::Role, r"sitecore\Remoting"),
        (false, IdentityType::User, r"sitecore\a*"),
    ];
    let expected = expected.map(|(allow, identity_type, identity)| Permission {
        allow,
        identity_type,
        identity: identity.to_owned(),
    });
    assert_eq!(remoting.authorization, expected);
    assert!(!config.services["fileUpload"].enabled);
    assert_eq!(warnings, Vec::<String>::new());
}

/// Decisions, gate values: unknown values are off, and told.
#[test]
fn a_gate_with_an_unknown_value_is_off_and_told() {
    for value in ["yes", "1", "", "treu"] {
        let (config, warnings) = powershell(&format!("<services><remoting enabled='{value}'/></services>")).unwrap();
        assert!(!config.services["remoting"].enabled, "{value}");
        assert!(
            warnings.iter().any(|warning| warning.contains("enabled")),
            "{value}: {warnings:?}"
        );
    }
}

/// A protection is never switched off by a slip.
#[test]
fn require_secure_connection_is_true_or_false() {
    let read = |value: &str| {
        powershell(&format!(
            "<services><remoting requireSecureConnection='{value}'/></services>"
        ))
    };
    assert!(read("True").unwrap().0.services["remoting"].require_secure_connection);
    refused(read("yes"), "requireSecureConnection");
}

/// Wire protocol 11.2: duplicate names make the start fail; so does what is not understood.
#[test]
fn services_are_read_strictly() {
    for (inside, part) in [
        ("<remoting/><remoting/>", "twice"),
        ("<remotting/>", "did you mean remoting?"),
        ("<remoting enable='true'/>", "did you mean enabled?"),
        ("<remoting><authorisation/></remoting>", "did you mean authorization?"),
        (
            "<remoting><authorization><remove/></authorization></remoting>",
            "<remove>",
        ),
        (
            "<remoting><authorization><add Permission='Allow' IdentityType='Role'/></authorization></remoting>",
            "Identity",
        ),
        (
            "<remoting><authorization><add Permission='Deni' IdentityType='Role' Identity='x'/></authorization></remoting>",
            "Permission",
        ),
        (
            "<remoting><authorization><add Permission='Deny' IdentityType='Group' Identity='x'/></authorization></remoting>",
            "IdentityType",
        ),
        ("<remoting>text</remoting>", "no text"),
    ] {
        refused(powershell(&format!("<services>{inside}</services>")), part);
    }
}

/// Wire protocol 2.2: origins as browsers send them; what would match nothing stops the start.
#[test]
fn cors_names_origins() {
    let cors = |attributes: &str| {
        let read = powershell(&format!(
            "<services><remoting><cors {attributes}/></remoting></services>"
        ));
        read.map(|(mut config, warnings)| (config.services.remove("remoting").unwrap().cors, warnings))
    };
    let (read, warnings) = cors("allowedOrigins='https://a.example|http://[::1]:80' maxAge='5'").unwrap();
    let expected = Cors {
        origins: Origins::Listed(vec!["https://a.example".into(), "http://[::1]:80".into()]),
        allow_credentials: false,
        max_age: 5,
    };
    assert_eq!((read, warnings.len()), (Some(expected), 0));
    assert_eq!(cors("allowedOrigins=''").unwrap().0, None);
    let (any, warnings) = cors("allowedOrigins='*' allowCredentials='true' maxAge='soon'").unwrap();
    let any = any.unwrap();
    assert_eq!(
        (any.origins, any.allow_credentials, any.max_age),
        (Origins::Any, false, 3600)
    );
    assert_eq!(warnings.len(), 2, "{warnings:?}");
    for origins in [
        "a.example",
        "https://a.example/",
        "https://a | https://b",
        "*|https://a",
        "https://",
    ] {
        refused(cors(&format!("allowedOrigins='{origins}'")), "allowedOrigins holds");
    }
}
