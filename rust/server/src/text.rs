//! Texts for users.

/// A library's lower-case message as a sentence for users.
pub(crate) fn sentence(message: &str) -> String {
    let mut characters = message.chars();
    let first = characters.next().map(|character| character.to_ascii_uppercase());
    first.into_iter().chain(characters).chain(['.']).collect()
}
