//! What is fuzzed, and what is promised of it.

use std::collections::HashSet;
use std::fmt::Write as _;

use spe_protocol::cursor::CursorSigner;
use spe_protocol::{ScriptBody, SessionId};
use spe_server::fuzzing;

use crate::tokens;

/// A parser with its promises.
#[derive(Debug, Clone, Copy)]
pub struct Target {
    /// Its name.
    pub name: &'static str,
    /// Inputs to begin with.
    pub examples: &'static [&'static [u8]],
    /// Texts that mean something to it.
    pub words: &'static [&'static [u8]],
    /// Parses an input, and panics when a promise is broken.
    pub check: fn(&[u8]),
}

/// Every target.
pub const TARGETS: [Target; 10] = [
    Target {
        name: "body",
        examples: &[b"Get-Date", b"1<#s#><Objs/>", b"<#s#>", b"a <#s#> b <#s#>\r\n c "],
        words: &[b"<#s#>", b"<#", b"#>", b"<##>", b"\r\n", b"\xc3\xa9", b"s"],
        check: body,
    },
    Target {
        name: "cursor",
        examples: &[b"", b"v1.0.AAAA", b"MTIz", b"0000000000000000"],
        words: &[b".", b"=", b"-", b"_", b"A", b"AAAAAAAA", b"\0"],
        check: cursor,
    },
    Target {
        name: "query",
        examples: &[
            b"sessionId=a&persistentSession=true",
            b"outputFormat=json&x=1",
            b"jobId=%7BA%7D%3bx&cursor=%2525",
        ],
        words: &[
            b"sessionId=",
            b"SESSIONID",
            b"&",
            b"=",
            b"%",
            b"%26",
            b"%3D",
            b"+",
            b"%c3%a9",
            b"action=test",
        ],
        check: query,
    },
    Target {
        name: "route",
        examples: &[b"/-/script/script/", b"/-/script/wait/master", b"//-//SCRIPT//script"],
        words: &[
            b"/", b"..", b".", b"%2F", b"%2e", b"script", b"wait", b"-", b"\\", b";", b"\0",
        ],
        check: route,
    },
    Target {
        name: "frames",
        examples: &[
            b"\x0f\0\0\0\x02\0\0\0{\"type\":\"done\"}ab",
            b"\0\0\0\0\0\0\0\0",
            b"\x02\0\0\0\0\0\0\0{}\x02\0\0\0\x01\0\0\0{}x",
        ],
        words: &[
            b"\0\0\0\0",
            b"\xff\xff\xff\xff",
            b"\0\0\x01\0",
            b"\0\0\x10\0",
            b"{}",
            b"\x02\0\0\0",
        ],
        check: frames,
    },
    Target {
        name: "authorization",
        examples: &[b"Bearer a.b.c", b"Basic c2l0ZWNvcmVcc3ZjLXNwZTpwQHNz", b"basic Og=="],
        words: &[b"Bearer ", b"Basic ", b" ", b"=", b":", b"Og==", b"\\", b"\xff"],
        check: tokens::authorization,
    },
    Target {
        name: "token",
        examples: &[
            b"eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.e30.AAAA",
            b"eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCIsImtpZCI6InJzYS0xIn0.eyJpc3MiOiJhIn0.AAAA",
        ],
        words: &[b".", b"..", b"=", b"e30", b"bnVsbA", b"W10", b"eyJhbGciOiJub25lIn0", b"-", b"_", b"+"],
        check: tokens::token,
    },
    Target {
        name: "claims",
        examples: &[
            br#"{"iss":"SPE Remoting","exp":1800000029,"aud":"https://cm.test","name":"sitecore\\admin","iat":1799999999}"#,
            br#"{"iss":"SPE Remoting","exp":1.8e9,"aud":["https://cm.test"],"name":"admin","scope":"a b"}"#,
        ],
        words: &[
            b"\"exp\":", b"\"aud\":", b"null", b"1e400", b"-1", b"[]", b"{}", b"\\u0000", b"\\ud800", b",", b"9223372036854775808",
        ],
        check: tokens::claims,
    },
    Target {
        name: "keys",
        examples: &[
            br#"{"keys":[{"kty":"EC","crv":"P-256","use":"sig","alg":"ES256","kid":"ec-1","x":"3n2AdKA4zf8z8oypH5PxbMHmO9K59xlj5kIAoMu-GRk","y":"NrDp6P5zA7VdIJosa9R0wWtDE8etXd4msvI7QKqPayQ"}]}"#,
            br#"{"keys":[{"kty":"RSA","kid":"rsa-1","n":"AQAB","e":"AQAB"}]}"#,
        ],
        words: &[
            b"\"kty\":", b"\"RSA\"", b"\"EC\"", b"\"P-256\"", b"\"n\":", b"\"e\":", b"\"d\":", b"\"AA\"", b"[]", b"null", b",", b"{}",
        ],
        check: tokens::keys,
    },
    Target {
        name: "configuration",
        examples: &[
            b"<configuration xmlns:p='http://www.sitecore.net/xmlconfig/' xmlns:r='http://www.sitecore.net/xmlconfig/role/'>\
              <sitecore r:require='Standalone'><powershell><services><remoting enabled='true'/></services>\
              <authenticationProvider type='Spe.Core.Settings.Authorization.SharedSecretAuthenticationProvider, Spe'>\
              <sharedSecret>$(env:SECRET)</sharedSecret><allowedIssuers><issuer>A</issuer><issuer>B</issuer></allowedIssuers>\
              </authenticationProvider></powershell></sitecore></configuration>\0\
              <configuration xmlns:p='http://www.sitecore.net/xmlconfig/'><sitecore><powershell><services>\
              <remoting><p:attribute name='enabled'>false</p:attribute></remoting></services></powershell></sitecore></configuration>",
            b"<configuration><sitecore><powershell><authenticationProviders>\
              <a type='Spe.Core.Settings.Authorization.OAuthBearerTokenAuthenticationProvider, Spe'><jwksUri>https://$(env:SECRET)@a/</jwksUri>\
              <requireIat>$(env:SECRET)</requireIat></a></authenticationProviders></powershell></sitecore></configuration>\0\
              <configuration xmlns:p='http://www.sitecore.net/xmlconfig/'><sitecore><powershell><authenticationProviders>\
              <a p:before='a'><requireIat p:instead=\"*[local-name()='requireIat']\">true</requireIat></a>\
              </authenticationProviders></powershell></sitecore></configuration>",
        ],
        words: &[
            b"<p:delete/>",
            b" p:before=\"*[@type='x']\"",
            b" p:after='issuer'",
            b" p:instead=\"*[local-name()='a']\"",
            b" r:require='A and (B or !C)'",
            b" r:require='((!'",
            b"<sitecore>",
            b"</sitecore>",
            b"<issuer>",
            b"</issuer>",
            b"<!DOCTYPE a [<!ENTITY b 'c'>]>",
            b"&amp;",
            b"&#0;",
            b"<![CDATA[",
            b"]]>",
            b"$(env:SECRET)",
            b"<allowedAlgorithms><x>$(env:SECRET)</x></allowedAlgorithms>",
            b"<allowedIssuers><x>https://a?$(env:SECRET)</x></allowedIssuers>",
            b"\0",
        ],
        check: configuration,
    },
];

