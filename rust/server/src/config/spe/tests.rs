use std::path::Path;

use secrecy::ExposeSecret as _;

use super::*;
use crate::config::{Cors, IdentityType, LogFormat, Origins, Permission, SharedSecretProvider};

const SECRET: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
const PROVIDER: &str = "Spe.Core.Settings.Authorization.SharedSecretAuthenticationProvider, Spe";

fn environment(name: &str) -> Option<String> {
    (name == "SECRET").then(|| SECRET.to_owned())
}

fn read_text(text: &str) -> Result<(SpeConfig, Vec<String>), String> {
    let mut warnings = Vec::new();
    let config = read(Path::new("Spe.config"), text, &environment, &mut warnings);
    config
        .map(|config| (config, warnings))
        .map_err(|error| error.to_string())
}

fn powershell(inside: &str) -> Result<(SpeConfig, Vec<String>), String> {
    read_text(&format!(
        "<configuration><sitecore><powershell>\n{inside}</powershell></sitecore></configuration>"
    ))
}

fn provider(inside: &str) -> Result<(SharedSecretProvider, Vec<String>), String> {
    let read = powershell(&format!(
        "<authenticationProvider type='{PROVIDER}'>{inside}</authenticationProvider>"
    ));
    read.map(|(config, warnings)| (config.shared_secret.unwrap(), warnings))
}

fn refused(result: Result<impl Sized, String>, part: &str) {
    match result {
        Ok(_) => panic!("taken, and should say {part}"),
        Err(error) => {
            assert!(error.contains(part), "{error}: does not say {part}");
            assert!(error.starts_with("Spe.config:"), "{error}: does not say where");
        }
    }
}

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

/// Authentication 2.1: the defaults are those of the code, not of the shipped file.
#[test]
fn the_provider_has_the_defaults_of_the_code() {
    let (provider, _) = provider("").unwrap();
    assert!(provider.secret.is_none());
    assert!(provider.allowed_issuers.is_empty() && provider.allowed_audiences.is_empty());
    assert_eq!(provider.max_token_lifetime_seconds, 0);
    assert_eq!(provider.clock_skew_seconds, 30);
    assert!(provider.require_iat && !provider.detailed_errors);
}

/// Authentication 7.5: names in any case, texts trimmed, list children of any name.
#[test]
fn the_provider_is_read() {
    let (provider, _) = provider(&format!(
        "<SharedSecret>\n  <!-- keep it -->{SECRET}\n </SharedSecret>
         <allowedIssuers hint='list'><issuer> SPE Remoting </issuer><x>Web API</x></allowedIssuers>
         <allowedAudiences hint='list'><audience>https://a</audience></allowedAudiences>
         <maxTokenLifetimeSeconds>3600</maxTokenLifetimeSeconds><clockSkewSeconds>5</clockSkewSeconds>
         <requireIat>False</requireIat><detailedAuthenticationErrors>true</detailedAuthenticationErrors>"
    ))
    .unwrap();
    assert_eq!(provider.secret.unwrap().expose_secret(), SECRET);
    assert_eq!(provider.allowed_issuers, ["SPE Remoting", "Web API"]);
    assert_eq!(provider.allowed_audiences, ["https://a"]);
    assert_eq!(
        (provider.max_token_lifetime_seconds, provider.clock_skew_seconds),
        (3600, 5)
    );
    assert!(!provider.require_iat && provider.detailed_errors);
}

/// Authentication 10.12: N375, N376, N378 and their like.
#[test]
fn the_provider_is_read_strictly() {
    for (inside, part) in [
        (
            "<maxTokenLifetimeSeconds>abc</maxTokenLifetimeSeconds>",
            "maxTokenLifetimeSeconds",
        ),
        ("<maxTokenLifetimeSeconds>-1</maxTokenLifetimeSeconds>", "0 to"),
        ("<clockSkewSeconds>3601</clockSkewSeconds>", "0 to 3600"),
        ("<requireIat>yes</requireIat>", "requireIat"),
        ("<requireIat>true</requireIat><RequireIAT>true</RequireIAT>", "twice"),
        ("<skipSignature>true</skipSignature>", "skipSignature"),
        ("<allowedIssuers>text</allowedIssuers>", "no text"),
        ("<allowedIssuers><issuer/></allowedIssuers>", "empty"),
        ("<requireIat><x/></requireIat>", "no elements"),
    ] {
        refused(provider(inside), part);
    }
    refused(powershell("<authenticationProvider/>"), "type");
    refused(
        powershell("<authenticationProvider type='Spe.Other, Spe'/>"),
        "Spe.Other",
    );
    refused(
        powershell("<authenticationProviders><oauthBearer type='x'/></authenticationProviders>"),
        "not supported",
    );
    assert!(powershell("<authenticationProviders/>").is_ok());
}

