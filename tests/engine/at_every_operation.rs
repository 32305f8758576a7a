//! One operation of a background, at which something goes wrong or something else happens; and that for every operation.

use std::cell::Cell;
use std::fmt;

use caveat::protocol::{OwnRequest, Reply, UpdateOutcome};
use caveat::testing::faults::{Fault, Faults, together, until_stopped};

use crate::device::{Device, Failing};

/// Nothing that ends has so many operations.
const MOST: usize = 10_000;

/// The operation after k others, and what is planned for it.
pub struct Operation {
    k: usize,
    fault: Fault,
    faults: Faults,
    /// Whether there was such an operation, as soon as that is known.
    reached: Cell<Option<bool>>,
}

/// Makes a try for every operation, until one ends before the plan comes to pass. How many operations there were.
pub fn at_every_operation(fault: Fault, mut make_try: impl FnMut(&Operation)) -> usize {
    let count = (0..MOST).find(|&k| {
        let operation = Operation { k, fault, faults: Faults::default(), reached: Cell::new(None) };
        make_try(&operation);
        !operation.was_reached()
    });
    let count = count.expect("it ends");
    assert!(count > 0, "{fault:?}: there was no operation");
    count
}

impl Operation {
    /// Starts a background. All goes well until it is asked something.
    pub fn start(&self, device: &Device) -> Failing {
        let running = device.start_faulty(&self.faults).unwrap();
        self.faults.plan(self.k, self.fault);
        running
    }

    /// As [`Self::start`], but its sources are not loaded yet: what is asked first has that done.
    pub fn begin(&self, device: &Device) -> Failing {
        let running = device.begin_faulty(&self.faults).unwrap();
        self.faults.plan(self.k, self.fault);
        running
    }

    /// Starts a background, and counts the operations of its start; `None` when it is this that stops. Then all goes well.
    pub fn at_the_start(&self, device: &Device) -> Option<Failing> {
        self.faults.plan(self.k, self.fault);
        let running = device.start_faulty(&self.faults);
        self.count();
        self.faults.end();
        assert!(self.was_reached() || running.is_some(), "{self}: it does not start");
        running
    }

    /// Asks a background that it has started; `None` when it stops. Then all goes well.
    pub fn ask(&self, running: &Failing, request: OwnRequest) -> Option<Reply> {
        let reply = until_stopped(running.own_request(request));
        self.count();
        self.faults.end();
        assert!(self.was_reached() || reply.as_ref().is_some_and(has_finished), "{self}: {reply:?}");
        reply
    }

    /// Asks for something. When that has come to the operation, or to its end, something else happens. What both came to.
    pub fn meanwhile<T>(&self, asked: impl Future<Output = Reply>, other: impl Future<Output = T>) -> (Reply, T) {
        let other = async {
            self.count();
            other.await
        };
        let (reply, other) = together(asked, other);
        assert!(self.was_reached() || has_finished(&reply), "{self}: {reply:?}");
        (reply, other)
    }

    /// Notes whether the operation was reached by now.
    pub fn count(&self) {
        self.reached.set(Some(self.faults.counted() > self.k));
    }

    /// Whether there was such an operation. If not, all was done and nothing disturbed it.
    pub fn was_reached(&self) -> bool {
        self.reached.get().expect("something was tried")
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} at operation {}", self.fault, self.k)
    }
}

/// Whether an update or an adding brought what it was to bring, or a picture has its verdict.
fn has_finished(reply: &Reply) -> bool {
    match reply {
        Reply::Verdict(verdict) => verdict.reason.is_none(),
        Reply::Added { .. } => true,
        Reply::Updated { results } => {
            !results.is_empty() && results.iter().all(|result| result.outcome == UpdateOutcome::Updated)
        }
        _ => false,
    }
}
