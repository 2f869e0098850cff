//! Turning what libraries and servers say into sentences.

use std::error::Error;
use std::io;
use std::time::Duration;

/// `text` with a capital and a full stop.
pub(crate) fn sentence(text: &str) -> String {
    let text = text.trim();
    let mut characters = text.chars();
    let Some(first) = characters.next() else {
        return String::new();
    };
    let mut sentence: String = first.to_uppercase().chain(characters).collect();
    if !sentence.ends_with(['.', '!', '?']) {
        sentence.push('.');
    }
    sentence
}

/// `duration` in seconds, with as many decimals as it has.
pub(crate) fn seconds(duration: Duration) -> String {
    format!("{} s", duration.as_secs_f64())
}

/// An error and everything behind it, outermost first. An [`io::Error`] hides what it was made from; it is looked into.
pub(crate) fn chain<'a>(error: &'a (dyn Error + 'static)) -> Vec<&'a (dyn Error + 'static)> {
    let mut errors = vec![error];
    let mut last = error;
    while let Some(next) = inner(last) {
        errors.push(next);
        last = next;
    }
    errors
}

fn inner<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a (dyn Error + 'static)> {
    if let Some(inner) = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
        return Some(inner);
    }
    error.source()
}

/// What lies at the bottom of an error, as the system or library words it.
pub(crate) fn root_cause(error: &(dyn Error + 'static)) -> String {
    chain(error).last().map(ToString::to_string).unwrap_or_default()
}
