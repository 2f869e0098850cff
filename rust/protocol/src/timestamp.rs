//! Points in time as the protocol writes them: ISO 8601 in UTC with seven fractional digits (section 6.6).

use time::OffsetDateTime;
use time::macros::format_description;

/// `moment` as `2026-05-02T08:15:30.1234567Z`.
pub fn format_utc(moment: OffsetDateTime) -> String {
    let format = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:7]Z");
    moment
        .to_offset(time::UtcOffset::UTC)
        .format(&format)
        .unwrap_or_default()
}
