//! When a refusal is worth another try, and after how long: one rule for every call (client module 8.6, CM-D-38).

use std::time::{Duration, SystemTime};

use http::StatusCode;

/// The pause before the next attempt, for the two statuses that servers send before anything ran.
pub(crate) fn pause(status: StatusCode, retry_after: &str, now: SystemTime) -> Option<Duration> {
    let (usual, longest) = match status {
        StatusCode::TOO_MANY_REQUESTS => (1, 60),
        StatusCode::SERVICE_UNAVAILABLE => (2, 10),
        _ => return None,
    };
    let seconds = asked_for(retry_after, now)
        .filter(|seconds| *seconds >= 1)
        .unwrap_or(usual);
    Some(Duration::from_secs(seconds.min(longest)))
}

/// `Retry-After` in seconds: a whole number, or a date, counted from `now` and rounded up.
fn asked_for(retry_after: &str, now: SystemTime) -> Option<u64> {
    let text = retry_after.trim();
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        // More digits than a number has ask for longer than any bound.
        return Some(text.parse().unwrap_or(u64::MAX));
    }
    let date = httpdate::parse_http_date(text).ok()?;
    let distance = date.duration_since(now).ok()?;
    Some(distance.as_secs() + u64::from(distance.subsec_nanos() > 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sun, 06 Nov 1994 08:49:37 GMT, the date of RFC 9110.
    const NOW: u64 = 784_111_777;

    fn seconds(status: u16, retry_after: &str) -> Option<u64> {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(NOW);
        pause(StatusCode::from_u16(status).unwrap(), retry_after, now).map(|pause| pause.as_secs())
    }

    #[test]
    fn each_status_has_a_default_and_a_ceiling() {
        for absent in ["", "0", "-5", "1.5", "soon", "Sun, 06 Nov 1994 08:49:00 GMT"] {
            assert_eq!(seconds(429, absent), Some(1), "429 {absent:?}");
            assert_eq!(seconds(503, absent), Some(2), "503 {absent:?}");
        }
        for huge in ["9999", "999999999999999999999", "Sun, 06 Nov 1994 09:49:37 GMT"] {
            assert_eq!(seconds(429, huge), Some(60), "429 {huge:?}");
            assert_eq!(seconds(503, huge), Some(10), "503 {huge:?}");
        }
    }

    #[test]
    fn seconds_and_dates_are_read() {
        assert_eq!(seconds(429, "7"), Some(7));
        assert_eq!(seconds(503, " 7 "), Some(7));
        assert_eq!(seconds(429, "Sun, 06 Nov 1994 08:49:44 GMT"), Some(7));
        assert_eq!(seconds(429, "Sunday, 06-Nov-94 08:49:44 GMT"), Some(7));
    }

    #[test]
    fn other_statuses_are_final() {
        for status in [200, 400, 401, 403, 404, 424, 500, 502, 504] {
            assert_eq!(seconds(status, "1"), None, "{status}");
        }
    }
}
