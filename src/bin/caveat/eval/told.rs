//! Asking for doctored pictures and for their originals, which are both in the index.

use caveat::fingerprint::difference::make::difference;
use caveat::image::{Limits, Orientation, Pixels, decode};

use super::ask::{Bench, Put, Subject};
use super::canvas::{Area, Canvas};
use super::doctored::{COPIES, Copy, Doctoring};
use super::pictures::Picture;
use super::report::Gathered;
use super::run::{Planned, Question, Run};
use super::score::Group;
use super::{index, pool};
use crate::fault::Fault;
use crate::fingerprint::{self, Fingerprinted};

/// JPEG qualities of what is put in the index: a doctored picture was saved once more.
const DOCTORED_QUALITY: u8 = 88;
const ORIGINAL_QUALITY: u8 = 92;

/// The rows: every copy of the doctored picture, and of its original.
pub fn rows() -> Vec<Planned> {
    let mut rows = Vec::new();
    for (original, infix) in [(false, ""), (true, "-original")] {
        for doctoring in Doctoring::ALL {
            for copy in &COPIES {
                rows.push(Planned {
                    name: format!("{}{infix}-{}", doctoring.name(), copy.name),
                    group: group(original, copy),
                    what: copy.what,
                    question: Question::Doctored(doctoring, copy),
                });
            }
        }
    }
    rows
}

fn group(original: bool, copy: &Copy) -> Group {
    match (original, copy.away) {
        (false, false) => Group::EditedCopies,
        (false, true) => Group::EditedAway,
        (true, false) => Group::OriginalCopies,
        (true, true) => Group::OriginalAway,
    }
}

/// A doctored picture and its original, as files; and where it was changed.
struct Pair {
    doctored: Canvas,
    original: Canvas,
    changed: Area,
}

impl Pair {
    fn pixels(&self) -> Result<[Pixels; 2], String> {
        let files = [self.doctored.jpeg(DOCTORED_QUALITY), self.original.jpeg(ORIGINAL_QUALITY)];
        let [doctored, original] = files.map(|file| decode(&file, &Limits::default(), Orientation::Apply));
        let text = |error: caveat::image::DecodeError| error.to_string();
        Ok([doctored.map_err(text)?, original.map_err(text)?])
    }
}

impl Run<'_> {
    /// Every picture, changed in one way, with its original in one entry: copies of both are asked for.
    pub fn ask_doctored(&self, doctoring: Doctoring, gathered: &mut Gathered) -> Result<(), Fault> {
        let bar = self.bar(self.rows.len() / Doctoring::ALL.len());
        let threads = self.arguments.threads();
        let all = pool::map(self.known, threads, |_, picture| {
            bar.inc(1);
            self.entry(doctoring, picture)
        });
        let (mut builder, mut bytes) = (index::Builder::default(), 0);
        let (mut taken, mut untold) = (Vec::new(), 0);
        for (number, (pair, picture)) in all.iter().zip(self.known).enumerate() {
            match pair {
                Ok([known, original]) => {
                    untold += usize::from(known.fingerprint.difference.is_none());
                    bytes += builder.add_pair(number, [known, original])?;
                    taken.push((number, known.pdq));
                }
                Err(_) => gathered.left_out.push(picture.name.clone()),
            }
        }
        gathered.untold += untold;
        let write = self.arguments.write.as_deref();
        let bench = Bench::new(
            builder.finish(self.arguments.sensitivity)?,
            &taken,
            threads,
            self.studies(taken.len()),
            write,
            &bar,
        );
        gathered.add_bench(&bench, taken.len(), bytes);
        let asked = taken.iter().take(self.arguments.queries).filter_map(|(number, _)| {
            let picture = self.known.get(*number)?;
            Some([Some(*number), None].map(|entry| Subject { picture, entry }))
        });
        let subjects: Vec<Subject<'_>> = asked.flatten().collect();
        self.put(&bench, &subjects, gathered, |subject, put| self.doctored_copies(doctoring, subject, put))?;
        if doctoring == Doctoring::ALL[0] {
            self.ask_negatives(&bench, gathered)?;
        }
        bar.finish_and_clear();
        Ok(())
    }

    /// The fingerprints of the doctored picture, with what tells it from its original, and of the original.
    fn entry(&self, doctoring: Doctoring, picture: &Picture) -> Result<[Fingerprinted; 2], String> {
        let [doctored, original] = self.pair(doctoring, picture)?.pixels()?;
        let keypoints = usize::from(self.arguments.keypoints);
        let mut known = fingerprint::of_pixels(&doctored, keypoints);
        let found = fingerprint::of_pixels(&original, keypoints);
        known.fingerprint.difference = difference(&known.fingerprint, &doctored, &[original]).ok();
        Ok([known, found])
    }

    fn pair(&self, doctoring: Doctoring, picture: &Picture) -> Result<Pair, String> {
        let original = picture.canvas()?;
        let mut chance = self.chance(doctoring.name(), picture);
        let other = self.others.get(chance.below(self.others.len())).and_then(Picture::companion);
        let other = other.unwrap_or_else(|| Canvas::plain(64.0, 64.0, [180, 60, 50]));
        let (doctored, changed) = doctoring.apply(&original, &other, &mut chance);
        Ok(Pair { doctored, original, changed })
    }

    fn doctored_copies(&self, doctoring: Doctoring, subject: &Subject<'_>, put: &mut Put<'_>) -> Result<(), String> {
        let pair = self.pair(doctoring, subject.picture)?;
        let pixels = pair.pixels()?;
        let canvas = Canvas::of(&pixels[usize::from(subject.entry.is_none())]);
        for (at, row) in self.rows.iter().enumerate() {
            match row.question {
                Question::Doctored(of, copy)
                    if of == doctoring && row.group == group(subject.entry.is_none(), copy) =>
                {
                    // The same crop of both.
                    let mut chance = self.chance(copy.name, subject.picture);
                    put(at, &row.name, &copy.apply(&canvas, pair.changed, &mut chance));
                }
                _ => {}
            }
        }
        Ok(())
    }
}