/// Authentication 2.2: length in bytes, no number, nothing blank; and the secret is never shown.
#[test]
fn a_weak_secret_is_refused_and_not_shown() {
    let long_number = "1".repeat(64);
    for (secret, part) in [
        ("", "empty"),
        ("   ", "empty"),
        ("hunter2hunter2hunter2hunter2hun", "32"),
        (long_number.as_str(), "number"),
        ("-1.5e100000000000000000000000000000000000", "number"),
    ] {
        let result = provider(&format!("<sharedSecret>{secret}</sharedSecret>"));
        let error = result.as_ref().unwrap_err().clone();
        assert!(secret.trim().is_empty() || !error.contains(secret.trim()), "{error}");
        refused(result, part);
    }
    assert!(provider("<sharedSecret>h\u{fc}nter2hunter2hunter2hunter2hunt</sharedSecret>").is_ok());
}

/// Authentication 7.5 and N381: the value of a variable, and a missing one is an error that names it.
#[test]
fn texts_take_values_from_the_environment() {
    let (taken, _) = provider("<sharedSecret>$(env:SECRET)</sharedSecret>").unwrap();
    assert_eq!(taken.secret.unwrap().expose_secret(), SECRET);
    refused(provider("<sharedSecret>$(env:MISSING)</sharedSecret>"), "MISSING");
    refused(provider("<sharedSecret>$(env:SECRET</sharedSecret>"), "without its end");
}

/// Wire protocol 11.1.
#[test]
fn settings_are_known_or_refused() {
    let settings = |inside: &str| {
        read_text(&format!(
            "<configuration><sitecore><settings>\n{inside}</settings></sitecore></configuration>"
        ))
    };
    let (config, warnings) = settings(
        "<setting name='Spe.Remoting.DetailedErrors' value='true'/><setting name='Spe.LogFormat' value='JSON'/>
         <setting name='Spe.CommandWaitMillis' value='5'/><setting name='Spe.Remoting.UseForwardedHeaders' value='false'/>",
    )
    .unwrap();
    assert!(config.detailed_errors);
    assert_eq!(
        (config.log_format, config.use_forwarded_headers),
        (LogFormat::Json, Some(false))
    );
    assert!(warnings.iter().any(|warning| warning.contains("Spe.CommandWaitMillis")));
    let (config, warnings) = settings("<setting name='Spe.LogFormat' value='xml'/>").unwrap();
    assert_eq!(config.log_format, LogFormat::KeyValue);
    assert!(
        warnings
            .iter()
            .any(|warning| warning.contains("neither keyvalue nor json"))
    );
    let (config, warnings) = settings("<setting name='Spe.Remoting.DetailedErrors' value='on'/>").unwrap();
    assert!(!config.detailed_errors);
    assert!(warnings.iter().any(|warning| warning.contains("DetailedErrors")));
    refused(
        settings("<setting name='Spe.Remoting.DetailErrors' value='true'/>"),
        "did you mean Spe.Remoting.DetailedErrors?",
    );
    refused(settings("<setting name='Spe.LogFormat'/>"), "no value");
    refused(
        settings("<setting name='Spe.LogFormat' value=''/><setting name='Spe.LogFormat' value=''/>"),
        "twice",
    );
    refused(settings("<add/>"), "<add>");
}

/// This version reads no patches: one that was passed over in silence could be the one that closes a service.
#[test]
fn patches_and_conditions_are_refused() {
    let namespaces =
        "xmlns:patch='http://www.sitecore.net/xmlconfig/' xmlns:role='http://www.sitecore.net/xmlconfig/role/'";
    let read = |inside: &str| {
        read_text(&format!(
            "<configuration {namespaces}><sitecore>{inside}</sitecore></configuration>"
        ))
    };
    assert!(read("").is_ok(), "declarations alone do no harm");
    refused(read("<patch:delete/>"), "patch");
    refused(
        read("<powershell><services><remoting patch:instead='x'/></services></powershell>"),
        "patch",
    );
    refused(read("<powershell role:require='Standalone'/>"), "role");
    refused(read("<x:y xmlns:x='urn:other'/>"), "urn:other");
}

/// Authentication 7.5 and N377: document types and entities are refused, size and depth bounded.
#[test]
fn hostile_xml_is_refused() {
    refused(
        read_text("<!DOCTYPE x [<!ENTITY a 'b'>]><configuration>&a;</configuration>"),
        "document type",
    );
    refused(read_text("<configuration>"), "XML");
    refused(read_text("<other/>"), "<other>");
    refused(
        read_text("<configuration><sitecore/><sitecore/></configuration>"),
        "twice",
    );
    let deep = format!(
        "<configuration>{}{}</configuration>",
        "<a>".repeat(40_000),
        "</a>".repeat(40_000)
    );
    refused(read_text(&deep), "");
    let nested = format!(
        "<configuration>{}{}</configuration>",
        "<a>".repeat(64),
        "</a>".repeat(64)
    );
    refused(read_text(&nested), "64");
    let wide = format!("<configuration>{}</configuration>", "<a/>".repeat(10_001));
    refused(read_text(&wide), "10000");
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
