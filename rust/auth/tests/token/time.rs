//! Times (2.5, 4.3, 10.7).

use spe_auth::registry::Registry;
use spe_auth::shared_secret::{Rules, Validator};
use spe_testkit::vectors::AUTH_HS256;

use crate::forge::{NOW, Payload, SECRET, Signed as _, h0, rules, validate, validate_at, validate_by};

fn code_by(rules: Rules, payload: &Payload) -> &'static str {
    validate_by(rules, &payload.token()).map_or_else(|error| error.code(), |_| "ok")
}

/// Forms that are no time, whatever the claim (AU-D-23 to AU-D-25): N147, N148, N151 to N153, N157.
const NO_TIMES: [&str; 20] = [
    r#""1800000029""#,
    r#""never""#,
    r#""""#,
    "true",
    "false",
    "null",
    "[]",
    "{}",
    "[1800000029]",
    "-1",
    "0",
    "-0",
    "-0.0",
    "0.5",
    "-1800000029",
    "253402300800",
    "9223372036854775807",
    "9223372036854775808",
    "18446744073709551616",
    "1e300",
];

#[test]
fn exp_is_a_time() {
    for json in NO_TIMES {
        assert_eq!(h0().with("exp", json).code(), "invalidExp", "{json}");
    }
    assert_eq!(h0().without("exp").code(), "missingExp");
}

#[test]
fn nbf_is_a_time_or_absent() {
    for json in NO_TIMES {
        assert_eq!(h0().with("nbf", json).code(), "invalidNbf", "{json}");
    }
}

/// N161, N164 (AU-D-10): also where `iat` may be absent.
#[test]
fn iat_is_a_time_or_absent() {
    for json in NO_TIMES {
        assert_eq!(h0().with("iat", json).code(), "invalidIat", "{json}");
        let strict = Rules {
            max_lifetime_seconds: 300,
            require_iat: true,
            ..rules()
        };
        let payload = h0().with("iat", json).at("exp", NOW + 86_400);
        assert_eq!(code_by(strict, &payload), "invalidIat", "{json}");
    }
}

/// 2.5, N143 (AU-D-11): `exp` has no leeway.
#[test]
fn exp_is_over_at_its_second() {
    for (exp, expected) in [
        (NOW + 1, "ok"),
        (NOW, "tokenExpired"),
        (NOW - 1, "tokenExpired"),
        (1, "tokenExpired"),
    ] {
        let payload = h0().without("iat").at("exp", exp);
        assert_eq!(payload.code(), expected, "{exp}");
    }
    assert_eq!(h0().without("iat").at("exp", 253_402_300_799).code(), "ok");
    assert!(validate(&h0().at("exp", NOW).token()).unwrap_err().proven);
}

/// 4.3, N149: fractions and exponents are numbers; a fraction is rounded against the caller.
#[test]
fn fractions_and_exponents_are_times() {
    assert_eq!(h0().with("exp", "1800000029.9").code(), "ok");
    assert_eq!(h0().with("exp", "1800000000.9").code(), "tokenExpired");
    assert_eq!(h0().with("exp", "1.800000029e9").code(), "ok");
    assert_eq!(h0().with("exp", "18000000290E-1").code(), "ok");
    assert_eq!(h0().with("nbf", "1800000030.0").code(), "ok");
    assert_eq!(h0().with("nbf", "1800000030.1").code(), "notYetValid");
    assert_eq!(
        h0().with("iat", "1800000030.1").at("exp", NOW + 60).code(),
        "issuedInFuture"
    );
    let rules = Rules {
        max_lifetime_seconds: 30,
        ..rules()
    };
    let payload = |iat: &str| h0().with("iat", iat).at("exp", NOW + 30);
    assert_eq!(code_by(rules.clone(), &payload("1800000000.9")), "ok");
    assert_eq!(code_by(rules, &payload("1799999999.9")), "lifetimeExceeded");
}

/// N155, N156.
#[test]
fn nbf_has_leeway() {
    assert_eq!(h0().at("nbf", NOW + 30).code(), "ok");
    assert_eq!(h0().at("nbf", NOW + 31).code(), "notYetValid");
    assert_eq!(h0().at("nbf", 1).code(), "ok");
}

/// N158.
#[test]
fn iat_has_leeway() {
    let payload = h0().at("exp", NOW + 100);
    assert_eq!(payload.clone().at("iat", NOW + 30).code(), "ok");
    assert_eq!(payload.at("iat", NOW + 31).code(), "issuedInFuture");
}

/// N167, N168.
#[test]
fn iat_is_required_where_the_configuration_says_so() {
    let payload = h0().without("iat");
    assert_eq!(payload.code(), "ok");
    let strict = Rules {
        require_iat: true,
        ..rules()
    };
    assert_eq!(code_by(strict, &payload), "missingIat");
}

/// N162, N163: inclusive.
#[test]
fn the_lifetime_is_bounded() {
    let rules = Rules {
        max_lifetime_seconds: 3600,
        ..rules()
    };
    let payload = |exp: i64| h0().at("iat", NOW - 10).at("exp", exp);
    assert_eq!(code_by(rules.clone(), &payload(NOW + 3590)), "ok");
    assert_eq!(code_by(rules, &payload(NOW + 3591)), "lifetimeExceeded");
    assert_eq!(payload(NOW + 1_000_000_000).code(), "ok");
}

/// N160, 2.4 step 12a: without `iat` there is no lifetime to check, which is told.
#[test]
fn an_unchecked_lifetime_is_told() {
    let bounded = Rules {
        max_lifetime_seconds: 60,
        ..rules()
    };
    let without = h0().without("iat").at("exp", NOW + 86_400).token();
    assert!(validate_by(bounded.clone(), &without).unwrap().lifetime_unchecked);
    assert!(!validate_by(bounded, AUTH_HS256.token).unwrap().lifetime_unchecked);
    assert!(!validate(&without).unwrap().lifetime_unchecked);
}

/// 2.5, N165 (AU-D-26): a token that ends before it began.
#[test]
fn exp_is_after_iat() {
    assert_eq!(h0().at("iat", NOW + 20).at("exp", NOW + 10).code(), "claimOrderInvalid");
    assert_eq!(h0().at("iat", NOW + 10).at("exp", NOW + 10).code(), "claimOrderInvalid");
    assert_eq!(h0().at("iat", NOW + 9).at("exp", NOW + 10).code(), "ok");
}

/// Settings out of every range do not turn the arithmetic around.
#[test]
fn extreme_settings_and_clocks_do_not_overflow() {
    for skew in [i64::MIN, -1, 0, i64::MAX] {
        for now in [i64::MIN, -1, 0, NOW, i64::MAX] {
            let rules = Rules {
                clock_skew_seconds: skew,
                max_lifetime_seconds: i64::MAX,
                ..rules()
            };
            let validator = Validator::new(Some(&SECRET.into()), rules);
            let token = h0().at("nbf", 1).token();
            let ahead = i128::from(now) + i128::from(skew.max(0));
            let expected = now < NOW + 29 && ahead >= i128::from(NOW - 1);
            assert_eq!(
                validate_at(&validator, &Registry::default(), &token, now).is_ok(),
                expected,
                "skew {skew}, now {now}"
            );
        }
    }
}
