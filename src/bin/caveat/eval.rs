//! `caveat eval`: how many edited copies of known pictures are found, and how many others are taken for them.

mod ask;
mod calibration;
mod canvas;
mod chance;
mod distractors;
mod doctored;
mod draw;
mod edits;
mod glyphs;
mod index;
mod pictures;
mod pool;
mod quantiles;
mod report;
mod run;
mod score;
mod study;
mod table;
mod tail;
mod templates;
mod text;
mod told;
mod warp;

use caveat::fingerprint::keypoints::select::DEFAULT_KEYPOINTS;
use caveat::protocol::Sensitivity;
use std::io::Write as _;
use std::path::PathBuf;
use std::thread::available_parallelism;

use crate::fault::Fault;
use crate::fingerprint::print_json;
use crate::sensitivity;

#[derive(clap::Args)]
pub struct Arguments {
    /// Folders of pictures, no two of which are copies of one another.
    #[arg(required_unless_present = "list", value_name = "FOLDER")]
    folders: Vec<PathBuf>,
    /// How many pictures to put in the index [default: half of them].
    #[arg(long, value_name = "N")]
    indexed: Option<usize>,
    /// How many of them to edit and ask for, and how many others.
    #[arg(long, value_name = "M", default_value_t = 40)]
    queries: usize,
    /// Edits, or groups of edits, that count; the others are left out.
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    only: Vec<String>,
    /// Frames that share an overlay (a game's display, a channel's news) in place of the edits.
    #[arg(long)]
    templates: bool,
    /// Pictures into which something small was put, and their originals, in place of the edits.
    #[arg(long, conflicts_with = "templates")]
    differences: bool,
    /// Folders of more pictures that are not known, asked for as they are.
    #[arg(long, value_name = "FOLDER")]
    negatives: Vec<PathBuf>,
    /// How many more known pictures to put in the index, made of parts of real ones, as hard to tell apart and as many as
    /// an index in use has. One in 100 (3,000 at most) is drawn and taken as `build` takes a picture; the others are bags of
    /// real keypoints at wrong places, with a mixture of real hashes.
    #[arg(long, value_name = "N", default_value_t = 0)]
    distractors: usize,
    /// Folders of pictures to make those of; they must not be asked for [default: the indexed ones that are not].
    #[arg(long, value_name = "FOLDER")]
    distractors_from: Vec<PathBuf>,
    /// Also say how near wrong pictures come to being named, and how many wrong answers that lets expect in a million
    /// pictures, with 1,000, 100,000 and 1,000,000 known ones.
    #[arg(long)]
    distribution: bool,
    /// Also hold the keypoints' inverted index against all descriptors, for about N questions of known pictures.
    #[arg(long, value_name = "N", default_value_t = 0)]
    recall_of_search: usize,
    /// How readily to speak: cautious, balanced or keen, as in the extension's settings.
    #[arg(long, default_value = "balanced", value_parser = sensitivity::parse)]
    sensitivity: Sensitivity,
    /// Another seed chooses other pictures for the index, and edits differently.
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// Most keypoints of an indexed picture; 0 for none.
    #[arg(long, value_name = "N", default_value_t = DEFAULT_KEYPOINTS, value_parser = clap::value_parser!(u16).range(0..=255))]
    keypoints: u16,
    /// Threads; with 1, the times mean most [default: as many as there are cores].
    #[arg(long, value_name = "N")]
    threads: Option<usize>,
    /// Also write what is asked to this folder, to look at.
    #[arg(long, value_name = "FOLDER")]
    write: Option<PathBuf>,
    /// Also write the entries of the index to this file, without the pictures: a source of any size to build and try.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["templates", "differences"])]
    entries: Option<PathBuf>,
    /// Name the edits.
    #[arg(long)]
    list: bool,
    /// Print one JSON object.
    #[arg(long, conflicts_with = "markdown")]
    json: bool,
    /// Print tables for a document.
    #[arg(long)]
    markdown: bool,
}

impl Arguments {
    fn threads(&self) -> usize {
        let cores = available_parallelism().map_or(1, usize::from);
        self.threads.map_or(cores, |threads| threads.clamp(1, cores))
    }
}

pub fn run(arguments: &Arguments) -> Result<(), Fault> {
    let rows = run::rows(arguments);
    if let Some(only) = arguments.only.iter().find(|only| !rows.iter().any(|row| row.answers_to(only))) {
        return Err(Fault::Usage(format!("--only {only}: no such edit or group, --list names them")));
    }
    if arguments.list {
        let mut stdout = std::io::stdout().lock();
        for row in rows {
            writeln!(stdout, "{:20} {:16} {}", row.name, row.group.name(), row.what)?;
        }
        return Ok(());
    }
    let report = run::run(arguments, rows)?;
    if arguments.json {
        return print_json(&report);
    }
    let text = if arguments.markdown { table::markdown(&report) } else { table::text(&report) };
    std::io::stdout().lock().write_all(text.as_bytes())?;
    Ok(())
}
