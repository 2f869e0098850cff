//! The known name that was probably meant.

/// A hint with the name out of `known` that is nearest to `name`, or the empty string when none is near.
pub(super) fn hint<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    let lower = name.to_ascii_lowercase();
    let nearest = known
        .into_iter()
        .map(|candidate| (distance(&lower, &candidate.to_ascii_lowercase()), candidate))
        .min_by_key(|(distance, _)| *distance);
    match nearest {
        // Half of the letters may differ: more is no slip any more, but another name.
        Some((distance, candidate)) if distance * 2 <= candidate.len() => format!("; did you mean {candidate}?"),
        _ => String::new(),
    }
}

/// Edit distance (insert, delete, replace).
fn distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (line, letter) in left.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], line + 1);
        for (column, other) in right.iter().enumerate() {
            let replaced = diagonal + usize::from(letter != *other);
            diagonal = row[column + 1];
            row[column + 1] = replaced.min(row[column] + 1).min(diagonal + 1);
        }
    }
    row[right.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_are_counted() {
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("same", "same"), 0);
    }

    #[test]
    fn a_slip_is_named_and_another_word_is_not() {
        let known = ["limits.body", "limits.output", "workers.host"];
        assert_eq!(hint("Limits.boddy", known), "; did you mean limits.body?");
        assert_eq!(hint("colour", known), "");
    }
}
