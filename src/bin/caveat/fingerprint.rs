//! `caveat fingerprint`.

use std::fs;
use std::io::{self, BufRead as _, Write as _};
use std::path::{Path, PathBuf};

use caveat::fingerprint::{Fingerprint, encoding, pdq};
use caveat::image::{DecodeError, Limits, Orientation, decode};
use serde::Serialize;

use crate::fault::Fault;

/// The fingerprints of a picture.
pub struct Fingerprinted {
    pub pdq: pdq::Pdq,
    pub fingerprint: Fingerprint,
}

/// The fingerprints of a picture's bytes, with at most so many keypoints.
pub fn of(bytes: &[u8], keypoints: usize) -> Result<Fingerprinted, DecodeError> {
    let pixels = decode(bytes, &Limits::default(), Orientation::Apply)?;
    Ok(Fingerprinted { pdq: pdq::pdq(&pixels), fingerprint: Fingerprint::with_keypoints(&pixels, keypoints) })
}

#[derive(Serialize)]
#[serde(untagged)]
enum Line<'a> {
    Picture { file: &'a str, pdq: String, quality: u8, canonical: String, fingerprint: String },
    Unreadable { file: &'a str, error: String },
}

pub fn run(files: &[PathBuf], keypoints: usize) -> Result<(), Fault> {
    let mut failed = 0_usize;
    for_each_path(files, |path| {
        let file = path.to_string_lossy();
        let line = match fs::read(path)
            .map_err(|error| error.to_string())
            .and_then(|bytes| of(&bytes, keypoints).map_err(|error| error.to_string()))
        {
            Ok(found) => Line::Picture {
                file: &file,
                pdq: found.pdq.hash.to_string(),
                quality: found.pdq.quality,
                canonical: found.fingerprint.regions.first().map_or_else(String::new, |whole| whole.hash.to_string()),
                fingerprint: encoding::to_base64(&found.fingerprint),
            },
            Err(error) => {
                failed += 1;
                Line::Unreadable { file: &file, error }
            }
        };
        print_json(&line)
    })?;
    match failed {
        0 => Ok(()),
        _ => Err(Fault::Usage(format!("{failed} pictures could not be read: see the lines with \"error\""))),
    }
}

/// Runs for every path given, or else for every line of standard input as it comes.
pub fn for_each_path(paths: &[PathBuf], mut run: impl FnMut(&Path) -> Result<(), Fault>) -> Result<(), Fault> {
    if !paths.is_empty() {
        return paths.iter().try_for_each(|path| run(path));
    }
    for line in io::stdin().lock().lines() {
        let line = line.map_err(Fault::file(Path::new("standard input")))?;
        if !line.is_empty() {
            run(Path::new(&line))?;
        }
    }
    Ok(())
}

/// One JSON line, at once, so that a batch engine can stream.
pub fn print_json(value: &impl Serialize) -> Result<(), Fault> {
    let mut line = serde_json::to_vec(value).map_err(io::Error::from)?;
    line.push(b'\n');
    let mut stdout = io::stdout().lock();
    stdout.write_all(&line)?;
    stdout.flush()?;
    Ok(())
}
