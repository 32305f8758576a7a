//! `caveat inspect` and `caveat export`.

use std::io::Write as _;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use caveat::index::{clean, to_line, utc_date};
use caveat::source::{Head, SegmentName, Trust};
use serde::Serialize;

use crate::fault::Fault;
use crate::fingerprint::print_json;
use crate::folder;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Inspection<'a> {
    head: &'a Head,
    fingerprint: String,
    development: bool,
    age_days: u64,
    expired: bool,
    entries: usize,
    tombstones: usize,
    hashes: usize,
    pdq_only: usize,
    bytes: usize,
    keypoint_pictures: usize,
}

pub fn run(source: &Path, json: bool) -> Result<(), Fault> {
    let read = folder::read(source, None)?;
    if !json {
        describe(&read.head, &read.trust);
        return Ok(());
    }
    let counts = read.index.counts();
    let now = now();
    print_json(&Inspection {
        head: &read.head,
        fingerprint: read.anchor().fingerprint(),
        development: read.anchor().is_development(),
        age_days: now.saturating_sub(read.head.issued) / 86_400,
        expired: read.head.expires < now,
        entries: counts.entries,
        tombstones: counts.tombstones,
        hashes: counts.hashes,
        pdq_only: counts.pdq_only,
        bytes: read.index.length(),
        keypoint_pictures: read.keypoints.pictures(),
    })
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

/// A head in words.
pub fn describe(head: &Head, trust: &Trust) {
    let key = trust.anchor();
    let day = |seconds: u64| utc_date(seconds as i64 * 1000);
    let age = now().saturating_sub(head.issued) / 86_400;
    println!("name         {}", clean(&head.name));
    println!("key          {} ({})", key, key.fingerprint());
    if key.is_development() {
        println!("             DEVELOPMENT KEY: for demonstration only");
    }
    if let Some(root) = trust.root() {
        println!("root         version {}, epoch {}, expires {}", root.version, root.epoch, day(root.expires));
        println!(
            "             {} of {} root keys, {} head keys, {} retraction keys",
            root.threshold,
            root.root_keys.len(),
            root.head_keys.len(),
            root.retraction_keys.len()
        );
    }
    println!("sequence     {}", head.sequence);
    println!("issued       {} ({age} days ago)", day(head.issued));
    println!("expires      {}{}", day(head.expires), if head.expires < now() { " (out of date)" } else { "" });
    println!("entries      {} and {} retracted", head.entries, head.tombstones);
    println!("links to     {}", if head.hosts.is_empty() { "no host".to_owned() } else { head.hosts.join(" ") });
    for segment in &head.segments {
        println!(
            "segment      {} {}: {} entries, {} hashes, {} bytes{}{}",
            clean(&segment.tier),
            &segment.sha256[..12],
            segment.entries,
            segment.hashes,
            segment.bytes,
            segment.packed.as_ref().map_or_else(String::new, |packed| format!(", {} packed", packed.bytes)),
            merged_of(segment)
        );
    }
    for retraction in &head.retractions {
        println!("retracted    {} up to rev {}: {}", clean(&retraction.id), retraction.rev, clean(&retraction.reason));
    }
}

fn merged_of(segment: &SegmentName) -> String {
    if segment.parts.is_empty() { String::new() } else { format!(", merged of {}", segment.parts.len()) }
}

pub fn export(source: &Path) -> Result<(), Fault> {
    let read = folder::read(source, None)?;
    let entries =
        read.index.entries(&read.keypoints).map_err(|error| Fault::Segment { path: source.to_owned(), error })?;
    let mut stdout = std::io::stdout().lock();
    for entry in entries {
        writeln!(stdout, "{}", to_line(&entry))?;
    }
    Ok(())
}
