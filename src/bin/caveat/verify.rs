//! `caveat verify`: what a client would accept, a fresh one or one that holds an older state.

mod server;
mod state;

use std::fs;
use std::path::{Path, PathBuf};

use caveat::index::Changes;
use caveat::index::segment::unbroken;
use caveat::source::{
    Anchor, Answer, Head, HeadError, SegmentName, SourceAddress, StoreError, Trust, Update, UpdateError,
    fetch_keypoints, fetch_update, load_index, load_keypoints, mass_change, retracted,
};
use serde::Serialize;

use self::server::{Counted, From, LOCAL};
use self::state::{Memory, State};
use crate::build::now;
use crate::fault::Fault;
use crate::fingerprint::print_json;
use crate::inspect::describe;
use crate::remote::Remote;
use crate::{folder, keys, sweep};

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
    /// Bytes of segments that were downloaded.
    downloaded: u64,
    /// Bytes of all files that were downloaded: head, root files, retractions and recipes too.
    transferred: u64,
    merged: usize,
    #[serde(flatten)]
    changes: Changes,
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
    if !arguments.json {
        match &checked {
            Ok(trust) => tell(&report, trust, arguments.from.is_some()),
            // Each part of an answer counts for itself.
            Err(_) => tell_apart(&report),
        }
    }
    checked.map(|_| ())
}

fn tell_apart(report: &Report<'_>) {
    if report.retracted_apart > 0 {
        println!("takes {} retractions that come apart from the head", report.retracted_apart);
    }
}

fn tell(report: &Report<'_>, trust: &Trust, has_state: bool) {
    let who = if has_state { "a client in that state" } else { "a fresh client" };
    println!("accepted: {who} that trusts {} would use this source", trust.anchor().fingerprint());
    match (report.updated, report.held) {
        (false, _) => {
            println!("no newer head: it holds this publication already; {} entries fewer", report.changes.removed);
        }
        (true, Some(held)) => println!(
            "from sequence {held}: {} entries more, {} fewer, {} edited; {} segments are merged of what it holds",
            report.changes.added, report.changes.removed, report.changes.edited, report.merged
        ),
        (true, None) => {}
    }
    println!("downloads {} bytes of segments, {} with all small files", report.downloaded, report.transferred);
    tell_apart(report);
    if let Some(warning) = &report.warning {
        println!("BUT IT WAITS for a person's word: {warning}");
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
    let shelf = Memory::of(state.as_ref());
    let now = now()?;
    let is_remote = source.contains("://");
    let address = SourceAddress::parse(if is_remote { source } else { LOCAL });
    let address = address.map_err(|error| Fault::Address { url: source.clone(), error })?;
    let fetch = Counted::new(if is_remote { From::Web(Remote::new()) } else { From::Folder(PathBuf::from(source)) });
    let answer = pollster::block_on(fetch_update(&fetch, &shelf, &address, &trust, &held, now, &mut |_| {}));
    let Answer { trust: newer, retractions, mut update } = answer;
    let trust = newer.map_or(trust, |(trust, _)| trust);
    if let Ok(Some(Update { head, keypoints_follow: true, downloaded, .. })) = &mut update {
        match pollster::block_on(fetch_keypoints(&fetch, &shelf, &address, head, &mut |_| {})) {
            Ok(bytes) => *downloaded += bytes,
            Err(error) => update = Err(error),
        }
    }
    report.transferred = fetch.bytes();
    report.root_version = trust.version();
    report.retracted_apart = retractions.as_ref().map_or(0, |news| news.retractions.retractions.len());
    let fault = |error: UpdateError| Fault::Update { url: source.clone(), error };
    if let Ok(Some(Update { head, .. })) = &update
        && !is_remote
    {
        walk(Path::new(source), head)?;
    }
    let apart = retractions.map(|news| news.retractions);
    let apart = apart.or_else(|| folder::retractions(arguments.from.as_deref()?));
    let Some(Update { head, root_signed, downloaded, .. }) = update.map_err(fault)? else {
        if let Some(state) = state {
            let index = unbroken(state.index.retracting(&retracted(&state.head, apart.as_ref()), async || {}));
            report.changes = unbroken(index.changes_since(&state.index, async || {}));
            report.head = Some(state.head);
        }
        return Ok(trust);
    };
    let files = |names: Vec<&SegmentName>| names.iter().map(|name| shelf.read(&name.sha256)).collect::<Result<_, _>>();
    let refused = |error: HeadError| fault(error.into());
    let stored = |error: StoreError| fault(error.into());
    let entries = files(head.required_segments().collect()).map_err(stored)?;
    let index = load_index(&head, entries).map_err(refused)?;
    let keypoints = files(head.keypoint_segments().collect()).map_err(stored)?;
    load_keypoints(&head, &index, keypoints).map_err(refused)?;
    let index = unbroken(index.retracting(&retracted(&head, apart.as_ref()), async || {}));
    (report.updated, report.downloaded) = (true, downloaded);
    let is_merged = |name: &&SegmentName| !shelf.was_held(&name.sha256) && !fetch.was_asked_for(&name.wire().0.path());
    report.merged = head.required_segments().filter(is_merged).count();
    if let Some(state) = &state {
        report.changes = unbroken(index.changes_since(&state.index, async || {}));
        report.warning = mass_change(report.changes).filter(|_| !root_signed).map(|change| change.to_string());
    }
    report.head = Some(head);
    Ok(trust)
}

/// Holds every file that is published against its name, those that this client would not download too: recipes, and what
/// they name, are for clients that hold older states.
fn walk(folder: &Path, head: &Head) -> Result<(), Fault> {
    let recipes = sweep::recipes_of(folder, head)?;
    let segments = || head.segments.iter().chain(&recipes.segments);
    let raw = segments().map(SegmentName::file);
    let packed = segments().filter_map(|name| name.packed.clone());
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
