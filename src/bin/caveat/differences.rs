//! What tells the edited pictures of an entry from their originals, where both are files.

use std::fs;
use std::path::{Path, PathBuf};

use caveat::fingerprint::difference::make::{NoDifference, difference};
use caveat::fingerprint::encoding;
use caveat::image::{Limits, Orientation, Pixels, decode};
use caveat::index::{Entry, Media, Role};

use crate::fingerprint::{Fingerprinted, MediaError};
use crate::video;

/// Adds to each known picture of an entry what tells it from the entry's originals. `files` are the pictures of its
/// media, where they have some. Gives a line for each known picture that cannot be told from them.
pub fn add(entry: &mut Entry, files: &[Option<PathBuf>]) -> Result<Vec<String>, (PathBuf, MediaError)> {
    let pictures = |role| {
        let media = entry.media.iter().zip(files).enumerate();
        let of_role = media.filter(move |(_, (media, _))| media.role == role);
        of_role.filter_map(|(at, (_, file))| Some((at, file.clone().filter(|file| !video::is_video(file))?)))
    };
    let known: Vec<(usize, PathBuf)> = pictures(Role::Known).collect();
    let originals: Vec<(usize, PathBuf)> = pictures(Role::Original).collect();
    if known.is_empty() || originals.is_empty() {
        return Ok(Vec::new());
    }
    let read = |path: &PathBuf| pixels(path).map_err(|error| (path.clone(), error));
    let originals: Vec<Pixels> = originals.iter().map(|(_, path)| read(path)).collect::<Result<_, _>>()?;
    let mut lines = Vec::new();
    for (at, path) in &known {
        let Some(media) = entry.media.get_mut(*at) else { continue };
        if let Err(why) = tell_apart(media, &read(path)?, &originals) {
            lines.push(format!("entry {}: {}: {why}; its copies are only asked about", entry.id, path.display()));
        }
    }
    Ok(lines)
}

fn tell_apart(media: &mut Media, known: &Pixels, originals: &[Pixels]) -> Result<(), NoDifference> {
    let decoded = media.fingerprint.as_deref().and_then(|text| encoding::from_base64(text).ok());
    let mut fingerprint = decoded.ok_or(NoDifference::NotAligned)?;
    fingerprint.difference = Some(difference(&fingerprint, known, originals)?);
    media.fingerprint = Some(encoding::to_base64(&fingerprint));
    Ok(())
}

/// A picture's fingerprints with what tells it from its originals, if there are any; says so where nothing does.
pub fn added(
    mut found: Vec<Fingerprinted>,
    path: &Path,
    originals: &[Pixels],
) -> Result<Vec<Fingerprinted>, MediaError> {
    if originals.is_empty() || video::is_video(path) {
        return Ok(found);
    }
    let known = pixels(path)?;
    for one in &mut found {
        match difference(&one.fingerprint, &known, originals) {
            Ok(difference) => one.fingerprint.difference = Some(difference),
            Err(why) => eprintln!("caveat: {}: {why}", path.display()),
        }
    }
    Ok(found)
}

/// The pixels of a picture's file.
pub fn pixels(path: &Path) -> Result<Pixels, MediaError> {
    Ok(decode(&fs::read(path)?, &Limits::default(), Orientation::Apply)?)
}
