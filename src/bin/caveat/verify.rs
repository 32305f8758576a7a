//! `caveat verify`: what a client would accept, a fresh one or one that holds an older state.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use caveat::index::Index;
use caveat::source::{
    Anchor, Answer, Fetch, FetchError, FileName, Head, HeadError, Held, Request, SegmentName, Shelf, SourceAddress,
    StoreError, Trust, Update, UpdateError, fetch_update, load_index, load_keypoints, mass_change,
};
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::build::now;
use crate::fault::Fault;
use crate::fingerprint::print_json;
use crate::inspect::describe;
use crate::remote::Remote;
use crate::{folder, keys};

#[derive(clap::Args)]
pub struct Arguments {
    /// A source's folder or web address.
    source: String,
    /// What clients trust: the publisher's public key, its root (root:…), or a file that holds it.
    #[arg(long, value_name = "PUB")]
    key: String,
    /// As a client that holds this older state of the source: a copy of its folder.
    #[arg(long, value_name = "DIR")]
    from: Option<PathBuf>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// What became of it.
#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Report<'a> {
    accepted: bool,
    source: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    head: Option<Head>,
    root_version: u64,
    /// Whether there was anything newer than what is held.
    updated: bool,
    downloaded: u64,
    merged: usize,
    added: usize,
    removed: usize,
    retracted_apart: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    held: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    warning: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

pub fn run(arguments: &Arguments) -> Result<(), Fault> {
    let anchor = keys::anchor(&arguments.key)?;
    let mut report = Report { source: &arguments.source, ..Report::default() };
    let checked = check(arguments, anchor, &mut report);
    report.accepted = checked.is_ok();
    if arguments.json {
        report.error = checked.as_ref().err().map(ToString::to_string);
        print_json(&report)?;
    }
    let trust = checked?;
    if !arguments.json {
        tell(&report, &trust, arguments.from.is_some());
    }
    Ok(())
}

fn tell(report: &Report<'_>, trust: &Trust, has_state: bool) {
    let who = if has_state { "a client in that state" } else { "a fresh client" };
    println!("accepted: {who} that trusts {} would use this source", trust.anchor().fingerprint());
    match (report.updated, report.held) {
        (false, _) => println!("nothing newer: it has all of it"),
        (true, Some(held)) => println!(
            "from sequence {held}: downloads {} bytes, merges {} segments itself, {} entries more, {} fewer",
            report.downloaded, report.merged, report.added, report.removed
        ),
        (true, None) => println!("downloads {} bytes", report.downloaded),
    }
    if report.retracted_apart > 0 {
        println!("{} entries are retracted apart from the head", report.retracted_apart);
    }
    if let Some(warning) = &report.warning {
        println!("but it waits for a person's word: {warning}");
    }
    if let Some(head) = &report.head {
        describe(head, trust);
    }
}

fn check(arguments: &Arguments, anchor: Anchor, report: &mut Report<'_>) -> Result<Trust, Fault> {
    let source = &arguments.source;
    let state = match &arguments.from {
        Some(folder) => Some(State::read(folder, anchor)?),
        None => None,
    };
    let trust = state.as_ref().map_or_else(|| Trust::new(anchor), |state| state.trust.clone());
    let held = state.as_ref().map(State::held).unwrap_or_default();
    report.held = state.as_ref().map(|state| state.head.sequence);
    let shelf = Memory { state: state.as_ref(), ..Memory::default() };
    let now = now()?;
    let answer = if source.contains("://") {
        let address = SourceAddress::parse(source).map_err(|error| Fault::Address { url: source.clone(), error })?;
        pollster::block_on(fetch_update(&Remote::new(), &shelf, &address, &trust, &held, now, &mut |_| {}))
    } else {
        let address = SourceAddress::parse(LOCAL).map_err(|error| Fault::Address { url: source.clone(), error })?;
        let local = Local(PathBuf::from(source));
        pollster::block_on(fetch_update(&local, &shelf, &address, &trust, &held, now, &mut |_| {}))
    };
    let Answer { trust: newer, retractions, update } = answer;
    let trust = newer.map_or(trust, |(trust, _)| trust);
    report.root_version = trust.version();
    report.retracted_apart = retractions.map_or(0, |news| news.retractions.retractions.len());
    let fault = |error: UpdateError| Fault::Update { url: source.clone(), error };
    if let Ok(Some(Update { head, .. })) = &update
        && !source.contains("://")
    {
        walk(Path::new(source), head)?;
    }
    let Some(Update { head, root_signed, downloaded, .. }) = update.map_err(fault)? else {
        report.head = state.map(|state| state.head);
        return Ok(trust);
    };
    let files = |names: Vec<&SegmentName>| names.iter().map(|name| shelf.read(&name.sha256)).collect::<Result<_, _>>();
    let refused = |error: HeadError| fault(error.into());
    let stored = |error: StoreError| fault(error.into());
    let entries = files(head.required_segments().collect()).map_err(stored)?;
    let index = load_index(&head, entries).map_err(refused)?;
    let keypoints = files(head.keypoint_segments().collect()).map_err(stored)?;
    load_keypoints(&head, &index, keypoints).map_err(refused)?;
    (report.updated, report.downloaded) = (true, downloaded);
    let kept = shelf.kept.borrow();
    report.merged =
        head.segments.iter().filter(|name| !name.parts.is_empty() && kept.contains_key(&name.sha256)).count();
    if let Some(state) = &state {
        let missing = |a: &Index, b: &Index| pollster::block_on(a.standing_only_here(b, async || {}));
        (report.removed, report.added) = (missing(&state.index, &index), missing(&index, &state.index));
        let change = mass_change(state.index.counts().entries, report.removed, report.added);
        report.warning = change.filter(|_| !root_signed).map(|change| change.to_string());
    }
    report.head = Some(head);
    Ok(trust)
}

/// Holds every file that is published against its name, those that this client would not download too.
fn walk(folder: &Path, head: &Head) -> Result<(), Fault> {
    let raw = head.segments.iter().map(|name| FileName { sha256: name.sha256.clone(), bytes: name.bytes });
    let packed = head.segments.iter().filter_map(|name| name.packed.clone());
    for name in raw.chain(packed).chain(head.recipes.clone()) {
        let path = folder.join(name.path());
        let file = fs::read(&path).map_err(Fault::file(&path))?;
        if !name.is(&file) {
            let error = HeadError::WrongSegment { name: name.sha256 };
            return Err(Fault::Head { path, error });
        }
    }
    Ok(())
}

/// What stands for a folder's address.
const LOCAL: &str = "http://localhost/";

/// An older state of the source.
struct State {
    folder: PathBuf,
    head: Head,
    head_digest: [u8; 32],
    trust: Trust,
    index: Index,
}

impl State {
    fn read(folder: &Path, anchor: Anchor) -> Result<Self, Fault> {
        let folder::Folder { head, trust, index, .. } = folder::read(folder, Some(anchor))?;
        let path = folder::head_path(folder);
        let file = fs::read(&path).map_err(Fault::file(&path))?;
        Ok(Self { folder: folder.to_owned(), head, head_digest: Sha256::digest(&file).into(), trust, index })
    }