/// Wire protocol 3.2.2: what is taken apart is in the body, and what was joined comes apart again.
fn body(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    let split = ScriptBody::split(&text, "s");
    assert!(text.starts_with(split.script), "the script is the beginning");
    let arguments = split.arguments.unwrap_or_default();
    assert!(
        text.trim_end().ends_with(arguments.trim_end()),
        "the arguments are the end"
    );
    assert!(!arguments.contains("<#s#>"), "the last delimiter counts");
    assert_eq!(
        ScriptBody::split(&text, "").script,
        text,
        "without an id nothing is split"
    );
    let joined = ScriptBody::join(split.script, "s", split.arguments);
    let again = ScriptBody::split(&joined, "s");
    assert_eq!(again.arguments, split.arguments);
    assert!(split.script.starts_with(again.script));
}

/// Wire protocol 6.8: no text is a cursor but those that were signed.
fn cursor(input: &[u8]) {
    let (signer, job) = (CursorSigner::new(&[7; 32]), SessionId::parse("job").expect("a good id"));
    let text = String::from_utf8_lossy(input);
    if let Ok(offset) = signer.verify(&job, &text) {
        assert_eq!(signer.sign(&job, offset), text);
    }
    let offset = input.iter().fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
    let cursor = signer.sign(&job, offset);
    assert_eq!(signer.verify(&job, &cursor), Ok(offset));
    let forged = format!("{cursor}{text}");
    assert!(text.is_empty() || signer.verify(&job, &forged).is_err());
}

/// WP-D-30: each control parameter has one value, and it is what the text says once decoded.
fn query(input: &[u8]) {
    let raw = String::from_utf8_lossy(input);
    let Ok(pairs) = fuzzing::query(&raw) else { return };
    let mut names = HashSet::new();
    for (name, value) in &pairs {
        assert!(names.insert(name), "{name} stands there twice");
        assert!(value.len() <= raw.len(), "decoding makes nothing longer");
    }
    let encoded: Vec<_> = pairs
        .iter()
        .map(|(name, value)| format!("{name}={}", encode(value)))
        .collect();
    assert_eq!(fuzzing::query(&encoded.join("&")), Ok(pairs));
}

fn encode(value: &str) -> String {
    value.bytes().fold(String::new(), |mut text, byte| {
        // Writing to a string does not fail.
        let _ = write!(text, "%{byte:02x}");
        text
    })
}

/// WP-D-35: what is a route has nothing in it that is read differently elsewhere.
fn route(input: &[u8]) {
    let path = String::from_utf8_lossy(input);
    if fuzzing::is_route(&path) {
        let plain = |letter: char| letter.is_ascii_alphanumeric() || "/-_".contains(letter);
        assert!(path.chars().all(plain), "{path:?}");
    }
}

/// docs/developers/worker-channel.md: however the bytes of a channel come, they are the same frames, none larger than allowed.
fn frames(input: &[u8]) {
    let whole = fuzzing::frames(input, usize::MAX);
    let first = usize::from(input.first().copied().unwrap_or(1));
    for piece in [1, first] {
        assert_eq!(fuzzing::frames(input, piece), whole, "in pieces of {piece}");
    }
    let taken: usize = whole.0.iter().map(|(header, payload)| 8 + header + payload).sum();
    assert!(taken <= input.len());
    assert!(whole.1.is_err() || taken == input.len(), "nothing is left out");
}

/// Authentication 7.5: what is wrong is told with its file and line, and no value of the environment is told at all.
fn configuration(input: &[u8]) {
    const SECRET: &str = "hunter2-hunter2-hunter2-hunter2-hunter2";
    let text = String::from_utf8_lossy(input);
    let (base, patch) = text.split_once('\0').unwrap_or((&text, "<configuration/>"));
    let told = match fuzzing::configuration(base, patch, SECRET) {
        Ok(lines) => lines.join("\n"),
        Err(error) => {
            let file = ["base:", "patch:"].iter().find_map(|file| error.strip_prefix(file));
            assert!(
                file.is_some_and(|rest| rest.starts_with(|first: char| first.is_ascii_digit())),
                "{error}"
            );
            error
        }
    };
    assert!(!told.contains(SECRET), "{told}");
}
