//! A device on which tests run the extension's background: what is served, what is stored, what time it is.

#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::panic,
    reason = "each test file uses a part, and a failed expectation ends it"
)]

use std::cell::RefCell;
use std::rc::Rc;

use caveat::engine::Background;
use caveat::index::Entry;
use caveat::index::segment::write;
use caveat::protocol::{Event, OwnRequest, PageRequest, Reply, Status, Verdict, VerdictKind};
use caveat::source::{Head, Role, SecretKey, seal};
use caveat::testing::{FakeClock, FakeServer, MemoryStore};
use pollster::block_on;

use crate::common::{ISSUED, entries, head_of, key, picture, png, publication};

pub const PACKAGE: &str = "extension://index/";
pub const REMOTE: &str = "https://index.example.org/";

/// A device: what survives when the background is killed.
#[derive(Clone, Default)]
pub struct Device {
    pub server: FakeServer,
    pub store: MemoryStore,
    pub clock: FakeClock,
    pub events: Rc<RefCell<Vec<Event>>>,
}

pub type Running = Background<FakeServer, MemoryStore, FakeClock>;

impl Device {
    /// With a packaged source that holds the test entries as sequence 7, served likewise.
    pub fn new() -> Self {
        let device = Self::default();
        device.clock.0.set(ISSUED as i64 * 1000 + 3 * 86_400_000);
        let list =
            format!(r#"[{{"path":"desk","key":"{}","updateUrl":"{REMOTE}","development":false}}]"#, key().public());
        device.server.serve(&format!("{PACKAGE}sources.json"), list.as_bytes());
        device.publish_at(&format!("{PACKAGE}desk/"), &entries(), 7);
        device.publish_at(REMOTE, &entries(), 7);
        device
    }

    pub fn publish_at(&self, base: &str, entries: &[Entry], sequence: u64) -> String {
        let (head, segment) = publication(entries, sequence);
        let path = head_of(&segment, sequence).segments[0].path();
        self.server.serve(&format!("{base}head"), &head);
        self.server.serve(&format!("{base}{path}"), &segment);
        format!("{base}{path}")
    }

    /// Publishes what `key` signs, with a head that `change` has its way with.
    pub fn publish_as(&self, key: &SecretKey, base: &str, entries: &[Entry], change: impl FnOnce(&mut Head)) {
        let segment = write(entries);
        let mut head = head_of(&segment, 1);
        (head.source, head.key) = (key.public().source().to_string(), key.public().to_string());
        change(&mut head);
        self.server.serve(&format!("{base}head"), &seal(&serde_json::to_vec(&head).unwrap(), Role::Head, key));
        self.server.serve(&format!("{base}{}", head.segments[0].path()), &segment);
    }

    /// Starts the background, as after an installation or a kill.
    pub fn start(&self) -> Running {
        self.start_managed(None)
    }

    /// As [`Self::start`], where an organisation has set something.
    pub fn start_managed(&self, policy: Option<&str>) -> Running {
        let events = Rc::clone(&self.events);
        let sink = Box::new(move |event| events.borrow_mut().push(event));
        let (server, store, clock) = (self.server.clone(), self.store.clone(), self.clock.clone());
        block_on(Background::open(server, store, clock, Some(PACKAGE.to_owned()), policy, sink))
    }
}

pub fn check(background: &Running, seed: u32) -> Verdict {
    let request = PageRequest::CheckImage {
        key: format!("picture {seed}"),
        url: String::new(),
        bytes: Some(png(&picture(seed))),
    };
    match block_on(background.page_request(request)) {
        Reply::Verdict(verdict) => verdict,
        other => panic!("no verdict but {other:?}"),
    }
}

pub fn look_up(background: &Running, seed: u32) -> Option<VerdictKind> {
    match block_on(background.page_request(PageRequest::LookUp { key: format!("picture {seed}") })) {
        Reply::Verdict(verdict) => Some(verdict.verdict),
        Reply::Unknown => None,
        other => panic!("neither verdict nor unknown but {other:?}"),
    }
}

pub fn own(background: &Running, request: OwnRequest) -> Reply {
    block_on(background.own_request(request))
}

pub fn status(background: &Running) -> Status {
    match own(background, OwnRequest::Status) {
        Reply::Status(status) => status,
        other => panic!("no status but {other:?}"),
    }
}

pub fn code(reply: Reply) -> String {
    match reply {
        Reply::Error(failure) => failure.code,
        other => panic!("no failure but {other:?}"),
    }
}
