//! `caveat fingerprint`.

use std::fs;
use std::io::{self, BufRead as _, Write as _};
use std::path::{Path, PathBuf};

use caveat::fingerprint::keypoints::Sight;
use caveat::fingerprint::{Fingerprint, encoding, pdq};
use caveat::image::{DecodeError, Limits, Orientation, Pixels, decode};
use serde::Serialize;
use thiserror::Error;

use crate::differences;
use crate::fault::Fault;
use crate::video::{self, VideoError};

/// The fingerprints of a picture, or of a frame of a video.
pub struct Fingerprinted {
    pub pdq: pdq::Pdq,
    pub fingerprint: Fingerprint,
    /// SHA-256 of the keypoints that a look-up takes.
    pub sight: [u8; 32],
    /// Where in its video, in milliseconds from the start.
    pub frame_ms: Option<u64>,
}

/// Why a file has no fingerprints.
#[derive(Debug, Error)]
pub enum MediaError {
    #[error(transparent)]
    File(#[from] io::Error),
    #[error(transparent)]
    Picture(#[from] DecodeError),
    #[error(transparent)]
    Video(#[from] VideoError),
}

/// The fingerprints in a file: one for a picture, some for a video.
pub fn of_file(path: &Path, keypoints: usize) -> Result<Vec<Fingerprinted>, MediaError> {
    if video::is_video(path) {
        // A file that is not there is said in the same words as a picture.
        fs::File::open(path)?;
        return Ok(video::frames(path, keypoints)?);
    }
    Ok(vec![of_pixels(&decode(&fs::read(path)?, &Limits::default(), Orientation::Apply)?, keypoints)])
}

/// The fingerprints of decoded pixels, with at most so many keypoints.
pub fn of_pixels(pixels: &Pixels, keypoints: usize) -> Fingerprinted {
    let fingerprint = Fingerprint::with_keypoints(pixels, keypoints);
    Fingerprinted { pdq: pdq::pdq(pixels), fingerprint, sight: Sight::of(pixels).digest(), frame_ms: None }
}

#[derive(Serialize)]
#[serde(untagged)]
enum Line<'a> {
    Picture {
        file: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        frame_ms: Option<u64>,
        pdq: String,
        quality: u8,
        canonical: String,
        fingerprint: String,
        /// SHA-256 of the keypoints that a look-up takes.
        sight: String,
    },
    Unreadable {
        file: &'a str,
        error: String,
    },
}

pub fn run(files: &[PathBuf], originals: &[PathBuf], keypoints: usize) -> Result<(), Fault> {
    let mut failed = 0_usize;
    let read = |path: &PathBuf| {
        differences::pixels(path).map_err(|error| Fault::Usage(format!("--original {}: {error}", path.display())))
    };
    let originals: Vec<Pixels> = originals.iter().map(read).collect::<Result<_, _>>()?;
    for_each_path(files, |path| {
        let file = path.to_string_lossy();
        match of_file(path, keypoints).and_then(|found| differences::added(found, path, &originals)) {
            Ok(found) => found.iter().try_for_each(|found| print_json(&line(&file, found))),
            Err(error) => {
                failed += 1;
                print_json(&Line::Unreadable { file: &file, error: error.to_string() })
            }
        }
    })?;
    match failed {
        0 => Ok(()),
        _ => Err(Fault::Usage(format!("{failed} files could not be read: see the lines with \"error\""))),
    }
}

fn line<'a>(file: &'a str, found: &Fingerprinted) -> Line<'a> {
    Line::Picture {
        file,
        frame_ms: found.frame_ms,
        pdq: found.pdq.hash.to_string(),
        quality: found.pdq.quality,
        canonical: found.fingerprint.regions.first().map_or_else(String::new, |whole| whole.hash.to_string()),
        fingerprint: encoding::to_base64(&found.fingerprint),
        sight: hex::encode(found.sight),
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
