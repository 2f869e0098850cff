//! What a token costs: the figures `verify.*` and `reject.worst_ratio`, and how alike refusals of API keys are in time.

use std::hint::black_box;
use std::time::{Duration, Instant};

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use criterion::{BenchmarkGroup, Criterion, criterion_group, measurement::WallTime};
use jsonwebtoken::DecodingKey;
use secrecy::SecretString;
use spe_auth::jwks::{self, KeyCache, KeySet, Lookup};
use spe_auth::oauth::{OAuthProvider, ProvenTokens, Settings, route};
use spe_auth::registry::{ClientKind, ClientRecord, ClientSecret, Registry};
use spe_auth::shared_secret::{Rules, Validator};
use spe_auth::{Family, Refused, Token};
use spe_testkit::forge::{NOW, Payload, encode, sign_with};
use spe_testkit::idp::{KeyType, SigningKey};

const SECRET: &str = "0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0";
/// Tokens that are used in turn, more than a memory of one holds: each is as if it came for the first time.
const IN_TURN: usize = 8;
/// Calls of a distribution.
const CALLS: usize = 20_000;

/// A provider with its keys.
struct Idp {
    providers: [OAuthProvider; 1],
    keys: KeyCache,
}

impl Idp {
    fn of(keys: &[&SigningKey]) -> Self {
        let keys: Vec<_> = keys.iter().map(|key| key.jwk().to_string()).collect();
        let document = format!("{{\"keys\":[{}]}}", keys.join(","));
        let mut cache = KeyCache::new(jwks::Settings::default());
        let (keys, _) = KeySet::parse(document.as_bytes()).expect("a document");
        cache.fetched(keys, Duration::ZERO);
        let settings = Settings {
            allowed_audiences: vec!["spe-remoting".into()],
            allowed_issuers: vec!["https://idp.test".into()],
            required_scopes: vec!["spe.remoting".into()],
            jwks_uri: "https://idp.test/jwks".into(),
            ..Settings::default()
        };
        Self {
            providers: [OAuthProvider::new("bench", settings)],
            keys: cache,
        }
    }

    /// Everything that a server does with a token.
    fn validate(&self, text: &str, memory: &ProvenTokens) -> Result<(), Refused> {
        let token = Token::parse(text).map_err(Refused::unproven)?;
        let Family::Public(algorithm) = token.family().map_err(Refused::unproven)? else {
            unreachable!("the tokens are of a provider");
        };
        let checked = route(&self.providers, token, algorithm)
            .map_err(Refused::unproven)?
            .check(NOW)?;
        let key = checked.key_wanted().map(|wanted| {
            match self
                .keys
                .lookup(wanted.kid, wanted.algorithm, wanted.refresh, Duration::ZERO)
            {
                Lookup::Key(key) => Ok(key),
                Lookup::None(error) => Err(error),
                Lookup::Fetch => unreachable!("the keys are there"),
            }
        });
        checked.prove(key, memory)?.identify(&Registry::default(), NOW)?;
        Ok(())
    }
}

