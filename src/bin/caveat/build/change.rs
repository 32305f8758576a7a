//! What a publication changes for those who hold the one before. What they would balk at is said before it is written.

use std::collections::HashMap;
use std::path::Path;

use caveat::index::{Changes, Entry, Status, utc_date};
use caveat::source::{Head, MassChange, Trust, mass_change, retracted};

use crate::fault::Fault;
use crate::folder::{self, Folder};

/// The publisher is told so many seconds ahead that its keys expire.
const NOTICE: u64 = 60 * 86_400;

/// Whether so much changes that clients wait for more than the head key.
pub fn mass(entries: &[Entry], head: &Head, held: &Folder) -> Option<MassChange> {
    let retracted = retracted(head, None);
    let stands = |entry: &&Entry| {
        entry.status != Status::Retracted && retracted.get(&entry.id).is_none_or(|up_to| entry.rev > *up_to)
    };
    let stood = held.index.counts().entries;
    let (mut kept, mut edited, mut added) = (0, 0, 0);
    for entry in entries.iter().filter(stands) {
        match held.index.newest(&entry.id).filter(|newest| newest.stands) {
            Some(newest) => {
                kept += 1;
                edited += usize::from(newest.revision != entry.rev);
            }
            None => added += 1,
        }
    }
    mass_change(Changes { stood, removed: stood - kept, edited, added })
}

/// A change in the publisher's words.
pub fn told(MassChange(change): MassChange) -> String {
    let Changes { stood, removed, edited, added } = change;
    format!(
        "of {stood} entries this takes away {removed}, rewrites {edited} and adds {added} at once, clients do not take that from a head key alone"
    )
}

/// Refuses to publish what clients would hold back, unless it is meant.
pub fn may_publish(change: Option<MassChange>, trust: &Trust, unsigned: bool, is_meant: bool) -> Result<(), Fault> {
    let Some(change) = change.filter(|_| !unsigned && !is_meant) else { return Ok(()) };
    let remedy = match trust.root() {
        Some(root) => format!(
            "build with --unsigned and let {} root keys and a head key sign it (`caveat sign`), or give --mass-change and each reader is asked",
            root.threshold
        ),
        None => "give --mass-change if it is meant, and each reader is asked".to_owned(),
    };
    Err(Fault::Usage(format!("{}: {remedy}", told(change))))
}

/// Says what was retracted in an emergency and is not, or not any more, retracted in the entries.
pub fn warn_of_emergencies(out: &Path, entries: &[Entry], held: &Folder) {
    let apart = folder::retractions(out);
    let by_id: HashMap<&str, &Entry> = entries.iter().map(|entry| (entry.id.as_str(), entry)).collect();
    for one in held.head.retractions.iter().chain(apart.iter().flat_map(|apart| &apart.retractions)) {
        match by_id.get(one.id.as_str()).filter(|entry| entry.status != Status::Retracted) {
            Some(entry) if entry.rev > one.rev => eprintln!(
                "caveat: {} was retracted up to rev {} (\"{}\") and stands again with rev {}",
                one.id, one.rev, one.reason, entry.rev
            ),
            Some(_) => eprintln!(
                "caveat: {} is retracted (\"{}\"): set its status to retracted in the entries too, with a correction and rev {}",
                one.id,
                one.reason,
                one.rev + 1
            ),
            None => {}
        }
    }
    if let Some(apart) = apart.filter(|apart| apart.epoch != held.trust.epoch()) {
        let ids: Vec<&str> = apart.retractions.iter().map(|one| one.id.as_str()).collect();
        eprintln!(
            "caveat: the file retractions is of an earlier epoch and counts no more; it named {}",
            ids.join(", ")
        );
    }
}

/// Says that the keys must be looked at again, in time.
pub fn warn_of_expiry(trust: &Trust, now: u64) {
    let Some(root) = trust.root().filter(|root| root.expires < now.saturating_add(NOTICE)) else { return };
    let day = utc_date(root.expires as i64 * 1000);
    let state = if root.expires < now { "expired, and no client takes a new head" } else { "expires" };
    eprintln!(
        "caveat: root/{} {state} ({day}): renew it with `caveat root`, signed by {} root keys",
        root.version, root.threshold
    );
}
