//! What a run says.

use caveat::protocol::{Level, Sensitivity};
use serde::Serialize;

use super::ask::{Answer, Bench, Subject};
use super::calibration::{Asked, Calibration, Near};
use super::distractors::{Distractors, Kind};
use super::score::{Group, Tally, median, wrong};

/// Bytes of a PDQ hash.
const PDQ_BYTES: usize = 32;

/// A row of the table: an edit.
pub struct Row {
    pub name: String,
    pub group: Group,
}

/// All of it; `--json` prints it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    pub seed: u64,
    /// How readily it spoke.
    pub sensitivity: Sensitivity,
    /// Pictures in the index.
    pub indexed: usize,
    pub edits: Vec<EditLine>,
    pub groups: Vec<GroupLine>,
    pub all: Counts,
    pub bytes: Bytes,
    pub ms: Times,
    /// What was put in the index besides.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub distractors: Option<DistractorCounts>,
    /// What the inverted index of the keypoints leaves out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub search: Option<SearchRecall>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub calibration: Option<Calibration>,
    /// Each wrong name that was given.
    pub wrong: Vec<Wrong>,
    /// Pictures that are too small, too narrow or damaged.
    pub left_out: Vec<String>,
    /// Doctored pictures that nothing tells from their originals.
    pub untold: usize,
}

#[derive(Serialize)]
pub struct EditLine {
    pub edit: String,
    pub group: Group,
    #[serde(flatten)]
    pub counts: Counts,
}

#[derive(Serialize)]
pub struct GroupLine {
    pub group: Group,
    #[serde(flatten)]
    pub counts: Counts,
}

/// Questions, and the part of them that was answered rightly or wrongly. No recall where nothing known was asked.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Counts {
    pub known: usize,
    pub unknown: usize,
    pub r#match: Option<f64>,
    pub match_or_possible: Option<f64>,
    pub false_matches: usize,
    pub false_possibles: usize,
    pub pdq_match: Option<f64>,
    pub pdq_false_matches: usize,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Bytes {
    /// Mean length of an encoded fingerprint.
    pub fingerprint: f64,
    pub pdq: usize,
    /// All of the index.
    pub index: usize,
}

/// Median milliseconds a picture. A check decodes for itself.
#[derive(Serialize)]
pub struct Times {
    pub decode: f64,
    pub pdq: f64,
    pub check: f64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Wrong {
    pub edit: String,
    pub file: String,
    pub taken_for: String,
    pub level: Level,
    #[serde(skip)]
    distractor: bool,
}

/// Distractors, and the wrong answers that name one.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DistractorCounts {
    pub entries: usize,
    /// Those of pixels.
    pub pictures: usize,
    pub false_matches: usize,
    pub false_possibles: usize,
}

/// Questions of known pictures with keypoints, and for how many of them the votes chose the right picture.
#[derive(Serialize, Default, Clone, Copy)]
#[serde(rename_all = "camelCase")]
pub struct SearchRecall {
    pub questions: usize,
    /// By the inverted index.
    pub index: usize,
    /// By all descriptors.
    pub exhaustive: usize,
    pub both: usize,
}

impl SearchRecall {
    fn count(&mut self, [index, exhaustive]: [bool; 2]) {
        self.questions += 1;
        self.index += usize::from(index);
        self.exhaustive += usize::from(exhaustive);
        self.both += usize::from(index && exhaustive);
    }
}

impl Counts {
    fn of(tally: &Tally) -> Self {
        let part = |count: usize| (tally.known > 0).then(|| rounded(count as f64 / tally.known as f64, 1e4));
        Self {
            known: tally.known,
            unknown: tally.unknown,
            r#match: part(tally.matched),
            match_or_possible: part(tally.found),
            false_matches: tally.false_matches,
            false_possibles: tally.false_possibles,
            pdq_match: part(tally.pdq_matched),
            pdq_false_matches: tally.pdq_false,
        }
    }
}

fn rounded(value: f64, steps: f64) -> f64 {
    (value * steps).round() / steps
}

/// Gathers the answers of one or more benches.
pub struct Gathered {
    rows: Vec<(Row, Tally)>,
    wrong: Vec<Wrong>,
    ms: [Vec<f64>; 3],
    fingerprint_bytes: usize,
    index_bytes: usize,
    indexed: usize,
    benches: usize,
    /// What the studies showed, with whether the picture is known.
    asked: Vec<Asked>,
    pictures: usize,
    nearest: Vec<Near>,
    search: SearchRecall,
    pub left_out: Vec<String>,
    pub untold: usize,
}

