//! Whose turn it is: long work stops every few milliseconds and lets others have theirs.
//!
//! Time counts from the start of the browser's task, for all that runs in it together: three streams that are read at once,
//! each with a limit of its own, would take three limits. A task's end is known by a message that was sent in it.

use std::cell::{Cell, RefCell};

use gloo_timers::callback::Timeout;
use js_sys::{Date, Function, Promise};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{MessageChannel, MessageEvent, MessagePort};

/// Milliseconds of work in one go: with what a slice takes longer, well under the 50 after which a task counts as long.
const TURN: f64 = 8.0;
/// Milliseconds of rest after it. In Chromium a question from a page passes through the queue many times, each time after a
/// word from the browser's process: going to the end of the queue without a rest, each of them would wait for a whole turn.
const REST: u32 = 4;
/// Full turns without rests at the beginning: what is done within them, such as the start of a background on a usual index,
/// comes sooner, and whoever asks in between does not wait for longer than they take together.
const EAGER: u32 = 5;
/// Milliseconds without a full turn after which the next is a beginning.
const QUIET: f64 = 250.0;
/// Sent to ourselves to begin the next turn; numbers of turns are not negative.
const WAKE: f64 = -1.0;

thread_local! {
    static TURNS: Option<Turns> = Turns::new();
}

/// Lets others have their turn if this one is over. Called every few milliseconds at least.
pub async fn pause() {
    if let Some(promise) = TURNS.with(|turns| turns.as_ref()?.next()) {
        let _never_rejected = JsFuture::from(promise).await;
    }
}

struct Turns {
    /// What is sent here is heard in a later task.
    port: MessagePort,
    /// When the turn that is under way began; `None` outside of one.
    began: Cell<Option<f64>>,
    /// Counts turns: the message of one must not end a later one.
    number: Cell<u32>,
    /// Full turns since the last quiet.
    row: Cell<u32>,
    /// When the last full turn was over.
    last: Cell<f64>,
    /// Who waits for the next turn, which they have together.
    waiting: RefCell<Vec<Function>>,
}

impl Turns {
    /// `None` where there are no message channels.
    fn new() -> Option<Self> {
        let channel = MessageChannel::new().ok()?;
        let hear = Closure::<dyn Fn(MessageEvent)>::new(|event: MessageEvent| {
            TURNS.with(|turns| turns.as_ref().map(|turns| turns.hear(event.data().as_f64())));
        });
        channel.port1().set_onmessage(Some(hear.into_js_value().unchecked_ref()));
        let (began, number, waiting) = (Cell::default(), Cell::default(), RefCell::default());
        Some(Self { port: channel.port2(), began, number, row: Cell::new(0), last: Cell::new(0.0), waiting })
    }

    /// What to wait for, if this turn is over.
    fn next(&self) -> Option<Promise> {
        let Some(began) = self.began.get() else {
            self.begin();
            return None;
        };
        let now = Date::now();
        // A clock that was set back must not keep us from pausing.
        if (0.0..TURN).contains(&(now - began)) {
            return None;
        }
        let mut waiting = self.waiting.borrow_mut();
        if waiting.is_empty() {
            let again = (0.0..QUIET).contains(&(now - self.last.replace(now)));
            let row = if again { self.row.get().saturating_add(1) } else { 1 };
            self.row.set(row);
            if row <= EAGER {
                let _can_be_cloned = self.port.post_message(&WAKE.into());
            } else {
                Timeout::new(REST, || {
                    TURNS.with(|turns| turns.as_ref().map(Self::wake));
                })
                .forget();
            }
        }
        Some(Promise::new(&mut |resolve, _| waiting.push(resolve)))
    }

    fn begin(&self) {
        let number = self.number.get().wrapping_add(1);
        self.number.set(number);
        self.began.set(Some(Date::now()));
        let _can_be_cloned = self.port.post_message(&number.into());
    }

    /// The task of the turn with this number has ended, or the next turn begins.
    fn hear(&self, said: Option<f64>) {
        if said == Some(WAKE) {
            self.wake();
        } else if said == Some(self.number.get().into()) {
            self.began.set(None);
        }
    }

    fn wake(&self) {
        self.begin();
        for resolve in self.waiting.take() {
            let _cannot_fail = resolve.call0(&JsValue::NULL);
        }
    }
}
