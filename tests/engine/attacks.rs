//! The attacks and faults of `docs/threat-model.md`, one row after the other: what each may do to a device, and what not.

mod clocks;
mod files;
mod keys;
mod publishers;
mod stores;

use caveat::index::Entry;
use caveat::protocol::{Reply, VerdictKind};
use caveat::source::Head;
use pollster::block_on;

use crate::common::{entries, entry_of, head_of, key, sealed_head};
use crate::device::{CURRENT, Device, REMOTE, Running, UPDATED, check, status, update};

const DAY: i64 = 86_400_000;

/// A device, and what it must not lose.
struct Attacked {
    device: Device,
    running: Running,
}

impl Attacked {
    fn new() -> Self {
        let device = Device::new();
        let running = device.start();
        assert_eq!(update(&running), CURRENT);
        Self { device, running }
    }

    /// An update is refused by one of these codes, and changes nothing.
    fn refuses(&self, codes: &[&str], what: &str) {
        let names = self.device.store.names();
        let (outcome, code) = update(&self.running);
        let code = code.unwrap_or_else(|| panic!("{what}: {outcome:?}"));
        assert!(codes.contains(&code.as_str()), "{what}: {code}");
        assert_eq!(self.device.store.names(), names, "{what}");
        let source = status(&self.running).sources.remove(0);
        assert_eq!((source.sequence, source.last_result.unwrap().code), (7, code), "{what}");
    }

    /// What was known is known, also after a restart, and a good update is taken.
    fn ends(self, what: &str) {
        for running in [&self.running, &self.device.start()] {
            assert_eq!(check(running, 1).verdict, VerdictKind::Match, "{what}");
            assert_eq!(check(running, 5).verdict, VerdictKind::None, "{what}");
        }
        self.device.publish_at(REMOTE, &with_late(), 9);
        assert_eq!(update(&self.running), UPDATED, "{what}");
        assert_eq!(check(&self.device.start(), 5).verdict, VerdictKind::Match, "{what}");
    }

    fn serve_head(&self, file: &[u8]) {
        self.device.server.serve(&format!("{REMOTE}head"), file);
    }
}

/// The test entries and one that knows picture 5.
fn with_late() -> Vec<Entry> {
    let mut more = entries();
    more.push(entry_of("late", 5));
    more
}

/// A head of the test desk that `change` has its way with, signed by it.
fn head_with(segment: &[u8], change: impl FnOnce(&mut Head)) -> Vec<u8> {
    let mut head = head_of(segment, 8);
    change(&mut head);
    sealed_head(&head, &key())
}

/// A file with one bit of one byte turned over.
fn flipped(file: &[u8], at: usize) -> Vec<u8> {
    let mut flipped = file.to_vec();
    flipped[at] ^= 1 << (at % 8);
    flipped
}

/// How many sources an alarm asks.
fn asked_by_alarm(running: &Running) -> usize {
    match block_on(running.alarm()) {
        Reply::Updated { results } => results.len(),
        other => panic!("no update but {other:?}"),
    }
}
