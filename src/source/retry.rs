//! How long a server that has too much to do asks to be left alone.

use std::time::{Duration, SystemTime};

/// Whether a server that answers with this status has too much to do. Some say so with 403, which means something else where
/// there is no `Retry-After` header.
pub fn is_busy(status: u16, has_retry_after: bool) -> bool {
    matches!(status, 429 | 503) || status == 403 && has_retry_after
}

/// Seconds from `now` (seconds since 1970) that a `Retry-After` header asks for: a number of seconds, or a date in one of
/// the three forms of HTTP; a date that has passed asks for none. `None` where it is neither. RFC 9110, sections 5.6.7 and
/// 10.2.3.
pub fn retry_after(header: &str, now: u64) -> Option<u32> {
    let header = header.trim();
    if !header.is_empty() && header.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(header.parse().unwrap_or(u32::MAX));
    }
    let then = httpdate::parse_http_date(header).ok()?;
    let now = SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(now))?;
    let seconds = then.duration_since(now).unwrap_or_default().as_secs();
    Some(u32::try_from(seconds).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 14 November 2017, 00:00:00 GMT.
    const NOW: u64 = 1_510_617_600;

    #[test]
    fn a_refusal_is_no_busy_server_unless_it_says_when_to_come_back() {
        assert!([429, 503].into_iter().all(|status| is_busy(status, true) && is_busy(status, false)));
        assert!(is_busy(403, true) && !is_busy(403, false));
        assert!([200, 401, 404, 500].into_iter().all(|status| !is_busy(status, true)));
    }

    #[test]
    fn seconds_and_all_dates_of_http_are_read() {
        for (header, seconds) in [
            ("120", 120),
            (" 0 ", 0),
            ("99999999999999999999", u32::MAX),
            ("Tue, 14 Nov 2017 00:02:00 GMT", 120),
            ("Tuesday, 14-Nov-17 00:02:00 GMT", 120),
            ("Tue Nov 14 00:02:00 2017", 120),
            ("Mon, 13 Nov 2017 00:00:00 GMT", 0),
            ("Fri, 31 Dec 9999 23:59:59 GMT", u32::MAX),
        ] {
            assert_eq!(retry_after(header, NOW), Some(seconds), "{header:?}");
        }
    }

    #[test]
    fn what_is_neither_says_nothing() {
        for header in
            ["", "soon", "-5", "+5", "1.5", "1e9", "inf", "NaN", "Tue, 14 Nov 2017", "2017-11-14T00:02:00Z", "٣"]
        {
            assert_eq!(retry_after(header, NOW), None, "{header:?}");
        }
        assert_eq!(retry_after("Tue, 14 Nov 2017 00:02:00 GMT", u64::MAX), None);
    }
}
