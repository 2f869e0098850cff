//! Inputs out of examples and words, changed at random.

use crate::Target;

/// Most changes of one input.
const CHANGES: usize = 12;
/// Longest input, in bytes.
const LONGEST: usize = 4096;

/// A source of inputs. The same seed gives the same inputs.
#[derive(Debug, Clone)]
pub struct Generator(fastrand::Rng);

impl Generator {
    /// Starts from `seed`.
    pub fn new(seed: u64) -> Self {
        Self(fastrand::Rng::with_seed(seed))
    }

    /// A number below `bound`, or zero.
    fn below(&mut self, bound: usize) -> usize {
        self.0.usize(..bound.max(1))
    }

    fn pick<'a, T>(&mut self, things: &'a [T]) -> &'a T {
        &things[self.below(things.len())]
    }

    /// The next input for `target`.
    pub fn input(&mut self, target: &Target) -> Vec<u8> {
        let mut input = self.pick(target.examples).to_vec();
        for _ in 0..=self.below(CHANGES) {
            self.change(&mut input, target);
        }
        input.truncate(LONGEST);
        input
    }

    fn change(&mut self, input: &mut Vec<u8>, target: &Target) {
        let at = self.below(input.len() + 1);
        match self.below(7) {
            0 => {
                let word = self.pick(target.words);
                input.splice(at..at, word.iter().copied());
            }
            1 => input.insert(at, self.0.u8(..)),
            2 if at < input.len() => input[at] ^= 1 << self.below(8),
            3 if at < input.len() => {
                input.remove(at);
            }
            4 => input.truncate(at),
            5 => {
                // A piece of itself once more, so that things stand there twice.
                let end = at + self.below(input.len() + 1 - at);
                let piece = input[at..end].to_vec();
                let to = self.below(input.len() + 1);
                input.splice(to..to, piece);
            }
            _ => {
                let other = self.pick(target.examples);
                input.truncate(at);
                input.extend_from_slice(&other[self.below(other.len())..]);
            }
        }
    }
}
