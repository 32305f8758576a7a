//! A report for people: as text, and as tables for a document.

mod nearness;

use std::fmt::Write as _;

use caveat::protocol::Level;

use super::report::{Counts, Report};
use crate::sensitivity::word;

/// Wrong names that the text lists; `--json` has them all.
const LISTED: usize = 10;

/// For a terminal.
pub fn text(report: &Report) -> String {
    let mut out = String::new();
    let head = ["match", "or possible", "false", "false possible", "PDQ", "PDQ false"];
    let mut block = |title: &str, lines: &[(String, &Counts)]| {
        let _infallible = write!(out, "{title:26}");
        for name in head {
            let _infallible = write!(out, "  {name:>14}");
        }
        out.push('\n');
        for (name, counts) in lines {
            let _infallible = write!(out, "{name:26}");
            for cell in cells(counts) {
                let _infallible = write!(out, "  {cell:>14}");
            }
            out.push('\n');
        }
        out.push('\n');
    };
    block("edit", &edits(report));
    block("group", &groups(report));
    out + &nearness(report, false) + &summary(report)
}

/// For a document.
pub fn markdown(report: &Report) -> String {
    let mut out = String::new();
    for (title, lines) in [("group", groups(report)), ("edit", edits(report))] {
        let _infallible = writeln!(
            out,
            "| {title} | match | match or possible | false matches | false possibles | PDQ | PDQ, false matches |\n\
             |---|---|---|---|---|---|---|"
        );
        for (name, counts) in lines {
            let _infallible = writeln!(out, "| {name} | {} |", cells(counts).join(" | "));
        }
        out.push('\n');
    }
    out + &nearness(report, true) + &summary(report)
}

fn nearness(report: &Report, markdown: bool) -> String {
    report.calibration.as_ref().map_or_else(String::new, |calibration| nearness::tables(calibration, markdown))
}

fn edits(report: &Report) -> Vec<(String, &Counts)> {
    report.edits.iter().map(|line| (line.edit.clone(), &line.counts)).collect()
}

fn groups(report: &Report) -> Vec<(String, &Counts)> {
    let mut lines: Vec<_> = report.groups.iter().map(|line| (line.group.name().to_owned(), &line.counts)).collect();
    lines.push(("all".to_owned(), &report.all));
    lines
}

fn cells(counts: &Counts) -> [String; 6] {
    let percent = |part: Option<f64>| part.map_or_else(|| "-".to_owned(), |part| format!("{:.1} %", part * 100.0));
    [
        percent(counts.r#match),
        percent(counts.match_or_possible),
        counts.false_matches.to_string(),
        counts.false_possibles.to_string(),
        percent(counts.pdq_match),
        counts.pdq_false_matches.to_string(),
    ]
}

fn summary(report: &Report) -> String {
    let Report { sensitivity, indexed, all, bytes, ms, wrong, left_out, untold, distractors, search, .. } = report;
    let mut out = format!(
        "{indexed} pictures in the index; {} questions for them and {} for others; sensitivity {}.\n\
         {} bytes a fingerprint (PDQ alone: {}); index {} bytes.\n\
         Median a picture: decoding {} ms, PDQ {} ms, check with its decoding {} ms.\n",
        all.known,
        all.unknown,
        word(*sensitivity),
        bytes.fingerprint,
        bytes.pdq,
        bytes.index,
        ms.decode,
        ms.pdq,
        ms.check
    );
    if *untold > 0 {
        let _infallible = writeln!(out, "{untold} doctored pictures that nothing tells from their originals.");
    }
    if let Some(counts) = distractors {
        let _infallible = writeln!(
            out,
            "{} distractors in the index, {} of them of pixels: {} false matches and {} false possibles name one.",
            counts.entries, counts.pictures, counts.false_matches, counts.false_possibles
        );
    }
    if let Some(search) = search {
        let _infallible = writeln!(
            out,
            "Votes for the right picture, in {} questions: {} by the inverted index, {} by all descriptors, {} by both.",
            search.questions, search.index, search.exhaustive, search.both
        );
    }
    if !left_out.is_empty() {
        let _infallible = writeln!(out, "Left out as too small, too narrow or damaged: {}.", left_out.join(", "));
    }
    for wrong in wrong.iter().take(LISTED) {
        let surely = if wrong.level == Level::Match { "taken for" } else { "perhaps" };
        let _infallible = writeln!(out, "{} of {}: {surely} {}", wrong.edit, wrong.file, wrong.taken_for);
    }
    if wrong.len() > LISTED {
        let _infallible = writeln!(out, "and {} more wrong answers: see --json", wrong.len() - LISTED);
    }
    out
}
