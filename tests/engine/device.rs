//! A device on which tests run the extension's background: what is served, what is stored, what time it is.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;

use caveat::engine::Background;
use caveat::index::Entry;
use caveat::index::segment::write;
use caveat::protocol::{Event, OwnRequest, PageRequest, Reply, Status, UpdateOutcome, Verdict, VerdictKind};
use caveat::source::{Head, SecretKey, Store};
use caveat::testing::faults::{Faults, Faulty, until_stopped};
use caveat::testing::{FakeClock, FakeServer, MemoryStore};
use pollster::block_on;

use crate::common::{ISSUED, entries, head_of, key, picture, png, publication, sealed_head};

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

/// How stored files are called.
const KINDS: [&str; 5] = ["head-", "root-", "retractions-", "segment-", "part-"];

pub type Running = Background<FakeServer, MemoryStore, FakeClock>;
pub type Failing = Background<Faulty<FakeServer>, Faulty<MemoryStore>, Faulty<FakeClock>>;

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
        self.server.serve(&format!("{base}head"), &sealed_head(&head, key));
        self.server.serve(&format!("{base}{}", head.segments[0].path()), &segment);
    }

    /// Starts the background, as after an installation or a kill.
    pub fn start(&self) -> Running {
        self.start_managed(None)
    }

    /// As [`Self::start`], where an organisation has set something.
    pub fn start_managed(&self, policy: Option<&str>) -> Running {
        let running = block_on(self.open(policy));
        block_on(running.ready());
        running
    }

    /// Starts it, and does not wait for its sources.
    pub fn begin(&self) -> Running {
        block_on(self.open(None))
    }

    async fn open(&self, policy: Option<&str>) -> Running {
        let (server, store, clock) = (self.server.clone(), self.store.clone(), self.clock.clone());
        Background::open(server, store, clock, Some(PACKAGE.to_owned()), policy, self.sink()).await
    }

    /// Starts it where one operation goes wrong; `None` when it is this that stops.
    pub fn start_faulty(&self, faults: &Faults) -> Option<Failing> {
        let failing = self.begin_faulty(faults)?;
        until_stopped(failing.ready())?;
        Some(failing)
    }

    /// As [`Self::start_faulty`], without waiting for its sources.
    pub fn begin_faulty(&self, faults: &Faults) -> Option<Failing> {
        let faults = || faults.clone();
        let server = Faulty { inner: self.server.clone(), faults: faults() };
        let store = Faulty { inner: self.store.clone(), faults: faults() };
        let clock = Faulty { inner: self.clock.clone(), faults: faults() };
        until_stopped(Background::open(server, store, clock, Some(PACKAGE.to_owned()), None, self.sink()))
    }

    fn sink(&self) -> Box<dyn Fn(Event)> {
        let events = Rc::clone(&self.events);
        Box::new(move |event| events.borrow_mut().push(event))
    }

    /// Asserts that the stored files are those that the stored state names: none is missing, none is left over.
    pub fn assert_files_are_named(&self, when: &str) {
        let state = block_on(self.store.state()).unwrap().unwrap_or_default();
        let state = String::from_utf8(state).unwrap();
        let named: BTreeSet<&str> =
            state.split('"').filter(|text| KINDS.iter().any(|kind| text.starts_with(kind))).collect();
        let names = self.store.names();
        assert_eq!(names.iter().map(String::as_str).collect::<BTreeSet<_>>(), named, "{when}");
    }
}

pub fn check(background: &Running, seed: u32) -> Verdict {
    check_png(background, &format!("picture {seed}"), png(&picture(seed)))
}

pub fn check_png(background: &Running, key: &str, png: Vec<u8>) -> Verdict {
    let request = PageRequest::CheckImage { key: key.to_owned(), url: String::new(), bytes: Some(png) };
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

/// What an update did: outcome and code.
pub type Outcome = (UpdateOutcome, Option<String>);

pub const UPDATED: Outcome = (UpdateOutcome::Updated, None);
pub const CURRENT: Outcome = (UpdateOutcome::Current, None);

pub fn failed(code: &str) -> Outcome {
    (UpdateOutcome::Failed, Some(code.to_owned()))
}

/// Updates all sources; what came of the last.
pub fn update(background: &Running) -> Outcome {
    outcome(own(background, OwnRequest::UpdateSources { source: None, accept_mass_change: false }))
}

pub fn outcome(reply: Reply) -> Outcome {
    match reply {
        Reply::Updated { mut results } => results.pop().map(|result| (result.outcome, result.code)).unwrap(),
        other => panic!("no update but {other:?}"),
    }
}
