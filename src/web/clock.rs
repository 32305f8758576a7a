//! The browser's clock.

use std::cell::Cell;

use gloo_timers::future::TimeoutFuture;

use crate::source::Clock;

/// Milliseconds of work in one go: well under the 50 after which a task counts as long.
const TURN: f64 = 12.0;

/// Work in turns: after each, others have theirs.
pub struct Turns {
    /// When the turn that is under way began.
    began: Cell<f64>,
}

impl Default for Turns {
    /// The first one begins now.
    fn default() -> Self {
        Self { began: Cell::new(js_sys::Date::now()) }
    }
}

impl Turns {
    /// Lets others have their turn if this one is over.
    pub async fn pause(&self) {
        let now = js_sys::Date::now();
        // A clock that was set back must not keep us from pausing.
        if !(0.0..TURN).contains(&(now - self.began.get())) {
            TimeoutFuture::new(0).await;
            self.began.set(js_sys::Date::now());
        }
    }
}

/// `Date.now()`.
#[derive(Default)]
pub struct BrowserClock {
    turns: Turns,
}

impl Clock for BrowserClock {
    fn now(&self) -> i64 {
        js_sys::Date::now() as i64
    }

    fn ahead(&self) -> i64 {
        -js_sys::Date::new_0().get_timezone_offset() as i64
    }

    async fn pause(&self) {
        self.turns.pause().await;
    }
}
