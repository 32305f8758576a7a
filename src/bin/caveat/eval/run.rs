//! A run: choose pictures, index some, ask for them and for others.

use caveat::image::{Limits, Orientation, decode};
use indicatif::ProgressBar;

use super::Arguments;
use super::ask::{Bench, Put, Subject};
use super::canvas::Canvas;
use super::chance::Chance;
use super::distractors::{Distractors, How};
use super::doctored::{self, Doctoring};
use super::edits::{self, Edit, Hand};
use super::pictures::{self, Picture};
use super::report::{Gathered, Report, Row};
use super::score::Group;
use super::study::Studies;
use super::templates::{COPIES, Copy, Template};
use super::{index, pool, told};
use crate::fault::Fault;
use crate::{fingerprint, progress};

/// JPEG quality of a frame that is put in the index.
const FRAME_QUALITY: u8 = 90;
/// Most other pictures in a collage.
const COMPANIONS: usize = 3;

/// A row of the table, before anything is asked.
pub struct Planned {
    pub name: String,
    pub group: Group,
    pub what: &'static str,
    pub question: Question,
}

/// What is asked in a row.
pub enum Question {
    Edit(&'static Edit),
    /// A copy of a frame: of a known one, or of another.
    Frame(Template, &'static Copy),
    /// A copy of a doctored picture, or of its original.
    Doctored(Doctoring, &'static doctored::Copy),
    /// The file as it is.
    AsItIs,
}

impl Planned {
    /// Whether `--only` may name it so.
    pub fn answers_to(&self, only: &str) -> bool {
        self.name == only || self.group.name() == only
    }
}

/// The rows that the arguments ask for.
pub fn rows(arguments: &Arguments) -> Vec<Planned> {
    let mut rows: Vec<Planned> = if arguments.templates {
        frames()
    } else if arguments.differences {
        told::rows()
    } else {
        edits::all().map(edit).collect()
    };
    rows.retain(|row| arguments.only.is_empty() || arguments.only.iter().any(|only| row.answers_to(only)));
    if !arguments.negatives.is_empty() {
        rows.push(Planned {
            name: "negatives".to_owned(),
            group: Group::Negatives,
            what: "other pictures, as they are",
            question: Question::AsItIs,
        });
    }
    rows
}

fn edit(edit: &'static Edit) -> Planned {
    Planned { name: edit.name.to_owned(), group: edit.group, what: edit.what, question: Question::Edit(edit) }
}

fn frames() -> Vec<Planned> {
    let mut rows = Vec::new();
    for (group, infix) in [(Group::TemplateCopies, ""), (Group::TemplateOthers, "-others")] {
        for template in Template::ALL {
            for copy in &COPIES {
                let name = format!("{}{infix}-{}", template.name(), copy.name);
                rows.push(Planned { name, group, what: copy.what, question: Question::Frame(template, copy) });
            }
        }
    }
    rows
}

/// Runs it.
pub fn run(arguments: &Arguments, rows: Vec<Planned>) -> Result<Report, Fault> {
    let found = pictures::find(&arguments.folders, arguments.seed)?;
    let count = arguments.indexed.unwrap_or(found.pictures.len() / 2);
    // A collage needs a picture that is not known beside one that is not known either.
    if count == 0 || found.pictures.len() < count + 2 {
        return Err(Fault::Usage(format!(
            "{} pictures of at least 96 pixels a side: give --indexed at least 1, and at least 2 less than there are",
            found.pictures.len()
        )));
    }
    let (known, others) = found.pictures.split_at(count);
    let distractors = distractors(arguments, known)?;
    let plain = rows.iter().map(|row| Row { name: row.name.clone(), group: row.group }).collect();
    let mut gathered = Gathered::new(plain, found.left_out);
    let run = Run { arguments, known, others, rows: &rows, distractors: &distractors };
    if arguments.templates {
        for template in Template::ALL {
            run.ask_frames(template, &mut gathered)?;
        }
    } else if arguments.differences {
        for doctoring in Doctoring::ALL {
            run.ask_doctored(doctoring, &mut gathered)?;
        }
    } else {
        run.ask_edits(&mut gathered)?;
    }
    Ok(gathered.report(arguments.seed, arguments.sensitivity, &distractors))
}

/// What is put in the index besides the pictures.
fn distractors(arguments: &Arguments, known: &[Picture]) -> Result<Distractors, Fault> {
    let count = arguments.distractors;
    if count == 0 {
        return Ok(Distractors::none());
    }
    let found;
    let from = if arguments.distractors_from.is_empty() {
        known.get(arguments.queries..).unwrap_or_default()
    } else {
        found = pictures::find(&arguments.distractors_from, arguments.seed)?;
        &found.pictures
    };
    if from.is_empty() {
        return Err(Fault::Usage(
            "no picture to make distractors of: give --distractors-from, or --queries less than --indexed".to_owned(),
        ));
    }
    let bar = progress::bar(Distractors::steps(from.len(), count), "making distractors");
    let (keypoints, seed, threads) = (usize::from(arguments.keypoints), arguments.seed, arguments.threads());
    let fresh = !arguments.distractors_from.is_empty();
    let distractors = Distractors::of(from, fresh, count, &How { keypoints, seed, threads, bar: &bar });
    bar.finish_and_clear();
    Ok(distractors)
}

/// A run.
pub struct Run<'a> {
    pub arguments: &'a Arguments,
    pub known: &'a [Picture],
    pub others: &'a [Picture],
    pub rows: &'a [Planned],
    distractors: &'a Distractors,
}

impl Run<'_> {
    fn ask_edits(&self, gathered: &mut Gathered) -> Result<(), Fault> {
        let bar = self.bar(self.rows.len());
        let (bench, numbers) = self.index(&bar, gathered, Picture::bytes)?;
        self.ask(&bench, &numbers, gathered, |subject, put| self.edited(subject.picture, put))?;
        self.ask_negatives(&bench, gathered)?;
        bar.finish_and_clear();
        Ok(())
    }

    fn ask_frames(&self, template: Template, gathered: &mut Gathered) -> Result<(), Fault> {
        let bar = self.bar(self.rows.len() / Template::ALL.len());
        let (bench, numbers) = self.index(&bar, gathered, |picture| self.frame(template, picture))?;
        self.ask(&bench, &numbers, gathered, |subject, put| self.frame_copies(template, subject, put))?;
        if template == Template::Game {
            self.ask_negatives(&bench, gathered)?;
        }
        bar.finish_and_clear();
        Ok(())
    }

    pub fn bar(&self, rows: usize) -> ProgressBar {
        let subjects = self.arguments.queries.min(self.known.len()) + self.arguments.queries.min(self.others.len());
        progress::bar(self.known.len() + subjects * rows, "asking")
    }

    /// A bench whose index holds the known pictures, as `make` gives them, and the numbers of those that it could take.
    fn index<'b>(
        &'b self,
        bar: &'b ProgressBar,
        gathered: &mut Gathered,
        make: impl Fn(&Picture) -> Result<Vec<u8>, String> + Sync,
    ) -> Result<(Bench<'b>, Vec<usize>), Fault> {
        let threads = self.arguments.threads();
        let all = pool::map(self.known, threads, |_, picture| {
            bar.inc(1);
            let pixels =
                decode(&make(picture)?, &Limits::default(), Orientation::Apply).map_err(|error| error.to_string())?;
            Ok::<_, String>(fingerprint::of_pixels(&pixels, usize::from(self.arguments.keypoints)))
        });
        let mut builder = index::Builder::with_copy(self.arguments.entries.as_deref())?;
        let (mut hashes, mut bytes) = (Vec::new(), 0);
        for (number, (found, picture)) in all.iter().zip(self.known).enumerate() {
            match found {
                Ok(found) => {
                    bytes += builder.add(number, found)?;
                    hashes.push((number, found.pdq));
                }
                Err(_) => gathered.left_out.push(picture.name.clone()),
            }
        }
        let numbers: Vec<usize> = hashes.iter().map(|(number, _)| *number).collect();
        for number in 0..self.distractors.count() {
            if let Some(found) = self.distractors.get(number) {
                builder.add(self.known.len() + number, &found)?;
                hashes.push((self.known.len() + number, found.pdq));
            }
        }
        let write = self.arguments.write.as_deref();
        let held = builder.finish(self.arguments.sensitivity)?;
        let bench = Bench::new(held, &hashes, threads, self.studies(numbers.len()), write, bar);
        gathered.add_bench(&bench, numbers.len(), bytes);
        Ok((bench, numbers))
    }

