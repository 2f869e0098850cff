//! Sizes and durations as people write them.

use std::time::Duration;

const SIZES: [(&str, u64); 4] = [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10), ("B", 1)];
const TIMES: [(&str, u64); 5] = [
    ("d", 86_400_000),
    ("h", 3_600_000),
    ("ms", 1),
    ("m", 60_000),
    ("s", 1000),
];

/// `32MiB` as bytes.
pub(super) fn parse_size(text: &str) -> Option<u64> {
    parse(text, &SIZES)
}

/// Bytes in the largest unit that divides them.
pub(super) fn show_size(bytes: u64) -> String {
    show(bytes, &SIZES, "B")
}

/// `200ms` as a duration.
pub(super) fn parse_time(text: &str) -> Option<Duration> {
    parse(text, &TIMES).map(Duration::from_millis)
}

/// A duration in the largest unit that divides it.
pub(crate) fn show_time(time: Duration) -> String {
    let by_length = [TIMES[0], TIMES[1], TIMES[3], TIMES[4], TIMES[2]];
    show(time.as_millis() as u64, &by_length, "s")
}

fn parse(text: &str, units: &[(&str, u64)]) -> Option<u64> {
    let at = text.find(|character: char| !character.is_ascii_digit())?;
    let (digits, unit) = text.split_at(at);
    let (_, factor) = units.iter().find(|(name, _)| *name == unit.trim_start())?;
    digits.parse::<u64>().ok()?.checked_mul(*factor)
}

fn show(value: u64, units: &[(&str, u64)], zero: &str) -> String {
    let unit = units
        .iter()
        .find(|(_, factor)| value != 0 && value.is_multiple_of(*factor));
    unit.map_or_else(
        || format!("0{zero}"),
        |(name, factor)| format!("{}{name}", value / factor),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_can_be_read() {
        for text in ["1B", "8KiB", "32MiB", "3GiB", "1500B"] {
            assert_eq!(parse_size(text).map(show_size).as_deref(), Some(text));
        }
        for text in ["200ms", "0s", "90s", "30m", "36h", "7d", "1500ms"] {
            assert_eq!(parse_time(text).map(show_time).as_deref(), Some(text));
        }
    }

    #[test]
    fn a_unit_is_needed() {
        for text in [
            "",
            "5",
            "MiB",
            "5 mb",
            "-5s",
            "1.5h",
            "99999999999999999999s",
            "18446744073709551615d",
        ] {
            assert_eq!(parse_size(text), None, "{text}");
            assert_eq!(parse_time(text), None, "{text}");
        }
        assert_eq!(parse_size("32 MiB"), Some(32 << 20));
    }
}
