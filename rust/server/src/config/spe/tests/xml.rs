//! Settings, and what no file may be.

use super::{NAMESPACES, read_text, refused, sitecore};
use crate::config::LogFormat;

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

/// What is in a namespace nobody knows, or is no instruction, could be the one that closes a service: nothing is passed over in silence.
#[test]
fn unknown_instructions_are_refused() {
    let read = |inside: &str| read_text(&sitecore(inside));
    assert!(read("").is_ok(), "declarations alone do no harm");
    for (inside, part) in [
        ("<x:y xmlns:x='urn:other'/>", "urn:other"),
        ("<powershell xml:lang='en'/>", "namespace"),
        (
            "<powershell xmlns:y='http://www.sitecore.net/xmlconfig/a/b/' y:require='x'/>",
            "namespace",
        ),
        ("<role:require/>", "no element"),
        ("<powershell role:requires='Standalone'/>", "role:requires"),
        ("<powershell patch:befor='settings'/>", "patch:befor"),
        (
            "<powershell patch:before='settings' patch:after='settings'/>",
            "one place",
        ),
        ("<powershell><patch:deleted/></powershell>", "patch:deleted"),
        (
            "<powershell><patch:delete name='x'/></powershell>",
            "the attribute name of patch:delete",
        ),
        (
            "<powershell><patch:attribute value='x'/></powershell>",
            "needs the attribute name",
        ),
        (
            "<powershell><patch:attribute name='x' set:value='x'/></powershell>",
            "the attribute value of patch:attribute",
        ),
        (
            "<powershell><patch:attribute name='x'><y/></patch:attribute></powershell>",
            "no elements",
        ),
        ("<patch:delete/>", "not <sitecore>"),
    ] {
        refused(read(inside), part);
    }
    for text in [
        format!("<patch:configuration {NAMESPACES}/>"),
        format!("<configuration {NAMESPACES}><patch:sitecore/></configuration>"),
    ] {
        refused(read_text(&text), "inside <sitecore>");
    }
    refused(
        read_text(&format!("<configuration {NAMESPACES} role:require='Standalone'/>")),
        "conditions stand on <sitecore>",
    );
    refused(
        read_text("<configuration><sitecore database='x'/></configuration>"),
        "database",
    );
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
        read_text("<configuration><sitecore/><other/></configuration>"),
        "<other>",
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