    pub fn studies(&self, known: usize) -> Studies<'_> {
        let questions = self.arguments.queries.min(known) * self.rows.len();
        Studies {
            evidence: self.arguments.distribution,
            known: self.known.len(),
            distractors: self.distractors,
            search: self.arguments.recall_of_search as f32 / questions.max(1) as f32,
            seed: self.arguments.seed,
        }
    }

    fn name(&self, number: usize) -> String {
        let distractor = || self.distractors.name(number - self.known.len());
        self.known.get(number).map_or_else(distractor, |picture| picture.name.clone())
    }

    /// Asks for known pictures, and for as many others.
    fn ask(
        &self,
        bench: &Bench<'_>,
        numbers: &[usize],
        gathered: &mut Gathered,
        questions: impl Fn(&Subject<'_>, &mut Put<'_>) -> Result<(), String> + Sync,
    ) -> Result<(), Fault> {
        let known = numbers
            .iter()
            .filter_map(|&number| self.known.get(number).map(|picture| Subject { picture, entry: Some(number) }));
        let others = self.others.iter().map(|picture| Subject { picture, entry: None });
        let queries = self.arguments.queries;
        let subjects: Vec<Subject<'_>> = known.take(queries).chain(others.take(queries)).collect();
        self.put(bench, &subjects, gathered, questions)
    }

    /// Asks for the negatives, as they are.
    pub fn ask_negatives(&self, bench: &Bench<'_>, gathered: &mut Gathered) -> Result<(), Fault> {
        let Some(row) = self.rows.iter().position(|row| matches!(row.question, Question::AsItIs)) else {
            return Ok(());
        };
        let found = pictures::find(&self.arguments.negatives, self.arguments.seed)?;
        gathered.left_out.extend(found.left_out);
        let subjects: Vec<Subject<'_>> =
            found.pictures.iter().map(|picture| Subject { picture, entry: None }).collect();
        self.put(bench, &subjects, gathered, |subject, put| {
            put(row, "negatives", &subject.picture.bytes()?);
            Ok(())
        })
    }

    pub fn put(
        &self,
        bench: &Bench<'_>,
        subjects: &[Subject<'_>],
        gathered: &mut Gathered,
        questions: impl Fn(&Subject<'_>, &mut Put<'_>) -> Result<(), String> + Sync,
    ) -> Result<(), Fault> {
        let (answers, left_out) = bench.ask(subjects, questions)?;
        gathered.add(answers, subjects, |number| (self.name(number), number >= self.known.len()));
        gathered.left_out.extend(left_out);
        Ok(())
    }

    pub fn chance(&self, what: &str, picture: &Picture) -> Chance {
        Chance::of(self.arguments.seed, &[what, &picture.name])
    }

    fn edited(&self, picture: &Picture, put: &mut Put<'_>) -> Result<(), String> {
        let canvas = picture.canvas()?;
        let others = self.companions(picture);
        for (at, row) in self.rows.iter().enumerate() {
            if let Question::Edit(edit) = row.question {
                let mut hand = Hand { chance: self.chance(edit.name, picture), others: &others };
                put(at, &row.name, &edit.apply(&canvas, &mut hand));
            }
        }
        Ok(())
    }

    /// Pictures to be shown beside this one: none of them is in the index.
    fn companions(&self, picture: &Picture) -> Vec<Canvas> {
        let needed = |row: &Planned| matches!(row.question, Question::Edit(edit) if edit.needs_others());
        if !self.rows.iter().any(needed) {
            return Vec::new();
        }
        let first = self.chance("companions", picture).below(self.others.len());
        let around = self.others.iter().cycle().skip(first).take(self.others.len());
        let others = around.filter(|other| !std::ptr::eq(*other, picture));
        others.filter_map(Picture::companion).take(COMPANIONS).collect()
    }

    /// A picture as a frame of a template: the file.
    fn frame(&self, template: Template, picture: &Picture) -> Result<Vec<u8>, String> {
        let mut chance = self.chance(template.name(), picture);
        Ok(template.frame(&picture.canvas()?, &mut chance).jpeg(FRAME_QUALITY))
    }

    fn frame_copies(&self, template: Template, subject: &Subject<'_>, put: &mut Put<'_>) -> Result<(), String> {
        let file = self.frame(template, subject.picture)?;
        let pixels = decode(&file, &Limits::default(), Orientation::Apply).map_err(|error| error.to_string())?;
        let frame = Canvas::of(&pixels);
        let group = if subject.entry.is_some() { Group::TemplateCopies } else { Group::TemplateOthers };
        for (at, row) in self.rows.iter().enumerate() {
            match row.question {
                Question::Frame(of, copy) if of == template && row.group == group => {
                    put(at, &row.name, &copy.apply(&frame, &mut self.chance(&row.name, subject.picture)));
                }
                _ => {}
            }
        }
        Ok(())
    }
}