    fn held(&self) -> Held {
        let Head { epoch, sequence, issued, .. } = self.head;
        let retractions = folder::retractions(&self.folder).map_or(0, |retractions| retractions.sequence);
        Held {
            epoch,
            floor: sequence,
            current: Some((epoch, sequence, self.head_digest)),
            retractions,
            issued,
            quota: None,
        }
    }
}

/// Segments in memory, and those of an older state.
#[derive(Default)]
struct Memory<'a> {
    state: Option<&'a State>,
    kept: RefCell<BTreeMap<String, Vec<u8>>>,
}

impl Memory<'_> {
    fn read(&self, sha256: &str) -> Result<Vec<u8>, StoreError> {
        if let Some(file) = self.kept.borrow().get(sha256) {
            return Ok(file.clone());
        }
        let state = self.state.ok_or_else(|| StoreError::Missing(sha256.to_owned()))?;
        fs::read(state.folder.join("segments").join(sha256)).map_err(|error| StoreError::Failed(error.to_string()))
    }
}

impl Shelf for Memory<'_> {
    fn has(&self, sha256: &str) -> bool {
        let held = |state: &State| state.head.segments.iter().any(|name| name.sha256 == sha256);
        self.kept.borrow().contains_key(sha256) || self.state.is_some_and(held)
    }

    async fn get(&self, sha256: &str) -> Result<Vec<u8>, StoreError> {
        self.read(sha256)
    }

    async fn keep(&self, sha256: &str, file: Vec<u8>) -> Result<(), UpdateError> {
        self.kept.borrow_mut().insert(sha256.to_owned(), file);
        Ok(())
    }
}

/// A folder as a server.
struct Local(PathBuf);

impl Fetch for Local {
    async fn get(&self, request: Request<'_>, on_bytes: &mut dyn FnMut(u64)) -> Result<Vec<u8>, FetchError> {
        let path = request.url.strip_prefix(LOCAL).unwrap_or_default();
        let file = fs::read(self.0.join(path)).map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => FetchError::Status(404),
            _ => FetchError::Unreachable,
        })?;
        if file.len() > request.limit {
            return Err(FetchError::TooLarge);
        }
        on_bytes(file.len() as u64);
        Ok(file)
    }

    fn cancel(&self) {}
}
