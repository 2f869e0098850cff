//! For whom, by whom and as whom (10.8, 10.10).

use spe_auth::shared_secret::Rules;

use crate::forge::{Payload, Signed as _, h0, rules, user, validate, validate_by};

fn code_by(rules: Rules, payload: &Payload) -> &'static str {
    validate_by(rules, &payload.token()).map_or_else(|error| error.code(), |_| "ok")
}

/// N200, N204 to N206, N212: equal but for ASCII case, and only to what is configured.
#[test]
fn the_audience_is_a_configured_one() {
    for aud in ["https://cm.test", "HTTPS://CM.TEST", "https://CM.test"] {
        assert_eq!(h0().with("aud", &format!("\"{aud}\"")).code(), "ok", "{aud}");
    }
    for aud in [
        "other",
        "https://other.test",
        "https://cm.test2",
        "https://cm.test ",
        " https://cm.test",
        "https://cm.test/",
        "https://cm.test:443",
        "http://cm.test",
        "https://cm.te\u{17f}t",
        "cm.test",
        "*",
    ] {
        assert_eq!(
            h0().with("aud", &format!("\"{aud}\"")).code(),
            "audienceNotAllowed",
            "{aud}"
        );
    }
}

/// N207.
#[test]
fn without_configured_audiences_no_token_is_taken() {
    let rules = Rules {
        allowed_audiences: Vec::new(),
        ..rules()
    };
    assert_eq!(code_by(rules, &h0()), "audienceNotAllowed");
}

/// N201 to N203, N211 (AU-D-13).
#[test]
fn an_audience_is_a_text_or_texts() {
    for (json, expected) in [
        (r#"["https://cm.test"]"#, "ok"),
        (r#"["x","https://cm.test"]"#, "ok"),
        (r#"["","https://cm.test"]"#, "ok"),
        (r#"["x"]"#, "audienceNotAllowed"),
        (r#""""#, "missingAudience"),
        (r#"" ""#, "missingAudience"),
        ("[]", "missingAudience"),
        (r#"[""]"#, "missingAudience"),
        ("5", "missingAudience"),
        ("true", "missingAudience"),
        ("null", "missingAudience"),
        (r#"{"https://cm.test":1}"#, "missingAudience"),
        (r#"["https://cm.test",null]"#, "malformedToken"),
        (r#"["https://cm.test",5]"#, "malformedToken"),
        (r#"[["https://cm.test"]]"#, "malformedToken"),
    ] {
        assert_eq!(h0().with("aud", json).code(), expected, "{json}");
    }
    assert_eq!(h0().without("aud").code(), "missingAudience");
}

/// N180, N057, wire protocol 2.8.1.
#[test]
fn the_issuer_is_an_allowed_one() {
    for iss in ["SPE Remoting", "spe remoting", "WEB API"] {
        assert_eq!(h0().with("iss", &format!("\"{iss}\"")).code(), "ok", "{iss}");
    }
    for iss in [
        "evil",
        "SPE Remoting ",
        " SPE Remoting",
        "SPERemoting",
        r"SPE Remoting\u0000",
        "SPE",
        "\u{17f}PE Remoting",
    ] {
        assert_eq!(
            h0().with("iss", &format!("\"{iss}\"")).code(),
            "issuerNotAllowed",
            "{iss}"
        );
    }
    let none = Rules {
        allowed_issuers: Vec::new(),
        ..rules()
    };
    assert_eq!(code_by(none, &h0()), "issuerNotAllowed");
}

/// N181, N182, N191.
#[test]
fn an_issuer_is_a_text() {
    for json in [r#""""#, r#"" ""#, "5", "null", r#"["SPE Remoting"]"#, "{}"] {
        assert_eq!(h0().with("iss", json).code(), "missingIssuer", "{json}");
    }
    assert_eq!(h0().without("iss").code(), "missingIssuer");
    let header = r#"{"alg":"HS256","typ":"JWT","iss":"SPE Remoting"}"#;
    let token = crate::forge::token(header, h0().without("iss").json());
    assert_eq!(crate::forge::code(&token), "missingIssuer");
    let blank = Rules {
        allowed_issuers: vec![String::new(), " ".into()],
        ..rules()
    };
    assert_eq!(code_by(blank, &h0().with("iss", r#"" ""#)), "missingIssuer");
}

/// 2.4: the audience is looked at before the issuer, and both before the name.
#[test]
fn claims_are_judged_in_their_order() {
    let payload = h0()
        .with("name", "5")
        .with("iss", r#""evil""#)
        .with("aud", r#""other""#);
    assert_eq!(payload.clone().at("exp", 1).at("nbf", 1).code(), "tokenExpired");
    assert_eq!(payload.code(), "audienceNotAllowed");
    assert_eq!(
        payload.clone().with("aud", r#""https://cm.test""#).code(),
        "issuerNotAllowed"
    );
    let payload = payload.with("aud", r#""https://cm.test""#).with("iss", r#""Web API""#);
    assert_eq!(payload.code(), "invalidUsername");
}

/// N317, N056, N312 to N315.
#[test]
fn the_name_is_one_of_an_account() {
    for json in [
        r#""""#,
        r#"" ""#,
        "5",
        "null",
        r#"["sitecore\\admin"]"#,
        r#""sitecore\\admin\n""#,
        r#""sitecore\\ad\u0000min""#,
        r#""a\\b\\c""#,
        r#""auth0|abc""#,
        r#""sitecore\\""#,
        r#""\\admin""#,
    ] {
        assert_eq!(h0().with("name", json).code(), "invalidUsername", "{json}");
    }
    assert_eq!(h0().without("name").code(), "invalidUsername");
    let user = |json: &str| user(validate(&h0().with("name", json).token()).unwrap());
    assert_eq!(user(r#""admin""#), r"sitecore\admin");
    assert_eq!(user(r#""Sitecore\\Admin""#), r"Sitecore\Admin");
    assert_eq!(user(r#""dom\\svc-1.x @y_z""#), r"dom\svc-1.x @y_z");
}

/// 2.3: only correlation.
#[test]
fn the_client_session_is_a_text_or_nothing() {
    let session = |json: &str| {
        validate(&h0().with("client_session", json).token())
            .unwrap()
            .client_session
    };
    assert_eq!(session(r#""c-1""#).as_deref(), Some("c-1"));
    for json in [r#""""#, "5", "null", "{}"] {
        assert_eq!(session(json), None, "{json}");
    }
}

/// 2.8: what narrows is never overlooked.
#[test]
fn scopes_are_names_of_policies() {
    let scope = |json: &str| validate(&h0().with("scope", json).token()).unwrap().scope;
    assert_eq!(scope(r#""read-only""#), ["read-only"]);
    assert_eq!(scope(r#"" read-only  unrestricted ""#), ["read-only", "unrestricted"]);
    assert_eq!(scope(r#""a\tb""#), ["a\tb"]);
    assert!(scope(r#""""#).is_empty());
    assert!(scope(r#""  ""#).is_empty());
    for json in ["5", "null", "[]", r#"["unrestricted"]"#, "{}"] {
        assert_eq!(scope(json), [json], "{json}");
    }
}
