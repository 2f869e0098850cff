//! Tokens: what criterion found in the benches of spe-auth.

use std::collections::BTreeMap;

use anyhow::Context as _;

use crate::layout::Layout;
use crate::process::{command, run};

/// Bad tokens of rust/auth/benches/tokens.rs.
const BAD: [&str; 8] = [
    "stranger",
    "expired",
    "expired_unproven",
    "scope",
    "issuer",
    "algorithm",
    "signature",
    "malformed",
];

/// `jwt.mint_us`, `verify.*` and `reject.worst_ratio`.
pub(super) fn all(layout: &Layout, figures: &mut BTreeMap<&'static str, f64>) -> anyhow::Result<()> {
    for bench in ["mint", "tokens"] {
        let arguments = ["bench", "--quiet", "--package", "spe-auth", "--bench", bench];
        run(command(layout.root(), "cargo", &arguments))?;
    }
    let median = |name: &str| median(layout, name);
    figures.insert("jwt.mint_us", median("mint_hs256")? / 1000.0);
    for (key, name) in [
        ("verify.hs256_ratio", "hs256"),
        ("verify.rs256_ratio", "rs256"),
        ("verify.es256_ratio", "es256"),
    ] {
        let of = |part: &str| median(&format!("verify/{name}_{part}"));
        figures.insert(key, of("whole")? / of("bare")?);
    }
    let again = ["verify/rs256_again", "verify/es256_again"].map(median);
    let [rs, es] = again;
    figures.insert("verify.cached_us", rs?.max(es?) / 1000.0);
    let good = median("reject/good")?;
    let mut worst = 0.0_f64;
    for name in BAD {
        worst = worst.max(median(&format!("reject/{name}"))? / good);
    }
    figures.insert("reject.worst_ratio", worst);
    Ok(())
}

/// In nanoseconds, from criterion's own estimate.
fn median(layout: &Layout, name: &str) -> anyhow::Result<f64> {
    let path = layout.target().join(format!("criterion/{name}/new/estimates.json"));
    let text = std::fs::read_to_string(&path).with_context(|| format!("criterion wrote no {}", path.display()))?;
    let estimates: serde_json::Value = serde_json::from_str(&text)?;
    let median = estimates["median"]["point_estimate"].as_f64();
    median.context("criterion's estimates have a median")
}