fn header(alg: &str, kid: &str) -> String {
    format!(r#"{{"alg":"{alg}","typ":"JWT","kid":"{kid}"}}"#)
}

/// Tokens that differ in their id alone.
fn tokens(key: &SigningKey, alg: &str) -> Vec<String> {
    let payload = |number: usize| Payload::t0().with("jti", &format!("\"{number}\"")).json();
    (0..IN_TURN)
        .map(|number| key.token(&header(alg, &key.kid), &payload(number)))
        .collect()
}

/// Measures `call` with one token after the other.
fn in_turn(group: &mut BenchmarkGroup<'_, WallTime>, name: &str, tokens: &[String], mut call: impl FnMut(&str)) {
    let mut next = 0;
    group.bench_function(name, |bencher| {
        bencher.iter(|| {
            next = (next + 1) % tokens.len();
            call(black_box(&tokens[next]));
        });
    });
}

/// First uses beside what the library takes for the signature alone, and a second use.
fn verify(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("verify");
    for (name, alg, kind, library) in [
        ("rs256", "RS256", KeyType::Rsa2048, jsonwebtoken::Algorithm::RS256),
        ("es256", "ES256", KeyType::P256, jsonwebtoken::Algorithm::ES256),
    ] {
        let key = SigningKey::generate("k-1", kind);
        let idp = Idp::of(&[&key]);
        let tokens = tokens(&key, alg);
        let memory = ProvenTokens::new(1);
        in_turn(&mut group, &format!("{name}_whole"), &tokens, |token| {
            idp.validate(token, &memory).expect("a good token");
        });
        let bare = bare_key(&key);
        in_turn(&mut group, &format!("{name}_bare"), &tokens, |token| {
            let (signed, signature) = token.rsplit_once('.').expect("a token");
            let valid = jsonwebtoken::crypto::verify(signature, signed.as_bytes(), &bare, library);
            assert!(valid.expect("a signature"));
        });
        let all = ProvenTokens::new(IN_TURN);
        in_turn(&mut group, &format!("{name}_again"), &tokens, |token| {
            idp.validate(token, &all).expect("a good token");
        });
    }
    let token = [sign(SECRET, r#"{"alg":"HS256","typ":"JWT"}"#, &Payload::h0())];
    let validator = validator();
    let nobody = Registry::default();
    in_turn(&mut group, "hs256_whole", &token, |token| {
        secret(&validator, &nobody, token).expect("a good token");
    });
    let key = hmac::Key::new(hmac::HMAC_SHA256, SECRET.as_bytes());
    in_turn(&mut group, "hs256_bare", &token, |token| {
        let (signed, signature) = token.rsplit_once('.').expect("a token");
        let signature = URL_SAFE_NO_PAD.decode(signature).expect("base64url");
        hmac::verify(&key, signed.as_bytes(), &signature).expect("a good signature");
    });
    group.finish();
}

fn bare_key(key: &SigningKey) -> DecodingKey {
    let jwk = key.jwk();
    let text = |name: &str| jwk[name].as_str().unwrap_or_default().to_owned();
    let made = if jwk["kty"] == "RSA" {
        DecodingKey::from_rsa_components(&text("n"), &text("e"))
    } else {
        DecodingKey::from_ec_components(&text("x"), &text("y"))
    };
    made.expect("a key")
}

/// Bad tokens of the size of a good one.
fn reject(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("reject");
    let (key, stranger) = (
        SigningKey::generate("k-1", KeyType::Rsa2048),
        SigningKey::generate("k-1", KeyType::Rsa2048),
    );
    let idp = Idp::of(&[&key]);
    let memory = ProvenTokens::new(1);
    let good = tokens(&key, "RS256");
    in_turn(&mut group, "good", &good, |token| {
        idp.validate(token, &memory).expect("a good token");
    });
    let (right, t0) = (header("RS256", "k-1"), Payload::t0());
    let expired = t0.clone().at("exp", NOW - 100);
    for (name, signer, header, payload) in [
        ("stranger", &stranger, right.clone(), t0.clone()),
        ("expired", &key, right.clone(), expired.clone()),
        ("expired_unproven", &stranger, right.clone(), expired),
        ("scope", &key, right.clone(), t0.clone().with("scope", "\"other\"")),
        ("issuer", &key, right, t0.clone().with("iss", "\"https://x.test\"")),
        ("algorithm", &key, header("PS256", "k-1"), t0),
    ] {
        let payload = |number: usize| payload.clone().with("jti", &format!("\"{number}\"")).json();
        let tokens: Vec<_> = (0..IN_TURN)
            .map(|number| signer.token(&header, &payload(number)))
            .collect();
        in_turn(&mut group, name, &tokens, |token| {
            assert!(idp.validate(token, &memory).is_err());
        });
    }
    // The signature of another token: a value that the key could have made.
    let (_, signature) = good[0].rsplit_once('.').expect("a token");
    let swapped = |token: &String| format!("{}.{signature}", token.rsplit_once('.').expect("a token").0);
    let swapped: Vec<_> = good[1..].iter().map(swapped).collect();
    let malformed: Vec<_> = good
        .iter()
        .map(|token| format!("{}!", &token[..token.len() - 1]))
        .collect();
    for (name, tokens) in [("signature", swapped), ("malformed", malformed)] {
        in_turn(&mut group, name, &tokens, |token| {
            assert!(idp.validate(token, &memory).is_err());
        });
    }
    group.finish();
}

fn validator() -> Validator {
    let rules = Rules {
        allowed_issuers: vec!["SPE Remoting".into()],
        allowed_audiences: vec!["https://cm.test".into()],
        max_lifetime_seconds: 0,
        clock_skew_seconds: 30,
        require_iat: false,
    };
    Validator::new(Some(&SECRET.into()), rules)
}

fn secret(validator: &Validator, clients: &Registry, text: &str) -> Result<(), Refused> {
    let token = Token::parse(text).map_err(Refused::unproven)?;
    validator.validate(&token, clients, NOW).map(drop)
}

fn sign(secret: &str, header: &str, payload: &Payload) -> String {
    sign_with(
        secret.as_bytes(),
        &format!("{}.{}", encode(header), encode(payload.json())),
    )
}

/// N136, N280: the time of a refusal says nothing of why. Printed, for a person to compare.
fn distributions() {
    let own = |id: &str| format!("the own secret of the client {id}, of 64 characters, no more: 0123")[..64].to_owned();
    let record = |id: &str, enabled, expires| ClientRecord {
        id: id.into(),
        name: id.into(),
        enabled,
        expires,
        policy: None,
        impersonated_user: r"sitecore\svc".into(),
        throttle: None,
        kind: ClientKind::SharedSecret {
            access_key_id: format!("spe_{id}"),
            secrets: vec![ClientSecret {
                secret: SecretString::from(own(id)),
                until: None,
            }],
        },
    };
    let records = [
        record("good", true, None),
        record("over", true, Some(5)),
        record("idle", false, None),
    ];
    let (clients, _) = Registry::new(&records, None);
    let validator = validator();
    let stranger = own("none");
    let token = |id: &str, secret: &str| sign(secret, &header("HS256", &format!("spe_{id}")), &Payload::h0());
    let right = token("good", &own("good"));
    let mut last = right.clone().into_bytes();
    let end = last.len() - 2;
    last[end] = if last[end] == b'A' { b'B' } else { b'A' };
    let cases = [
        ("unknown key id", token("none", &stranger)),
        ("disabled, bad signature", token("idle", &stranger)),
        ("expired, bad signature", token("over", &stranger)),
        ("bad signature", token("good", &stranger)),
        ("bad in its last bits", String::from_utf8(last).expect("a text")),
    ];
    let mut samples = vec![Vec::with_capacity(CALLS); cases.len()];
    for _ in 0..CALLS {
        // In turn, so that whatever else the machine does falls on all of them.
        for ((_, token), samples) in cases.iter().zip(&mut samples) {
            let start = Instant::now();
            assert!(black_box(secret(&validator, &clients, black_box(token))).is_err());
            samples.push(start.elapsed());
        }
    }
    println!(
        "\n{:<26} {:>9} {:>9} {:>9} {:>9}  ns",
        "refusal of an API key", "p5", "p50", "p95", "p99"
    );
    for ((name, _), samples) in cases.iter().zip(&mut samples) {
        samples.sort_unstable();
        let at = |percent: usize| samples[samples.len() * percent / 100].as_nanos();
        println!("{name:<26} {:>9} {:>9} {:>9} {:>9}", at(5), at(50), at(95), at(99));
    }
}

criterion_group!(benches, verify, reject);

fn main() {
    benches();
    distributions();
    Criterion::default().configure_from_args().final_summary();
}
