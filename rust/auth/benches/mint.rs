//! One HS256 token as a session mints it, key set-up included: the figure `jwt.mint_us`.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use secrecy::SecretString;
use spe_auth::Algorithm;
use spe_auth::mint::{IssuedAt, TokenSpec, mint};

fn mint_hs256(criterion: &mut Criterion) {
    let secret = SecretString::from("0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0");
    let spec = TokenSpec {
        algorithm: Algorithm::HS256,
        token_type: "JWT".into(),
        key_id: None,
        issuer: "SPE Remoting".into(),
        audience: "https://cm.example.test".into(),
        name: Some(r"sitecore\admin".into()),
        client_session: None,
        valid_for_seconds: 30,
        issued_at: IssuedAt::Now,
        not_before: None,
        scope: None,
    };
    criterion.bench_function("mint_hs256", |bencher| {
        bencher.iter(|| mint(black_box(&spec), black_box(&secret), black_box(1_800_000_000)));
    });
}

criterion_group!(benches, mint_hs256);
criterion_main!(benches);
