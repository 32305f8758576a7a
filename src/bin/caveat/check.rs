//! `caveat check`: verdicts on pictures, by the extension's own engine.

use std::fs;
use std::path::PathBuf;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use caveat::engine::{Manner, Searched, check_bytes};
use caveat::index::Role;
use caveat::protocol::{Finding, Level, Reason, ReasonCode, Sensitivity, Verdict, VerdictKind, Via};
use serde::Serialize;

use crate::fault::Fault;
use crate::fingerprint::{for_each_path, print_json};
use crate::{folder, keys};

pub struct Arguments {
    pub index: PathBuf,
    pub key: Option<String>,
    pub json: bool,
    pub language: String,
    pub sensitivity: Sensitivity,
    pub images: Vec<PathBuf>,
}

#[derive(Serialize)]
struct Line<'a> {
    file: &'a str,
    verdict: VerdictKind,
    matches: Vec<Match<'a>>,
    ms: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
}

#[derive(Serialize)]
struct Match<'a> {
    entry: &'a str,
    level: Level,
    via: Via,
    distance: Option<u32>,
    /// Matching keypoints; null for a match by hash.
    inliers: Option<u32>,
    region: Option<[f64; 4]>,
    outline: [[f64; 2]; 4],
    mirrored: bool,
    rotated: u16,
    role: Role,
}

pub fn run(arguments: &Arguments) -> Result<(), Fault> {
    let anchor = arguments.key.as_deref().map(keys::anchor).transpose()?;
    let read = folder::read(&arguments.index, anchor)?;
    let keypoints = Some(&read.keypoints);
    let key = read.anchor();
    let sources = [Searched { key: &key, catalogue_name: None, head: &read.head, index: &read.index, keypoints }];
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as i64);
    let manner = Manner { sensitivity: arguments.sensitivity, language: &arguments.language, now };
    for_each_path(&arguments.images, |path| {
        let start = Instant::now();
        let verdict = match fs::read(path) {
            Ok(bytes) => check_bytes(&bytes, &sources, manner),
            Err(error) => no_access(error.to_string()),
        };
        let ms = start.elapsed().as_secs_f64() * 1000.0;
        let file = path.to_string_lossy();
        if arguments.json {
            return print_json(&Line {
                file: &file,
                verdict: verdict.verdict,
                matches: verdict.matches.iter().map(row).collect(),
                ms: (ms * 1000.0).round() / 1000.0,
                reason: verdict.reason.as_ref().map(|reason| reason.message.as_str()),
            });
        }
        describe(&file, &verdict);
        Ok(())
    })
}

/// A file that cannot be read is a verdict like any other: one bad path must not end a long run.
fn no_access(message: String) -> Verdict {
    let reason = Some(Reason { code: ReasonCode::NotPermitted, message });
    Verdict { verdict: VerdictKind::NoAccess, reason, generation: 0, matches: Vec::new() }
}

fn row(found: &Finding) -> Match<'_> {
    Match {
        entry: &found.entry,
        level: found.level,
        via: found.via,
        distance: found.distance,
        inliers: found.inliers,
        region: found.region,
        outline: found.outline,
        mirrored: found.mirrored,
        rotated: found.rotated,
        role: found.role,
    }
}

fn describe(file: &str, verdict: &Verdict) {
    let word = match verdict.verdict {
        VerdictKind::Match => "known picture",
        VerdictKind::Possible => "perhaps a known picture",
        VerdictKind::None => "no known match",
        VerdictKind::TooPlain => "too plain to tell from others",
        VerdictKind::Unreadable => "cannot be read",
        VerdictKind::NoAccess => "cannot be had",
        VerdictKind::NoIndex => "no index",
    };
    println!("{file}: {word}{}", verdict.reason.as_ref().map_or_else(String::new, |why| format!(": {}", why.message)));
    for found in &verdict.matches {
        let distance = found.distance.map(|bits| format!("{bits} bits"));
        let inliers = found.inliers.map(|count| format!("{count} keypoints"));
        let how: Vec<String> = [distance, inliers].into_iter().flatten().collect();
        println!("    {} ({}): {}", found.entry, how.join(", "), found.truth.text);
    }
}
