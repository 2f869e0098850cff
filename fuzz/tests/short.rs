//! A short run of every target. A longer one: `cargo run --release -p spe-fuzz -- TARGET SECONDS SEED`.

use spe_fuzz::{Generator, TARGETS};

/// Inputs for each target. A number, not a time, so that every run is the same.
const INPUTS: usize = 200_000;

#[test]
fn no_target_breaks_a_promise() {
    std::thread::scope(|scope| {
        for target in &TARGETS {
            scope.spawn(|| {
                let mut generator = Generator::new(20_260_502);
                for example in target.examples {
                    (target.check)(example);
                }
                for number in 0..INPUTS {
                    let input = generator.input(target);
                    let checked = std::panic::catch_unwind(|| (target.check)(&input));
                    assert!(checked.is_ok(), "{} breaks at input {number}: {input:?}", target.name);
                }
            });
        }
    });
}

/// A generator that made one input over and over would break nothing either.
#[test]
fn inputs_differ() {
    for target in &TARGETS {
        let mut generator = Generator::new(1);
        let inputs: std::collections::HashSet<_> = (0..1000).map(|_| generator.input(target)).collect();
        assert!(inputs.len() > 500, "{}: {}", target.name, inputs.len());
    }
}
