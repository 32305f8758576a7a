//! The browser's clock.

use crate::source::Clock;

/// `Date.now()`.
pub struct BrowserClock;

impl Clock for BrowserClock {
    fn now(&self) -> i64 {
        js_sys::Date::now() as i64
    }
}
