//! The browser's clock.

use gloo_timers::future::TimeoutFuture;

use super::turns;
use crate::source::Clock;

/// `Date.now()`.
pub struct BrowserClock;

impl Clock for BrowserClock {
    fn now(&self) -> i64 {
        js_sys::Date::now() as i64
    }

    fn ahead(&self) -> i64 {
        -js_sys::Date::new_0().get_timezone_offset() as i64
    }

    async fn pause(&self) {
        turns::pause().await;
    }

    async fn sleep(&self, milliseconds: u32) {
        TimeoutFuture::new(milliseconds).await;
    }
}
