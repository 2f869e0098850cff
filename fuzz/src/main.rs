//! Runs one target for as long as asked: `spe-fuzz TARGET SECONDS [SEED]`.
#![forbid(unsafe_code)]

use std::time::Duration;

use anyhow::Context as _;
use spe_fuzz::{TARGETS, run};

fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let names = TARGETS.map(|target| target.name).join(", ");
    let usage = || format!("usage: spe-fuzz TARGET SECONDS [SEED], where TARGET is one of {names}");
    let name = arguments.next().with_context(usage)?;
    let target = TARGETS.iter().find(|target| target.name == name).with_context(usage)?;
    let seconds = arguments
        .next()
        .and_then(|text| text.parse().ok())
        .with_context(usage)?;
    let seed = match arguments.next() {
        Some(text) => text.parse().ok().with_context(usage)?,
        None => 1,
    };
    println!("{name} with seed {seed} for {seconds} s");
    let count = run(target, seed, Duration::from_secs(seconds));
    println!("{count} inputs, no promise broken");
    Ok(())
}
