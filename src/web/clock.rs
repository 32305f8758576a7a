//! The browser's clock.

use std::cell::Cell;

use gloo_timers::future::TimeoutFuture;

use crate::source::Clock;

/// Milliseconds of work in one go: well under the 50 after which a task counts as long.
const TURN: f64 = 12.0;

/// `Date.now()`.
#[derive(Default)]
pub struct BrowserClock {
    /// When the work that is under way had its last pause.
    paused: Cell<f64>,
}

impl Clock for BrowserClock {
    fn now(&self) -> i64 {
        js_sys::Date::now() as i64
    }

    fn ahead(&self) -> i64 {
        -js_sys::Date::new_0().get_timezone_offset() as i64
    }

    async fn pause(&self) {
        let now = js_sys::Date::now();
        // A clock that was set back must not keep us from pausing.
        if !(0.0..TURN).contains(&(now - self.paused.get())) {
            TimeoutFuture::new(0).await;
            self.paused.set(js_sys::Date::now());
        }
    }
}
