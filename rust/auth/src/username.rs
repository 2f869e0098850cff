//! Names of accounts (1.10).

/// Longest name, in characters.
const MAX: usize = 256;
/// The domain of a name without one.
const DOMAIN: &str = "sitecore";

/// `domain\account` for a name as a token has it, the case kept, or `None` when no account can have the name. A name without
/// a domain is one of `sitecore`. Letters beyond ASCII pass and are neither folded nor normalised, so they only ever match the
/// same code points.
pub fn normalise(name: &str) -> Option<String> {
    if name.chars().count() > MAX {
        return None;
    }
    let (domain, account) = name.split_once('\\').unwrap_or((DOMAIN, name));
    let starts = |text: &str| text.chars().next().is_some_and(is_word);
    let domain_fits = starts(domain)
        && domain
            .chars()
            .all(|character| is_word(character) || ".-".contains(character));
    let account_fits = starts(account)
        && account
            .chars()
            .all(|character| is_word(character) || " @.-".contains(character));
    (domain_fits && account_fits).then(|| format!("{domain}\\{account}"))
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}
