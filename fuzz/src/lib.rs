//! Inputs made at random for the parsers of what callers, scripts and workers send.
//!
//! A target is a plain function that panics when a promise is broken. The tests give each some seconds on every run, from one
//! seed, so that a failure comes again; `cargo run --release -p spe-fuzz -- TARGET SECONDS SEED` gives one longer.
#![forbid(unsafe_code)]

mod generator;
mod targets;
mod tokens;

use std::time::{Duration, Instant};

pub use generator::Generator;
pub use targets::{TARGETS, Target};

/// Gives `target` inputs for `time`, the first of which are its examples. Returns how many there were.
pub fn run(target: &Target, seed: u64, time: Duration) -> u64 {
    let start = Instant::now();
    let mut generator = Generator::new(seed);
    let mut count = 0;
    for example in target.examples {
        (target.check)(example);
        count += 1;
    }
    while start.elapsed() < time {
        let input = generator.input(target);
        (target.check)(&input);
        count += 1;
    }
    count
}