impl Gathered {
    pub fn new(rows: Vec<Row>, left_out: Vec<String>) -> Self {
        let rows = rows.into_iter().map(|row| (row, Tally::default())).collect();
        let (wrong, ms) = (Vec::new(), [const { Vec::new() }; 3]);
        Self {
            rows,
            wrong,
            ms,
            fingerprint_bytes: 0,
            index_bytes: 0,
            indexed: 0,
            benches: 0,
            asked: Vec::new(),
            pictures: 0,
            nearest: Vec::new(),
            search: SearchRecall::default(),
            left_out,
            untold: 0,
        }
    }

    /// Another index that is asked, of so many pictures, whose fingerprints have so many bytes.
    pub fn add_bench(&mut self, bench: &Bench<'_>, indexed: usize, fingerprint_bytes: usize) {
        self.fingerprint_bytes += fingerprint_bytes;
        self.index_bytes += bench.held.index_bytes;
        self.indexed += indexed;
        self.benches += 1;
    }

    /// Its answers; `known` says how a picture in the index is called, and whether it is a distractor.
    pub fn add(&mut self, answers: Vec<Answer>, subjects: &[Subject<'_>], known: impl Fn(usize) -> (String, bool)) {
        for answer in answers {
            let Some((row, tally)) = self.rows.get_mut(answer.row) else { continue };
            tally.count(&answer);
            let file = subjects.get(answer.subject).map_or_else(String::new, |subject| subject.picture.name.clone());
            if let Some((named, level)) = wrong(&answer) {
                let (taken_for, distractor) = known(named);
                self.wrong.push(Wrong { edit: row.name.clone(), file: file.clone(), taken_for, level, distractor });
            }
            for (all, ms) in self.ms.iter_mut().zip(answer.ms) {
                all.push(ms);
            }
            if let Some(chosen) = answer.chosen {
                self.search.count(chosen);
            }
            if let Some(study) = answer.study {
                let name = |entry| known(entry).0;
                let asked = Asked { picture: self.pictures + answer.subject, known: answer.entry.is_some(), study };
                self.nearest.extend(Near::of(&asked, &row.name, &file, name));
                self.asked.push(asked);
            }
        }
        self.pictures += subjects.len();
    }

    /// The report, with the groups in the order of their first rows.
    pub fn report(mut self, seed: u64, sensitivity: Sensitivity, distractors: &Distractors) -> Report {
        self.left_out.sort();
        self.left_out.dedup();
        let mut groups: Vec<(Group, Tally)> = Vec::new();
        for (row, tally) in &self.rows {
            match groups.iter_mut().find(|(group, _)| *group == row.group) {
                Some((_, sum)) => *sum = sum.and(tally),
                None => groups.push((row.group, *tally)),
            }
        }
        let all = groups.iter().fold(Tally::default(), |sum, (_, tally)| sum.and(tally));
        let fingerprint = rounded(self.fingerprint_bytes as f64 / self.indexed.max(1) as f64, 10.0);
        let [decode, pdq, check] = self.ms.map(|values| rounded(median(values), 100.0));
        let line =
            |(row, tally): (Row, Tally)| EditLine { edit: row.name, group: row.group, counts: Counts::of(&tally) };
        let wrong = |level: Level| self.wrong.iter().filter(|wrong| wrong.distractor && wrong.level == level).count();
        let counted = DistractorCounts {
            entries: distractors.count(),
            pictures: distractors.count_of(Kind::Made),
            false_matches: wrong(Level::Match),
            false_possibles: wrong(Level::Possible),
        };
        let mut entries = Kind::ALL.map(|kind| distractors.count_of(kind));
        entries[0] += self.indexed / self.benches.max(1);
        let calibration = (!self.asked.is_empty()).then(|| Calibration::of(&self.asked, self.nearest, entries));
        Report {
            seed,
            sensitivity,
            indexed: self.indexed,
            edits: self.rows.into_iter().map(line).collect(),
            groups: groups
                .iter()
                .map(|(group, tally)| GroupLine { group: *group, counts: Counts::of(tally) })
                .collect(),
            all: Counts::of(&all),
            bytes: Bytes { fingerprint, pdq: PDQ_BYTES, index: self.index_bytes },
            ms: Times { decode, pdq, check },
            distractors: (distractors.count() > 0).then_some(counted),
            search: (self.search.questions > 0).then_some(self.search),
            calibration,
            wrong: self.wrong,
            left_out: self.left_out,
            untold: self.untold,
        }
    }
}
