//! Asking: the engine, and PDQ alone beside it.

use std::fs;
use std::path::Path;
use std::time::Instant;

use caveat::fingerprint::pdq::{Pdq, pdq};
use caveat::fingerprint::{Hash, MATCH_RADIUS, MIN_QUALITY};
use caveat::image::{Limits, Orientation, Pixels, decode};
use caveat::protocol::Level;
use indicatif::ProgressBar;

use super::index::Held;
use super::pictures::Picture;
use super::pool;
use super::study::{Studies, Study};
use crate::fault::Fault;

/// A picture that is asked for.
pub struct Subject<'a> {
    pub picture: &'a Picture,
    /// Its number, if it is in the index.
    pub entry: Option<usize>,
}

/// What was answered to one question.
pub struct Answer {
    /// Which row of the table it belongs to.
    pub row: usize,
    /// Which subject.
    pub subject: usize,
    /// The subject's number in the index.
    pub entry: Option<usize>,
    /// Whom the engine named, and how surely.
    pub named: Vec<(usize, Level)>,
    /// Whom PDQ alone would name.
    pub named_by_pdq: Vec<usize>,
    /// How near right and wrong pictures came, if that is asked for.
    pub study: Option<Study>,
    /// Whether the votes of the keypoints chose the right picture: by the inverted index, and by all descriptors.
    pub chosen: Option<[bool; 2]>,
    /// Milliseconds for decoding, for PDQ of the decoded picture, and for the engine's answer, with its own decoding.
    pub ms: [f64; 3],
}

/// Who answers.
pub struct Bench<'a> {
    pub held: Held,
    /// PDQ of the known pictures.
    hashes: Vec<(usize, Hash)>,
    threads: usize,
    studies: Studies<'a>,
    /// Where the questions are kept, to look at.
    write: Option<&'a Path>,
    progress: &'a ProgressBar,
}

/// Hands a question to the bench: the row's number and name, and the picture's file.
pub type Put<'a> = dyn FnMut(usize, &str, &[u8]) + 'a;

impl<'a> Bench<'a> {
    /// One with an index, and PDQ of the pictures in it.
    pub fn new(
        held: Held,
        known: &[(usize, Pdq)],
        threads: usize,
        studies: Studies<'a>,
        write: Option<&'a Path>,
        progress: &'a ProgressBar,
    ) -> Self {
        let good = known.iter().filter(|(_, pdq)| pdq.quality >= MIN_QUALITY);
        let hashes = good.map(|(number, pdq)| (*number, pdq.hash)).collect();
        Self { held, hashes, threads, studies, write, progress }
    }

    /// The answers to the questions that `questions` makes of each subject, and the names of those it could not read.
    pub fn ask(
        &self,
        subjects: &[Subject<'_>],
        questions: impl Fn(&Subject<'_>, &mut Put<'_>) -> Result<(), String> + Sync,
    ) -> Result<(Vec<Answer>, Vec<String>), Fault> {
        let all = pool::map(subjects, self.threads, |at, subject| {
            let (mut answers, mut fault, mut unread) = (Vec::new(), None, false);
            let read = questions(subject, &mut |row, name, bytes| {
                if let Some(folder) = self.write {
                    fault = fault.take().or(write(folder, name, &subject.picture.name, bytes).err());
                }
                match self.answer(bytes, row, at, subject.entry) {
                    Some(mut answer) => {
                        self.study(bytes, &format!("{name} {}", subject.picture.name), &mut answer);
                        answers.push(answer);
                    }
                    None => unread = true,
                }
                self.progress.inc(1);
            });
            let left_out = (unread || read.is_err()).then(|| subject.picture.name.clone());
            fault.map_or(Ok((answers, left_out)), Err)
        });
        let (mut answers, mut left_out) = (Vec::new(), Vec::new());
        for one in all {
            let (some, unread) = one?;
            answers.extend(some);
            left_out.extend(unread);
        }
        Ok((answers, left_out))
    }

    fn answer(&self, bytes: &[u8], row: usize, subject: usize, entry: Option<usize>) -> Option<Answer> {
        let start = Instant::now();
        let pixels = decode(bytes, &Limits::default(), Orientation::Apply).ok()?;
        let decoded = start.elapsed();
        let named_by_pdq = self.by_pdq(&pixels);
        let hashed = start.elapsed();
        let named = self.held.ask(bytes)?;
        let ms = [decoded, hashed - decoded, start.elapsed() - hashed].map(|time| time.as_secs_f64() * 1000.0);
        Some(Answer { row, subject, entry, named, named_by_pdq, study: None, chosen: None, ms })
    }

    /// Adds to an answer what the studies want to know. Not part of any time.
    fn study(&self, bytes: &[u8], name: &str, answer: &mut Answer) {
        let searched = answer.entry.filter(|_| self.studies.samples(name));
        if !self.studies.evidence && searched.is_none() {
            return;
        }
        let Some(looked) = self.held.look(bytes) else { return };
        answer.study = self.studies.evidence.then(|| Study::of(&self.held, &looked, answer.entry, &self.studies));
        answer.chosen = searched.and_then(|entry| {
            let chosen = [false, true].map(|exhaustive| self.held.goes_on(entry, &looked, exhaustive));
            Some([chosen[0]?, chosen[1]?])
        });
    }

    /// What a list of PDQ hashes finds: the whole picture, as it stands, at the distance that PDQ's authors recommend.
    fn by_pdq(&self, pixels: &Pixels) -> Vec<usize> {
        let asked = pdq(pixels);
        let near = |hash: &Hash| asked.quality >= MIN_QUALITY && asked.hash.distance(hash) <= MATCH_RADIUS;
        self.hashes.iter().filter(|(_, hash)| near(hash)).map(|(number, _)| *number).collect()
    }
}

fn write(folder: &Path, row: &str, picture: &str, bytes: &[u8]) -> Result<(), Fault> {
    let folder = folder.join(row);
    fs::create_dir_all(&folder).map_err(Fault::file(&folder))?;
    let name: String = picture.chars().map(|c| if c.is_alphanumeric() { c } else { '-' }).collect();
    let path = folder.join(format!("{name}.jpg"));
    fs::write(&path, bytes).map_err(Fault::file(&path))
}
