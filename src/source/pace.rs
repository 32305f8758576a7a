//! Whether a download goes on fast enough to wait for its end.

/// Milliseconds over which the pace is taken.
const SPAN: f64 = 60_000.0;
/// Least bytes in that time: 2 KiB a second. A server that drips slower would keep all others waiting for hours.
const LEAST: u64 = 60 * 2048;

/// The pace of a download. Times are in milliseconds, of any clock that goes on.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    since: f64,
    received: u64,
}

impl Pace {
    /// Of a download that begins at `now`.
    pub fn from(now: f64) -> Self {
        Self { since: now, received: 0 }
    }

    /// Whether too little came in the last span, when `received` bytes have come by `now`.
    pub fn is_too_slow(&mut self, now: f64, received: u64) -> bool {
        // A clock that was set back begins a span anew.
        if now < self.since {
            *self = Self { since: now, received };
        }
        if now - self.since < SPAN {
            return false;
        }
        let came = received.saturating_sub(self.received);
        *self = Self { since: now, received };
        came < LEAST
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_minute_must_bring_two_kibibytes_a_second() {
        let mut pace = Pace::from(1000.0);
        assert!(!pace.is_too_slow(60_999.0, 0), "it has begun less than a minute ago");
        assert!(!pace.is_too_slow(61_000.0, LEAST));
        assert!(!pace.is_too_slow(120_999.0, LEAST));
        assert!(pace.is_too_slow(121_000.0, 2 * LEAST - 1), "the first minute does not count for the second");
        assert!(!Pace::from(1000.0).is_too_slow(-1e12, 0), "a clock that was set back");
    }
}
