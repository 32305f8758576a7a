//! The tables of a calibration: how near wrong pictures come, and how many wrong answers to expect.

use std::fmt::Write as _;

use caveat::protocol::Level;

use super::super::calibration::{Calibration, Expected, Near, PerMillion};
use super::super::quantiles::{HEADS, Quantiles};
use crate::sensitivity::word;

/// Pictures that came near that are told; `--json` has more.
const LISTED: usize = 8;

/// Lines of cells, the first of them the head.
type Table = Vec<Vec<String>>;

/// All tables, for a terminal or for a document.
pub fn tables(calibration: &Calibration, markdown: bool) -> String {
    let Calibration { questions, pictures, nearest, .. } = calibration;
    let mut out = format!("{questions} questions about {pictures} pictures that are not in the index.\n\n");
    for table in [expected(calibration), kinds(calibration), evidence(calibration)] {
        put(&mut out, &table, markdown);
    }
    for Near { edit, file, near, pairs, inliers, spread, agreement, part } in nearest.iter().take(LISTED) {
        let _infallible = writeln!(
            out,
            "{edit} of {file}: {:.0} % of the demand for {near} ({pairs} pairs, {inliers} inliers, spread {spread}, \
             agreement {agreement:.2})",
            part * 100.0
        );
    }
    out.push('\n');
    out
}

fn put(out: &mut String, table: &Table, markdown: bool) {
    for (i, line) in table.iter().enumerate() {
        if markdown {
            let _infallible = writeln!(out, "| {} |", line.join(" | "));
            if i == 0 {
                let _infallible = writeln!(out, "|{}", "---|".repeat(line.len()));
            }
        } else {
            let (first, rest) = line.split_first().map_or(("", &[][..]), |(first, rest)| (first.as_str(), rest));
            let _infallible = write!(out, "{first:34}");
            for cell in rest {
                let _infallible = write!(out, "  {cell:>22}");
            }
            out.push('\n');
        }
    }
    out.push('\n');
}

fn expected(calibration: &Calibration) -> Table {
    let mut head = ["known pictures", "level", "seen here", "expected here"].map(str::to_owned).to_vec();
    let sizes = calibration.kinds.iter().flat_map(|kind| &kind.expected).next().map_or(&[][..], |line| &line.sizes);
    head.extend(sizes.iter().map(|size| format!("{} entries", grouped(size.entries as f64))));
    head.push("by hashes here".to_owned());
    let mut table = vec![head];
    for kind in &calibration.kinds {
        for line in &kind.expected {
            let known = format!("{} {}", grouped(kind.entries as f64), kind.kind);
            let mut cells = vec![known, name(line), format!("{} of {}", line.seen, calibration.questions)];
            cells.push(cell(&line.here));
            cells.extend(line.sizes.iter().map(cell));
            cells.push(rough(line.here.by_hash));
            table.push(cells);
        }
    }
    table
}

fn name(line: &Expected) -> String {
    format!("{}, {}", word(line.sensitivity), if line.level == Level::Match { "match" } else { "possible" })
}

fn cell(at: &PerMillion) -> String {
    format!("{} ({} to {})", rough(at.expected), rough(at.low), rough(at.high))
}

/// Two digits: the rest is noise.
fn rough(value: f64) -> String {
    if value < 0.001 {
        return "under 0.001".to_owned();
    }
    let step = 10_f64.powi(value.log10().floor() as i32 - 1);
    let rounded = (value / step).round() * step;
    if rounded >= 10.0 {
        grouped(rounded)
    } else {
        format!("{:.*}", (-step.log10()).round().max(0.0) as usize, rounded)
    }
}

/// With commas between thousands.
fn grouped(value: f64) -> String {
    let digits = format!("{value:.0}");
    let first = digits.len() % 3;
    let mut parts: Vec<&str> = if first > 0 { vec![&digits[..first]] } else { Vec::new() };
    parts.extend((first..digits.len()).step_by(3).map(|at| &digits[at..at + 3]));
    parts.join(",")
}

fn kinds(calibration: &Calibration) -> Table {
    let head = ["known pictures", "verified, of a million", "near, of a million", "most of the demand", "nearest hash"];
    let lines = calibration.kinds.iter().map(|line| {
        vec![
            format!("{} {}", grouped(line.entries as f64), line.kind),
            format!("{:.1}", line.verified_per_million),
            format!("{:.3}", line.near_per_million),
            format!("{:.0} %", line.most * 100.0),
            line.nearest_hash.map_or_else(|| "-".to_owned(), |bits| format!("{bits} bits")),
        ]
    });
    [head.map(str::to_owned).to_vec()].into_iter().chain(lines).collect()
}

fn evidence(calibration: &Calibration) -> Table {
    let mut table = vec![["evidence"].into_iter().chain(HEADS).map(str::to_owned).collect()];
    for (whose, spread) in [("right", &calibration.right), ("wrong", &calibration.wrong)] {
        for (column, values) in spread.lines() {
            table.push([vec![format!("{whose}: {column}")], cells(values)].concat());
        }
    }
    table
}

fn cells(values: Quantiles) -> Vec<String> {
    let number = |value: f64| if value.fract() == 0.0 { format!("{value:.0}") } else { format!("{value:.2}") };
    values.map_or_else(|| vec!["-".to_owned(); HEADS.len()], |values| values.map(number).to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_two_digits() {
        let values = [0.0, 0.001_24, 0.0346, 0.5, 3.46, 9.99, 23.4, 1234.0, 98_765.0, 1e6];
        let expected = ["under 0.001", "0.0012", "0.035", "0.50", "3.5", "10", "23", "1,200", "99,000", "1,000,000"];
        assert_eq!(values.map(rough), expected);
    }
}
